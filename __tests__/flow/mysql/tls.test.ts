/** Encrypted or refused, as `ssl_disabled` says; on servers with a certificate of the tests' own, and without one. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestServer } from "../../../scripts/mariadb/server.ts";
import { hasMariadb, startMariadb } from "../../../scripts/mariadb/server.ts";
import type { MysqlConnection } from "../../../src/engine/connection.ts";
import { openMysql } from "../../../src/engine/mysql/mysql.ts";
import { SluiceError } from "../../../src/errors.ts";
import type { Authority } from "../../support/certificates.ts";
import { makeAuthority } from "../../support/certificates.ts";

// Servers of the tests' own are started with a certificate and without one.
const owned = hasMariadb() && process.env["SLUICE_TEST_MYSQL_URL"] === undefined;
const engineFile = join(import.meta.dirname, "../../../src/engine/mysql/mysql.ts");

describe.runIf(owned)("TLS", () => {
  let authority: Authority;
  let secure: TestServer;
  let plain: TestServer;

  beforeAll(async () => {
    authority = await makeAuthority("localhost");
    const { ca, certificate, key } = authority;
    [secure, plain] = await Promise.all([
      startMariadb([`--ssl-ca=${ca}`, `--ssl-cert=${certificate}`, `--ssl-key=${key}`]),
      startMariadb(["--skip-ssl"]),
    ]);
    await secure.sql(
      "CREATE USER careful@'%' IDENTIFIED BY 'secret' REQUIRE SSL",
      "GRANT SELECT ON *.* TO careful@'%'",
    );
  });
  afterAll(async () => {
    for (const opened of [secure, plain, authority]) await opened?.[Symbol.asyncDispose]();
  });

  const to = (server: TestServer, sslDisabled?: boolean): MysqlConnection => {
    const { sslDisabled: _, ...connection } = server.connection;
    return { ...connection, host: "localhost", ...(sslDisabled === undefined ? {} : { sslDisabled }) };
  };
  const careful = (sslDisabled?: boolean): MysqlConnection => ({
    ...to(secure, sslDisabled),
    user: "careful",
    password: "secret",
  });

  test("unless told otherwise, encrypted where the server has it, also where nobody vouches for the certificate", async () => {
    expect(await cipherOf(to(secure))).toMatch(/\w/);
    expect(await cipherOf(careful())).toMatch(/\w/);
    expect(await cipherOf(to(plain))).toBe("");
  });

  test("ssl_disabled: true never encrypts, and a user who must is refused", async () => {
    expect(await cipherOf(to(secure, true))).toBe("");
    const refused = await refusalOf(careful(true));
    expect(refused.message).toMatch(/^The server at localhost:\d+ cannot be used: Access denied for user/);
    expect(refused.hint).toMatch(/TLS.*ssl_disabled: true/);
  });

  test("ssl_disabled: true on a server that lets nobody in without TLS", async () => {
    await secure.sql("SET GLOBAL require_secure_transport = 1");
    try {
      const refused = await refusalOf(to(secure, true));
      expect(refused.message).toMatch(/cannot be used: Access denied/);
      expect(refused.hint).toMatch(/ssl_disabled: true/);
    } finally {
      await insecureAgain();
    }
  });
  const insecureAgain = async (): Promise<void> => {
    await using engine = await openMysql(to(secure));
    await engine.run("SET GLOBAL require_secure_transport = 0");
  };

  test("ssl_disabled: false refuses a certificate nobody vouches for", async () => {
    const refused = await refusalOf(to(secure, false));
    expect(refused.message).toMatch(
      /^The server at localhost:\d+ cannot be used: its certificate is not trusted \(.*certificate.*\)\.$/,
    );
    expect(refused.hint).toMatch(/NODE_EXTRA_CA_CERTS/);
  });

  test("ssl_disabled: false takes it when its authority is trusted, for the name it was given to", async () => {
    const trusting = { NODE_EXTRA_CA_CERTS: authority.ca };
    expect(await elsewhere(to(secure, false), trusting)).toMatch(/^cipher: \w/);
    expect(await elsewhere(to(secure, false), {})).toMatch(/not trusted/);
    await authority.sign("warehouse.example");
    await secure.sql("FLUSH SSL");
    expect(await elsewhere(to(secure, false), trusting)).toMatch(
      /its certificate is for another host .*warehouse\.example/,
    );
  });

  test("ssl_disabled: false on a server without TLS", async () => {
    const refused = await refusalOf(to(plain, false));
    expect(refused.message).toMatch(
      /cannot be used: it has no TLS, and ssl_disabled: false insists on it\.$/,
    );
    expect(refused.hint).toMatch(/remove ssl_disabled/);
  });
});

/** What the connection is encrypted with; empty when it is not. */
async function cipherOf(connection: MysqlConnection): Promise<unknown> {
  await using engine = await openMysql(connection);
  const [row] = await engine.query("SHOW STATUS LIKE 'Ssl_cipher'");
  return row?.["Value"];
}

async function refusalOf(connection: MysqlConnection): Promise<SluiceError> {
  try {
    await using _engine = await openMysql(connection);
  } catch (error) {
    expect(error).toBeInstanceOf(SluiceError);
    expect(error).toMatchObject({ code: "ENGINE_FAILED" });
    return error as SluiceError;
  }
  throw new Error("it was let in");
}

/** The cipher or the sentence of a process of its own: whom Node trusts is read when it starts. */
async function elsewhere(
  connection: MysqlConnection,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const script = `
    const { openMysql } = await import(${JSON.stringify(engineFile)});
    try {
      await using engine = await openMysql(${JSON.stringify(connection)});
      const [row] = await engine.query("SHOW STATUS LIKE 'Ssl_cipher'");
      console.log("cipher: " + row.Value);
    } catch (error) { console.log(error.message); }`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
    env: { ...process.env, ...env },
  });
  return stdout.trim();
}
