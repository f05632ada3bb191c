/** The suite on a server. */
import { afterAll, beforeAll, describe } from "vitest";
import { hasMariadb, startMariadb, type TestServer } from "../../../scripts/mariadb/server.ts";
import { mysqlProject } from "../../support/mysql-project.ts";
import { shapeFiles, shapeSuite } from "../drift-shapes.suite.ts";

const raw = [
  "CREATE DATABASE raw",
  "CREATE TABLE raw.orders (id INT, shop VARCHAR(20), amount DOUBLE, ds DATE)",
  "INSERT INTO raw.orders VALUES (1, 'a', 10, '2024-01-01'), (2, 'a', 5, '2024-01-02'), (3, 'b', 7, '2024-01-03')",
];

describe.runIf(hasMariadb())("on a server", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  shapeSuite(async () => {
    const files = {
      "external_models.yaml":
        "- name: raw.orders\n  columns: {id: INT, shop: VARCHAR(20), amount: DOUBLE, ds: DATE}\n",
      ...shapeFiles,
    };
    const project = await mysqlProject(server, files, raw);
    return { ...project, retype: (table, column, type) => `ALTER TABLE ${table} MODIFY ${column} ${type}` };
  });
});
