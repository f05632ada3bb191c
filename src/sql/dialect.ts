/** The dialects a model may be written in, and the two families that decide how their text is read. */

/** How text is cut into tokens and names are compared. */
export type DialectFamily = "duckdb" | "mysql";

const families = {
  duckdb: "duckdb",
  mysql: "mysql",
  mariadb: "mysql",
  tidb: "mysql",
  starrocks: "mysql",
  doris: "mysql",
  singlestore: "mysql",
} as const satisfies Record<string, DialectFamily>;

export type Dialect = keyof typeof families;

export const dialects = Object.keys(families) as readonly Dialect[];

export function isDialect(name: string): name is Dialect {
  return Object.hasOwn(families, name);
}

export function familyOf(dialect: Dialect): DialectFamily {
  return families[dialect];
}

/** Names in SQL are compared in this form (spec project-format 6.1): DuckDB folds case even of quoted names, MySQL never does. */
export function normaliseIdentifier(name: string, family: DialectFamily): string {
  return family === "duckdb" ? name.toLowerCase() : name;
}

/** An identifier as SQL text, always quoted. */
export function quoteIdentifier(name: string, family: DialectFamily): string {
  return family === "mysql" ? `\`${name.replaceAll("`", "``")}\`` : `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL string literal. */
export function quoteString(text: string, family: DialectFamily): string {
  const doubled = text.replaceAll("'", "''");
  return `'${family === "mysql" ? doubled.replaceAll("\\", "\\\\") : doubled}'`;
}
