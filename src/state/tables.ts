/** The state tables and their history: one list of migrations, run in order, never edited once released. */
import type { Engine } from "../engine/engine.ts";
import type { Column } from "../sql/name-parts.ts";

export type TableName =
  | "_versions"
  | "_snapshots"
  | "_intervals"
  | "_environments"
  | "_ledger"
  | "_journal"
  | "_locks"
  | "_lock_queue"
  | "_breakers"
  | "_shapes";

/** Quoted names of the state tables in one schema. */
export type Tables = (table: TableName) => string;

export function tablesIn(engine: Engine, schema: string): Tables {
  return (table) => engine.name({ schema, table });
}

/** What the rows of a log are ordered by: DuckDB numbers rows itself, in the order in which they were committed. */
export function logOrder(engine: Engine): string {
  return engine.family === "mysql" ? "id" : "rowid";
}

interface Layout {
  readonly name: string;
  readonly long: string;
  /** Closes a CREATE TABLE: names differ by case, whatever the server's default is. */
  readonly ending: string;
  /** Extra members of a table: keys where the engine looks rows up by them. */
  key(...columns: readonly string[]): string;
  logKey(...columns: readonly string[]): string;
  /** First member of a log: a number that grows with each row, where rows have none by themselves. */
  readonly serial: string;
  /** INSERT that leaves a row alone that is there already. */
  readonly insertOnce: string;
}

function layoutOf(engine: Engine): Layout {
  if (engine.family === "mysql") {
    return {
      name: "VARCHAR(320)",
      long: "LONGTEXT",
      ending: " DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
      key: (...columns) => `, PRIMARY KEY (${columns.join(", ")})`,
      logKey: (...columns) => `, PRIMARY KEY (${[...columns, "id"].join(", ")})`,
      serial: "id BIGINT NOT NULL AUTO_INCREMENT, KEY (id), ",
      insertOnce: "INSERT IGNORE",
    };
  }
  return {
    name: "VARCHAR",
    long: "VARCHAR",
    ending: "",
    // DuckDB scans columns fast, while its indexes refuse a delete and insert of one key within a transaction.
    key: () => "",
    logKey: () => "",
    serial: "",
    insertOnce: "INSERT",
  };
}

/** Statements that bring the schema from version n-1 to n; the array's index is n-1. */
export function migrations(engine: Engine, schema: string): readonly (readonly string[])[] {
  const t = tablesIn(engine, schema);
  const l = layoutOf(engine);
  const create = (table: TableName, members: string): string =>
    `CREATE TABLE IF NOT EXISTS ${t(table)} (${members})${l.ending}`;
  return [
    [
      create(
        "_snapshots",
        `snapshot_key ${l.name} NOT NULL, name ${l.name} NOT NULL, identifier VARCHAR(80) NOT NULL,
         version VARCHAR(80) NOT NULL, dev_version VARCHAR(80) NOT NULL, forward_only INT NOT NULL,
         updated_at BIGINT NOT NULL, unpaused_at BIGINT, unrestorable INT NOT NULL,
         record ${l.long} NOT NULL, model ${l.long} NOT NULL${l.key("snapshot_key")}`,
      ),
      // An append-only log: batches of one model may commit at the same time without meeting on one row.
      create(
        "_intervals",
        `${l.serial}version_key ${l.name} NOT NULL, is_removed INT NOT NULL,
         interval_start BIGINT NOT NULL, interval_end BIGINT NOT NULL${l.logKey("version_key")}`,
      ),
      create(
        "_environments",
        `name VARCHAR(200) NOT NULL, version BIGINT NOT NULL, plan_id VARCHAR(80) NOT NULL, finalized_at BIGINT,
         expires_at BIGINT, record ${l.long} NOT NULL${l.key("name", "version")}`,
      ),
      create(
        "_ledger",
        `plan_id VARCHAR(80) NOT NULL, digest VARCHAR(80) NOT NULL, work VARCHAR(80) NOT NULL,
         environment VARCHAR(200) NOT NULL, status VARCHAR(20) NOT NULL, owner ${l.long} NOT NULL,
         started_at BIGINT NOT NULL, finished_at BIGINT, environment_version BIGINT, execution_time BIGINT NOT NULL,
         outcome ${l.long}, plan ${l.long}${l.key("plan_id")}`,
      ),
      create(
        "_journal",
        `${l.serial}plan_id VARCHAR(80) NOT NULL, step ${l.long} NOT NULL, status VARCHAR(20) NOT NULL,
         recorded_at BIGINT NOT NULL${l.logKey("plan_id")}`,
      ),
      create(
        "_locks",
        `environment VARCHAR(200) NOT NULL, token BIGINT NOT NULL, owner ${l.long}, holder ${l.name},
         heartbeat_at BIGINT NOT NULL${l.key("environment")}`,
      ),
      create(
        "_lock_queue",
        `environment VARCHAR(200) NOT NULL, waiter ${l.name} NOT NULL, arrived_at BIGINT NOT NULL,
         heartbeat_at BIGINT NOT NULL${l.key("environment", "waiter")}`,
      ),
      create(
        "_breakers",
        `${l.serial}is_open INT NOT NULL, reason ${l.long} NOT NULL, who ${l.long} NOT NULL, recorded_at BIGINT NOT NULL${l.logKey()}`,
      ),
      // Whoever wants a lock writes this row first, so that two of them never decide at once.
      `${l.insertOnce} INTO ${t("_locks")} (environment, token, owner, holder, heartbeat_at) VALUES ('', 0, NULL, NULL, 0)`,
    ],
    [
      create(
        "_shapes",
        `object ${l.name} NOT NULL, engine VARCHAR(200) NOT NULL, digest VARCHAR(80) NOT NULL,
         columns ${l.long}${l.key("object")}`,
      ),
    ],
  ];
}

/** The table that says how far the migrations went. */
export const versionColumns: readonly Column[] = [
  { name: "version", type: "BIGINT" },
  { name: "tool", type: "VARCHAR(80)" },
];
