/** The raw tables under a benchmark project: their configuration, declaration and rows. */
import { firstDay } from "./model-text.ts";
import type { BenchDialect, ProjectShape } from "./project.ts";

const columns = {
  id: "BIGINT",
  customer_id: "BIGINT",
  event_date: "DATE",
  amount: "DOUBLE",
  quantity: "DOUBLE",
  discount: "DOUBLE",
  tax: "DOUBLE",
  region: "TEXT",
} as const;
const regions = ["north", "south", "east", "west"] as const;
const duckdbConnection = `      type: duckdb
      database: "{{ env_var('BENCH_DB', 'warehouse.duckdb') }}"`;
const mysqlConnection = `      type: mysql
      host: "{{ env_var('MYSQL_HOST', '127.0.0.1') }}"
      port: {{ env_var('MYSQL_PORT', '3306') }}
      user: "{{ env_var('MYSQL_USER', 'root') }}"
      password: "{{ env_var('MYSQL_PASSWORD', '') }}"`;

export function configText(dialect: BenchDialect): string {
  return `gateways:
  local:
    connection:
${dialect === "mysql" ? mysqlConnection : duckdbConnection}
default_gateway: local
model_defaults:
  dialect: ${dialect}
  start: '${firstDay}'
`;
}

export function externalModelsText(tables: number, dialect: BenchDialect): string {
  const body = columnTypes(dialect)
    .map(([name, type]) => `    ${name}: ${type}\n`)
    .join("");
  return Array.from({ length: tables }, (_, i) => `- name: raw.t_${i}\n  columns:\n${body}`).join("");
}

export function rawTablesText(tables: number, shape: ProjectShape): string {
  const definition = columnTypes(shape.dialect)
    .map(([name, type]) => `${name} ${type}`)
    .join(", ");
  const rows = Array.from({ length: shape.rows }, (_, row) => rowText(row, shape.days)).join(", ");
  const schema =
    shape.dialect === "mysql" ? "CREATE DATABASE IF NOT EXISTS raw" : "CREATE SCHEMA IF NOT EXISTS raw";
  const statements = Array.from(
    { length: tables },
    (_, i) => `CREATE TABLE raw.t_${i} (${definition});\nINSERT INTO raw.t_${i} VALUES ${rows};\n`,
  );
  return `${schema};\n${statements.join("")}`;
}

function columnTypes(dialect: BenchDialect): [string, string][] {
  return Object.entries(columns).map(([name, type]) => [
    name,
    type === "TEXT" && dialect === "mysql" ? "VARCHAR(16)" : type,
  ]);
}

function rowText(row: number, days: number): string {
  const day = new Date(Date.parse(firstDay) + (row % days) * 86_400_000).toISOString().slice(0, 10);
  const discount = row % 5 === 0 ? "NULL" : row % 3;
  return `(${row}, ${1 + (row % 17)}, '${day}', ${row % 100}, ${row % 7}, ${discount}, ${row % 4}, '${regions[row % 4]}')`;
}
