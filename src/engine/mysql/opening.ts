/** From config.yaml's keys to the driver's options (spec project-format 2.3). */
import { isIP } from "node:net";
import type { ConnectionOptions } from "mysql2/promise";
import { createConnection } from "mysql2/promise";
import type { MysqlConnection } from "../connection.ts";
import { wrapOpening } from "./failure.ts";

/**
 * TLS is used where the server has it, as MySQL's own clients do; `ssl_disabled: false` insists on it and on a
 * certificate that Node trusts for this host name, `ssl_disabled: true` never asks. Throws ENGINE_FAILED.
 */
export async function openingOptions(
  connection: MysqlConnection,
  location: string,
): Promise<ConnectionOptions> {
  const plain = plainOptions(connection);
  if (connection.sslDisabled === true) return plain;
  if (connection.sslDisabled === false) {
    // The driver cannot compare an address: it would look for "localhost" in the certificate.
    const named = isIP(connection.host) === 0 && !isSocket(connection);
    return { ...plain, ssl: { rejectUnauthorized: true, verifyIdentity: named } };
  }
  const encrypted = { ...plain, ssl: { rejectUnauthorized: false } };
  try {
    await (await createConnection(encrypted)).end();
    return encrypted;
  } catch (error) {
    if ((error as { code?: string }).code === "HANDSHAKE_NO_SSL_SUPPORT") return plain;
    throw wrapOpening(error, location);
  }
}

/** Host and port, or the path of a socket, for sentences. */
export function locationOf(connection: MysqlConnection): string {
  return isSocket(connection) ? connection.host : `${connection.host}:${connection.port ?? 3306}`;
}

/** A path is a socket of this machine. */
function isSocket({ host }: MysqlConnection): boolean {
  return host.startsWith("/");
}

function plainOptions(connection: MysqlConnection): ConnectionOptions {
  const { host, port, user, password, database } = connection;
  return {
    ...(isSocket(connection) ? { socketPath: host } : { host, port: port ?? 3306 }),
    user,
    password,
    ...(database === undefined ? {} : { database }),
    charset: driverCharset(connection),
    connectTimeout: 10_000,
    supportBigNumbers: true,
    bigNumberStrings: false,
    dateStrings: true,
    jsonStrings: true,
    maxPreparedStatements: 100,
    multipleStatements: false,
    // Files of this machine are never sent, whatever a statement asks for.
    flags: ["-LOCAL_FILES"],
    // Rows found, so that an UPDATE that changes nothing still tells that its row is there.
    enableKeepAlive: true,
  };
}

/** The driver knows fewer collations than servers do; those of utf8mb4 are set by a statement, see `collationOf`. */
function driverCharset({ charset, collation }: MysqlConnection): string {
  return charset === undefined || charset === "utf8mb4" ? "utf8mb4" : (collation ?? charset);
}
