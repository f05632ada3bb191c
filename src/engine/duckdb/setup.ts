/** What a fresh DuckDB instance and each of its connections are told first. */
import { quoteIdentifier, quoteString } from "../../sql/dialect.ts";
import type { DuckdbCatalog, DuckdbConnection, DuckdbExtension } from "../connection.ts";
import type { DriverConnection, DriverInstance } from "./driver.ts";
import { wrapFailure } from "./failure.ts";
import type { DuckdbPlace } from "./settings.ts";
import { storageFor } from "./storage.ts";

const text = (value: string): string => quoteString(value, "duckdb");
const name = (value: string): string => quoteIdentifier(value, "duckdb");

/** Extensions, secrets and catalogs: once per instance; all of it bears repeating. */
export async function prepareInstance(
  instance: DriverInstance,
  settings: DuckdbConnection,
  place: DuckdbPlace,
): Promise<void> {
  const connection = await instance.connect();
  try {
    // Every instant Sluice reads or writes is UTC, whatever the machine's zone is.
    await tell(connection, "SET GLOBAL TimeZone = 'UTC'");
    for (const extension of settings.extensions ?? []) {
      await tell(connection, installText(extension));
      await tell(connection, `LOAD ${name(extension.name)}`);
    }
    for (const [at, secret] of (settings.secrets ?? []).entries()) {
      // A secret's text never enters an error.
      await tell(
        connection,
        secretText(secret.name ?? `sluice_secret_${at + 1}`, secret.options),
        "CREATE OR REPLACE SECRET …",
      );
    }
    for (const catalog of place.catalogs)
      await tell(connection, attachText(catalog, settings), `ATTACH … AS ${name(catalog.name)}`);
  } finally {
    connection.closeSync();
  }
}

/** Settings may be of the connection or of the instance, so each connection makes them; names without a catalog belong to the default one. */
export async function prepareConnection(
  connection: DriverConnection,
  settings: DuckdbConnection,
  place: DuckdbPlace,
): Promise<void> {
  for (const [key, value] of Object.entries(settings.connectorConfig ?? {})) {
    await tell(connection, `SET ${name(key)} = ${text(String(value))}`);
  }
  if (place.catalogs.length > 0) await tell(connection, `USE ${name(place.defaultCatalog)}`);
}

async function tell(connection: DriverConnection, sql: string, shown = sql): Promise<void> {
  try {
    await connection.run(sql);
  } catch (error) {
    throw wrapFailure(error, shown);
  }
}

function installText(extension: DuckdbExtension): string {
  const from = extension.repository === undefined ? "" : ` FROM ${text(extension.repository)}`;
  return `${extension.forceInstall ? "FORCE " : ""}INSTALL ${name(extension.name)}${from}`;
}

function attachText(catalog: DuckdbCatalog, settings: DuckdbConnection): string {
  const { type, path, readOnly } = catalog;
  const storage = type === "duckdb" ? storageFor(path, { ...settings, readOnly }) : null;
  const options = [
    ...(type === "duckdb" ? [] : [`TYPE ${type}`]),
    ...(storage === null ? [] : [`STORAGE_VERSION ${text(storage)}`]),
    ...(readOnly ? ["READ_ONLY"] : []),
  ];
  const suffix = options.length > 0 ? ` (${options.join(", ")})` : "";
  return `ATTACH IF NOT EXISTS ${text(path)} AS ${name(catalog.name)}${suffix}`;
}

function secretText(secret: string, fields: Readonly<Record<string, unknown>>): string {
  const members = Object.entries(fields).map(([key, value]) => `${key} ${secretValue(value)}`);
  return `CREATE OR REPLACE SECRET ${name(secret)} (${members.join(", ")})`;
}

function secretValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(secretValue).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return `MAP {${Object.entries(value)
      .map(([key, item]) => `${text(key)}: ${secretValue(item)}`)
      .join(", ")}}`;
  return text(String(value));
}
