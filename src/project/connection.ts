/** Connections: which types exist, what their fields are, and what a driver is given (spec project-format 2.3, 2.4). */
import { posix } from "node:path";
import { SluiceError } from "../errors.ts";
import type { MacroValue } from "../model/model.ts";
import { didYouMean } from "../model/nearest.ts";
import { type Dialect, dialects, isDialect } from "../sql/dialect.ts";
import connectionSchema from "./connection.schema.json" with { type: "json" };
import { isRecord } from "./merge.ts";
import { checkSchema, type Origin } from "./schema-check.ts";
import type {
  Connection,
  DuckdbCatalog,
  DuckdbConnection,
  MysqlConnection,
  RawConnection,
} from "./settings.ts";

/** Types SQLMesh knows and Sluice cannot open; an error only when such a connection is needed. */
const foreignTypes: readonly string[] = [
  "motherduck",
  "snowflake",
  "databricks",
  "bigquery",
  "clickhouse",
  "redshift",
  "spark",
  "trino",
  "azuresql",
  "mssql",
  "postgres",
  "gcp_postgres",
  "athena",
  "risingwave",
  "fabric",
];

/** Checks type and fields; null when the gateway has no such connection. Throws CONFIG_INVALID with the line. */
export function parseConnection(value: unknown, origin: Origin): RawConnection | null {
  if (value === null || value === undefined) return null;
  const line = origin.source.lineOf(origin.at);
  const place = { file: origin.source.file, ...(line === undefined ? {} : { line }) };
  const type = isRecord(value) && typeof value["type"] === "string" ? value["type"].toLowerCase() : "";
  if (!type)
    throw new SluiceError("CONFIG_INVALID", `${origin.at.join(".")} needs a type`, {
      place,
      hint: `Write one of ${dialects.join(", ")}.`,
    });
  if (foreignTypes.includes(type))
    return { type, fields: value as Record<string, unknown>, ...(line === undefined ? {} : { line }) };
  if (!isDialect(type)) {
    throw new SluiceError("CONFIG_INVALID", `${type} is not a connection type`, {
      place,
      hint: didYouMean(type, [...dialects, ...foreignTypes], `Sluice opens ${dialects.join(", ")}.`) ?? "",
    });
  }
  const definition = `#/$defs/${type === "duckdb" ? "duckdb" : "mysql"}`;
  const fields = checkSchema(
    value,
    { schema: connectionSchema, definition, what: `a ${type} connection`, code: "CONFIG_INVALID" },
    origin,
  ) as Record<string, unknown>;
  if (fields["database"] && fields["catalogs"]) {
    throw new SluiceError("CONFIG_INVALID", "database and catalogs exclude each other", {
      place,
      hint: "Keep one of the two.",
    });
  }
  return { type, fields: { ...fields, type }, ...(line === undefined ? {} : { line }) };
}

/** What a driver needs. Throws NOT_SUPPORTED for a type Sluice cannot open; `use` says what for. */
export function toConnection(raw: RawConnection, file: string, use: string): Connection {
  const place = { file, ...(raw.line === undefined ? {} : { line: raw.line }) };
  if (!isDialect(raw.type)) {
    throw new SluiceError("NOT_SUPPORTED", `the ${use} is of type ${raw.type}, which Sluice cannot open`, {
      place,
      hint: `Use one of ${dialects.join(", ")}.`,
    });
  }
  return raw.type === "duckdb" ? toDuckdb(raw.fields, place) : toMysql(raw.type, raw.fields);
}

/** The catalog that two-part names belong to; undefined for engines without catalogs and for foreign ones. */
export function defaultCatalogOf(raw: RawConnection | null): string | undefined {
  if (raw?.type !== "duckdb") return undefined;
  const catalogs = raw.fields["catalogs"];
  if (isRecord(catalogs)) return Object.keys(catalogs)[0];
  const database = raw.fields["database"];
  if (typeof database !== "string" || database === "" || database === ":memory:") return "memory";
  return posix.parse(database.replaceAll("\\", "/")).name;
}

function toDuckdb(
  fields: Readonly<Record<string, unknown>>,
  place: { file: string; line?: number },
): DuckdbConnection {
  const database = (fields["database"] as string | null | undefined) || null;
  if (database?.startsWith("md:")) {
    throw new SluiceError("NOT_SUPPORTED", "MotherDuck databases are not supported", {
      place,
      hint: "Use a local file.",
    });
  }
  return {
    type: "duckdb",
    database: database === ":memory:" ? null : database,
    catalogs: Object.entries((fields["catalogs"] ?? {}) as Record<string, unknown>).map(toCatalog),
    extensions: ((fields["extensions"] ?? []) as unknown[]).map(toExtension),
    connectorConfig: (fields["connector_config"] ?? {}) as DuckdbConnection["connectorConfig"],
    secrets: toSecrets(fields["secrets"]),
    concurrentTasks: (fields["concurrent_tasks"] as number | undefined) ?? 1,
    registerComments: (fields["register_comments"] as boolean | undefined) ?? true,
  };
}

function toCatalog([name, value]: [string, unknown]): DuckdbCatalog {
  if (!isRecord(value)) return { name, path: String(value), type: "duckdb", readOnly: false };
  return {
    name,
    path: String(value["path"]),
    type: String(value["type"]).toLowerCase(),
    readOnly: value["read_only"] === true,
  };
}

function toExtension(value: unknown): DuckdbConnection["extensions"][number] {
  if (!isRecord(value)) return { name: String(value), forceInstall: false };
  const repository = value["repository"];
  return {
    name: String(value["name"]),
    ...(typeof repository === "string" ? { repository } : {}),
    forceInstall: value["force_install"] === true,
  };
}

function toSecrets(value: unknown): DuckdbConnection["secrets"] {
  if (Array.isArray(value))
    return value.map((options) => ({ options: options as Record<string, MacroValue> }));
  return Object.entries((value ?? {}) as Record<string, Record<string, MacroValue>>).map(
    ([name, options]) => ({ name, options }),
  );
}

function toMysql(
  type: Exclude<Dialect, "duckdb">,
  fields: Readonly<Record<string, unknown>>,
): MysqlConnection {
  const text = (key: string): string | undefined =>
    fields[key] === undefined || fields[key] === null ? undefined : String(fields[key]);
  const optional = {
    database: text("database"),
    charset: text("charset"),
    collation: text("collation"),
    port: fields["port"],
    sslDisabled: fields["ssl_disabled"],
    prePing: fields["pre_ping"],
  };
  return {
    type,
    host: String(fields["host"]),
    user: String(fields["user"]),
    password: String(fields["password"]),
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, v]) => v !== undefined),
    ) as Partial<MysqlConnection>),
    concurrentTasks: (fields["concurrent_tasks"] as number | undefined) ?? 4,
    registerComments: (fields["register_comments"] as boolean | undefined) ?? true,
  };
}
