/** The same models without Sluice: one CREATE per model, in order. What an apply costs more than this is Sluice's overhead. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { readOrder } from "./order.ts";

/** Builds every model of a generated DuckDB project in `database`; the number of statements run. */
export async function runRawSql(project: string, database: string): Promise<number> {
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  try {
    for (const schema of ["staging", "core", "mart"])
      await connection.run(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    const models = await readOrder(project);
    for (const model of models) {
      const text = await readFile(join(project, "models", `${model.replace(".", "/")}.sql`), "utf8");
      await connection.run(createStatement(model, text));
    }
    return models.length + 3;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Generated models have a fixed layout, so their text can be taken apart without a parser. */
export function createStatement(model: string, text: string): string {
  const end = text.indexOf("\n);\n");
  const type = text.slice(0, end).includes("kind VIEW") ? "VIEW" : "TABLE";
  const query = text
    .slice(end + 4)
    .replace("@start_ds", "'2024-01-01'")
    .replace("@end_ds", "'2024-01-31'");
  return `CREATE ${type} ${model} AS ${query}`;
}
