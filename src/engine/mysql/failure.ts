/** What the errors of a MySQL-protocol server mean to Sluice. */
import { messageOf, SluiceError } from "../../errors.ts";

/** Another transaction stands in the way: rolled back and tried again, it succeeds. */
const conflicts: ReadonlySet<number> = new Set([
  1205, // lock wait timeout
  1213, // deadlock, also a failed certification of Galera
  1020, // MariaDB: record has changed since last read
  3101, // MySQL group replication: the plugin instructed the server to roll back
  3572, // MySQL: NOWAIT
  8022, // TiDB: commit failed, retry
  8028, // TiDB: the schema changed during the transaction
  9007, // TiDB: write conflict
]);

/** No such table, no such database. */
const missing: ReadonlySet<number> = new Set([1146, 1049]);

const lostNumbers: ReadonlySet<number> = new Set([
  1053, // server shutdown in progress
  1152, // aborted connection
  1158, // network error while reading
  1159, // time-out while reading
  1160, // network error while writing
  1161, // time-out while writing
  1927, // MariaDB: connection was killed
  2006, // server has gone away
  2013, // lost connection during query
  4031, // MySQL: disconnected because of inactivity
]);

const lostCodes: ReadonlySet<string> = new Set([
  "PROTOCOL_CONNECTION_LOST",
  "PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR",
  "PROTOCOL_ENQUEUE_AFTER_QUIT",
  "PROTOCOL_SEQUENCE_TIMEOUT",
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

const unknownCharset = "Check charset and collation of the connection.";

/** What to do about it, by the server's number. */
const hints: Readonly<Record<number, string>> = {
  1021: "The server's disk is full: make room, then apply again.",
  1040: "Lower concurrent_tasks of the connection, or raise max_connections of the server.",
  1044: "Grant the user of this connection the missing privilege, then apply again.",
  1045: "Check user and password of the connection; a user who must use TLS is refused while it has ssl_disabled: true.",
  1059: "Give the model or the environment a shorter name, or set physical_table_naming_convention to table_only or hash_md5.",
  1114: "The server has no room for the table: free space, or raise its limit, then apply again.",
  1115: unknownCharset,
  1142: "Grant the user of this connection the missing privilege, then apply again.",
  1143: "Grant the user of this connection the missing privilege, then apply again.",
  1153: "Raise max_allowed_packet of the server, or make the statement smaller.",
  1205: "Another session holds the rows or the table: let it end, then apply again.",
  1213: "Other sessions write the same rows: apply again, or lower concurrent_tasks.",
  1227: "Grant the user of this connection the missing privilege, then apply again.",
  1253: unknownCharset,
  1273: unknownCharset,
  1290: "Connect to a server that may be written to.",
  1792: "Connect to a server that may be written to.",
  1836: "Connect to a server that may be written to.",
  1969: "The statement took longer than max_statement_time of the server allows.",
  2005: "Check host and port of the connection.",
  3024: "The statement took longer than max_execution_time of the server allows.",
  3159: "The server lets nobody in without TLS: remove ssl_disabled: true from the connection.",
  3750: "Give the model a key: physical_properties (primary_key = (column, …)).",
};

interface ServerError {
  readonly errno?: number;
  readonly code?: string;
  readonly sqlMessage?: string;
}

export function isConflict(error: unknown): boolean {
  const { errno } = serverError(error);
  return errno !== undefined && conflicts.has(errno);
}

/** The connection is gone: what it had not committed is rolled back. A server that could not be reached again is not meant. */
export function isLost(error: unknown): boolean {
  if (error instanceof SluiceError && error.details["unreachable"] === true) return false;
  const { errno, code } = serverError(error);
  if ((errno !== undefined && lostNumbers.has(errno)) || (code !== undefined && lostCodes.has(code)))
    return true;
  return /closed state|Connection lost|socket has been ended/i.test(messageOf(rootOf(error)));
}

/** A statement that failed, in the server's own words; the statement goes into the details. */
export function wrapFailure(error: unknown, statement: string): SluiceError {
  if (error instanceof SluiceError) return error;
  const { errno, sqlMessage } = serverError(error);
  if (errno === 1317) {
    return new SluiceError("CANCELLED", "The running statement was interrupted.", {
      cause: error,
      details: { statement },
    });
  }
  return new SluiceError("ENGINE_FAILED", (sqlMessage ?? messageOf(error)).trim(), {
    cause: error,
    ...hintOf(error),
    details: {
      statement,
      ...(errno === undefined || errno < 0 ? {} : { errno }),
      ...(errno !== undefined && missing.has(errno) ? { missing: true } : {}),
      ...(errno === 1050 ? { exists: true } : {}),
    },
  });
}

/** A statement that the server would not take, told before it is sent. Sizes in bytes. */
export function tooLarge(bytes: number, limit: number, statement: string): SluiceError {
  return new SluiceError(
    "ENGINE_FAILED",
    `The statement has ${bytes.toLocaleString("en-US")} bytes; max_allowed_packet of the server is ${limit.toLocaleString("en-US")}.`,
    { hint: hints[1153] ?? "", details: { statement, errno: 1153 } },
  );
}

/** A server that cannot be reached, or does not let us in. `location` is host and port. */
export function wrapOpening(error: unknown, location: string): SluiceError {
  const { sqlMessage, code } = serverError(error);
  const tls = tlsRefusal(error);
  const words = tls?.words ?? ((sqlMessage ?? messageOf(error)).trim() || (code ?? "no answer"));
  const hint = tls?.hint ?? hintOf(error).hint;
  return new SluiceError("ENGINE_FAILED", `The server at ${location} cannot be used: ${words}`, {
    cause: error,
    hint: hint ?? "Check host and port of the connection, and that the server runs.",
    details: { unreachable: true },
  });
}

/** Why `ssl_disabled: false` does not let a connection come about. */
function tlsRefusal(error: unknown): { readonly words: string; readonly hint: string } | null {
  const { code } = serverError(error);
  const said = messageOf(rootOf(error)).trim();
  if (code === "HANDSHAKE_NO_SSL_SUPPORT") {
    return {
      words: "it has no TLS, and ssl_disabled: false insists on it.",
      hint: "Set up TLS on the server, or remove ssl_disabled from the connection.",
    };
  }
  if (code !== "HANDSHAKE_SSL_ERROR") return null;
  if (/altnames/.test(said)) {
    return {
      words: `its certificate is for another host (${said}).`,
      hint: "Give the connection a host that the certificate names.",
    };
  }
  if (!/certificate/.test(said)) return null;
  return {
    words: `its certificate is not trusted (${said}).`,
    hint: "Set NODE_EXTRA_CA_CERTS to a file with the certificate of the authority that signed it. Without ssl_disabled the connection is encrypted, and the certificate is not looked at.",
  };
}

/** The end of a transaction whose COMMIT got no answer: nobody but the server knows, and the journal after it. */
export function wrapUnknownCommit(error: unknown): SluiceError {
  return new SluiceError(
    "ENGINE_FAILED",
    "The connection was lost while a transaction was being committed.",
    {
      cause: new Error(messageOf(error)),
      hint: "Apply again: the journal tells whether it was committed.",
      details: { statement: "COMMIT", uncertain: true },
    },
  );
}

function hintOf(error: unknown): { readonly hint?: string } {
  if (/^Unknown charset /.test(messageOf(rootOf(error)))) return { hint: unknownCharset };
  const { errno } = serverError(error);
  if (isLost(error))
    return { hint: "Check that the server runs, then apply again: it continues where the work stands." };
  const hint = errno === undefined ? undefined : hints[errno];
  return hint === undefined ? {} : { hint };
}

function serverError(error: unknown): ServerError {
  const root = rootOf(error);
  return typeof root === "object" && root !== null ? (root as ServerError) : {};
}

function rootOf(error: unknown): unknown {
  return error instanceof SluiceError && error.cause !== undefined ? error.cause : error;
}
