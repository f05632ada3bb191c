/** What DuckDB's errors mean to Sluice. */
import { messageOf, SluiceError } from "../../errors.ts";

/** Another transaction wrote the same thing: rolled back and tried again, it succeeds. */
export function isConflict(error: unknown): boolean {
  return /^TransactionContext Error: .*[Cc]onflict|[Ww]rite-write conflict|Conflict on (update|tuple deletion)/.test(
    driverMessage(error),
  );
}

/** The file is open in another process. */
export function isFileLocked(error: unknown): boolean {
  return /Could not set lock on file|being used by another process/.test(messageOf(error));
}

/**
 * A statement that failed, in the database's own words; the statement goes into the details, and `missing` where the named
 * table, or what it would be in, does not exist: then a transaction lives on.
 */
export function wrapFailure(error: unknown, statement: string): SluiceError {
  if (error instanceof SluiceError) return error;
  const message = messageOf(error).trim();
  if (/^INTERRUPT Error/.test(message)) {
    return new SluiceError("CANCELLED", "The running statement was interrupted.", {
      cause: error,
      details: { statement },
    });
  }
  const missing = /^Catalog Error: Table with name .* does not exist/.test(message) ? { missing: true } : {};
  return new SluiceError("ENGINE_FAILED", message, { cause: error, details: { statement, ...missing } });
}

function driverMessage(error: unknown): string {
  if (error instanceof SluiceError && error.cause !== undefined) return messageOf(error.cause);
  return messageOf(error);
}
