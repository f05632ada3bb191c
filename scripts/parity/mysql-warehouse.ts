/**
 * Stories on a MariaDB server: connection and dialect of the configuration are exchanged, and rows written as VALUES with
 * names for their columns, which the server has no words for, become SELECTs. All else is the story's own text.
 */
import type { MysqlConnection } from "../../src/engine/connection.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { SluiceError } from "../../src/errors.ts";
import { startMariadb } from "../mariadb/server.ts";
import { valuesAsSelects } from "./values-as-selects.ts";
import { type ListedView, type ParityWarehouse, physicalName, type ViewRows } from "./warehouse.ts";

/** The server's numbers for text it cannot read, and for functions and types it does not have. */
const unknownWords: ReadonlySet<unknown> = new Set([1064, 1305, 1584, 4161]);

const systemDatabases = "'mysql', 'information_schema', 'performance_schema', 'sys'";

export async function mysqlWarehouse(): Promise<ParityWarehouse> {
  const server = await startMariadb();
  return {
    async reset() {
      const found = await server.sql(
        `SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name NOT IN (${systemDatabases})`,
      );
      await server.sql(...found.map(({ name }) => `DROP DATABASE \`${String(name)}\``));
    },
    ownFile(path, text) {
      if (/(^|\/)config\.ya?ml$/.test(path)) return ownConfig(text, server.connection);
      return path.endsWith(".sql") ? valuesAsSelects(text) : text;
    },
    ownWords: valuesAsSelects,
    notHere,
    listViews,
    readView,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function ownConfig(text: string, { host, port, user }: MysqlConnection): string {
  return text
    .replace(
      /^( *)connection:\n(?:\1 +.*\n)+/m,
      `$1connection: {type: mysql, host: "${host}", port: ${port}, user: "${user}", password: ""}\n`,
    )
    .replace("dialect: duckdb", "dialect: mysql");
}

function notHere(error: unknown): string | null {
  if (!(error instanceof SluiceError)) return null;
  if (error.code === "SQL_INVALID" && error.message.includes("does not parse")) return error.message;
  if (unknownWords.has(error.details["errno"])) return error.message;
  return error.message.includes("on an engine without catalogs") ? error.message : null;
}

async function listViews(engine: Engine): Promise<readonly ListedView[]> {
  const found = await engine.query(
    `SELECT table_schema AS s, table_name AS v FROM information_schema.views
     WHERE table_schema NOT IN (${systemDatabases}, 'sluice') AND LEFT(table_schema, 8) <> 'sluice__'
     AND table_name <> 'sluice__pointer' AND table_name NOT REGEXP '${physicalName}' ORDER BY 1, 2`,
  );
  return found.map(({ s, v }) => ({
    label: `${String(s)}.${String(v)}`,
    name: engine.name({ schema: String(s), table: String(v) }),
  }));
}

async function readView(engine: Engine, { label, name }: ListedView): Promise<ViewRows> {
  const [schema = "", table = ""] = label.split(".");
  const columns = await engine.columnsOf({ schema, table });
  const rows = await engine.query(`SELECT * FROM ${name}`);
  return {
    columns: columns.map((column) => column.name),
    rows: rows.map((row) => columns.map((column) => asDuckdbText(row[column.name], column.type)).join("|")),
  };
}

/** Both write numbers, dates and text alike, but for whole numbers with a floating point and for seconds without a fraction. */
function asDuckdbText(value: unknown, type: string | null): string {
  if (value === null || value === undefined) return "\\N";
  const text = String(value);
  if (/^(datetime|timestamp)/i.test(type ?? "")) return text.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
  return /^(double|float)/i.test(type ?? "") && Number.isInteger(Number(value)) ? `${text}.0` : text;
}
