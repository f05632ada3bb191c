/** The SQL that is sent to servers of the MySQL protocol, those included that no test talks to. */
import { describe, expect, test } from "vitest";
import { traitsOf } from "../../../../src/engine/mysql/flavour-traits.ts";
import type { Flavour } from "../../../../src/engine/mysql/server.ts";
import { flavourOf, flavours, neededRelease, versionOf } from "../../../../src/engine/mysql/server.ts";
import { mysqlStatements } from "../../../../src/engine/mysql/statements.ts";

const table = { schema: "shop", table: "orders" };
const view = { schema: "shop", table: "best" };
const columns = [
  { name: "id", type: "bigint(20)" },
  { name: "a`b", type: null },
];

describe("which server answers", () => {
  test.each([
    { version: "8.0.36", comment: "MySQL Community Server - GPL", flavour: "mysql", is: "8.0.36" },
    { version: "10.11.6-MariaDB-log", comment: "Debian 12", flavour: "mariadb", is: "10.11.6" },
    { version: "5.5.5-10.6.18-MariaDB", comment: "", flavour: "mariadb", is: "10.6.18" },
    {
      version: "8.0.11-TiDB-v7.5.1",
      comment: "TiDB Server (Apache License 2.0)",
      flavour: "tidb",
      is: "7.5.1",
    },
    { version: "8.0.33", comment: "StarRocks version 3.3.2", flavour: "starrocks", is: "3.3.2" },
    { version: "5.7.99", comment: "Doris version doris-2.1.7-rc03", flavour: "doris", is: "2.1.7" },
    {
      version: "5.7.32",
      comment: "SingleStoreDB source distribution (compatible; MySQL Enterprise & MySQL Commercial)",
      flavour: "singlestore",
      is: "5.7.32",
    },
  ] as const)("$version $comment", ({ version, comment, flavour, is }) => {
    expect(flavourOf(version, comment)).toBe(flavour);
    expect(versionOf(flavour, version, comment)).toBe(is);
  });
});

test.each([
  { flavour: "mysql", version: "5.6.24", needed: "8.0" },
  { flavour: "mysql", version: "5.7.44", needed: "8.0" },
  { flavour: "mysql", version: "8.0.11", needed: null },
  { flavour: "mysql", version: "9.4.0", needed: null },
  { flavour: "singlestore", version: "5.7.32", needed: null },
  { flavour: "doris", version: "2.1.7", needed: null },
] as const)("$flavour $version needs $needed", ({ flavour, version, needed }) => {
  expect(neededRelease({ flavour, version })).toBe(needed);
});

test("only a server that cannot be told to wait no second lets a rename wait while it holds names", () => {
  expect(flavours.filter((flavour) => traitsOf(flavour, 1).renameWaits)).toEqual(["mysql"]);
});

test.each<{ flavour: Flavour; how: string; transactions: boolean; userLocks: boolean }>([
  { flavour: "mysql", how: "rename", transactions: true, userLocks: true },
  { flavour: "mariadb", how: "rename", transactions: true, userLocks: true },
  { flavour: "tidb", how: "rename", transactions: true, userLocks: true },
  { flavour: "starrocks", how: "per-view", transactions: false, userLocks: false },
  { flavour: "doris", how: "per-view", transactions: false, userLocks: false },
  { flavour: "singlestore", how: "per-view", transactions: true, userLocks: false },
])("traits of $flavour", ({ flavour, how, transactions, userLocks }) => {
  expect(traitsOf(flavour, 3)).toMatchObject({
    switch: how,
    transactions,
    userLocks,
    transactionalDdl: false,
    catalogs: false,
    maxIdentifierLength: 64,
    concurrency: 3,
  });
});

describe.each(flavours)("%s", (flavour) => {
  const statements = mysqlStatements(flavour);

  test("tables have every column nullable, and text where no type is known", () => {
    const text = statements.createTable(table, columns);
    expect(text.replace(" DISTRIBUTED BY RANDOM", "")).toBe(
      "CREATE TABLE `shop`.`orders` (`id` bigint(20) NULL, `a``b` LONGTEXT NULL)",
    );
  });

  test("views", () => {
    const replace = flavour === "singlestore" ? "" : "OR REPLACE ";
    expect(statements.createView(view, "SELECT 1")).toBe(
      `CREATE ${replace}VIEW \`shop\`.\`best\` AS SELECT 1`,
    );
  });

  test("NULLs are equal to NULLs", () => {
    expect(statements.sameValue("a", "b")).toBe("a <=> b");
  });
});

const moves = [
  { from: view, to: { schema: "shop", table: "old" } },
  { from: { schema: "shop", table: "new" }, to: view },
];

test.each([
  {
    flavour: "mariadb",
    is: ["RENAME TABLE `shop`.`best` TO `shop`.`old`, `shop`.`new` TO `shop`.`best`"],
  },
  { flavour: "tidb", is: ["RENAME TABLE `shop`.`best` TO `shop`.`old`, `shop`.`new` TO `shop`.`best`"] },
  {
    flavour: "starrocks",
    is: ["ALTER VIEW `shop`.`best` RENAME `old`", "ALTER VIEW `shop`.`new` RENAME `best`"],
  },
  {
    flavour: "singlestore",
    is: ["ALTER VIEW `shop`.`best` RENAME TO `old`", "ALTER VIEW `shop`.`new` RENAME TO `best`"],
  },
] as const)("names move on $flavour", ({ flavour, is }) => {
  expect(mysqlStatements(flavour).rename(moves, "view")).toEqual(is);
});

test.each([
  { flavour: "starrocks", is: "ALTER TABLE `shop`.`orders` SWAP WITH `new`" },
  { flavour: "doris", is: "ALTER TABLE `shop`.`orders` REPLACE WITH TABLE `new`" },
  { flavour: "mariadb", is: null },
  { flavour: "singlestore", is: null },
] as const)("two tables change names on $flavour", ({ flavour, is }) => {
  expect(mysqlStatements(flavour).exchange(table, { schema: "shop", table: "new" })).toBe(is);
});

test.each<{ flavour: Flavour; properties: Record<string, string>; ends: string }>([
  {
    flavour: "mysql",
    properties: { engine: "'InnoDB'", row_format: "COMPRESSED" },
    ends: "NULL) ENGINE = InnoDB ROW_FORMAT = COMPRESSED",
  },
  { flavour: "mariadb", properties: { primary_key: "(id, a)" }, ends: "NULL, PRIMARY KEY (id, a))" },
  { flavour: "mariadb", properties: { Index: "id" }, ends: "NULL, KEY (id))" },
  {
    flavour: "mysql",
    properties: { partition_by: "'HASH(id) PARTITIONS 4'" },
    ends: "NULL) PARTITION BY HASH(id) PARTITIONS 4",
  },
  {
    flavour: "singlestore",
    properties: { shard_key: "id", sort_key: "(id)" },
    ends: "NULL, SHARD KEY (id), SORT KEY (id))",
  },
  {
    flavour: "starrocks",
    properties: {
      replication_num: "'1'",
      distributed_by: "'HASH(id) BUCKETS 8'",
      primary_key: "(id)",
      partition_by: "'date_trunc(''day'', ds)'",
    },
    ends: `NULL) PRIMARY KEY (id) PARTITION BY date_trunc('day', ds) DISTRIBUTED BY HASH(id) BUCKETS 8 PROPERTIES ("replication_num" = "1")`,
  },
  {
    flavour: "doris",
    properties: { duplicate_key: "(id)" },
    ends: "NULL) DUPLICATE KEY (id) DISTRIBUTED BY RANDOM",
  },
])("$flavour: $properties", ({ flavour, properties, ends }) => {
  const text = mysqlStatements(flavour).createTable(table, [{ name: "id", type: "INT" }], { properties });
  expect(text).toBe(`CREATE TABLE \`shop\`.\`orders\` (\`id\` INT ${ends}`);
});

test("a property the server has no word for is refused by name", () => {
  const create = () =>
    mysqlStatements("mysql").createTable(table, columns, { properties: { distributed_by: "x" } });
  expect(create).toThrow(/distributed_by means nothing to mysql/);
});

test.each([
  { type: "VARCHAR", is: "LONGTEXT" },
  { type: "string", is: "LONGTEXT" },
  { type: "TIMESTAMPTZ", is: "TIMESTAMP" },
  { type: "VARCHAR(20)", is: "VARCHAR(20)" },
  { type: "decimal(10,2) unsigned", is: "decimal(10,2) unsigned" },
])("a column declared $type is $is", ({ type, is }) => {
  expect(mysqlStatements("mysql").alterTable(table, { kind: "add", column: "x", type })).toBe(
    `ALTER TABLE \`shop\`.\`orders\` ADD COLUMN \`x\` ${is} NULL`,
  );
});

test("comments go onto tables in one statement, cut to what the server keeps, and never onto views", () => {
  const comments = {
    description: `it's ${"x".repeat(3000)}`,
    columns: { id: "the \\ key", gone: "not there" },
    types: { id: "bigint(20)" },
  };
  const [text = "", ...more] = mysqlStatements("mariadb").comment(table, "table", comments);
  expect(more).toEqual([]);
  expect(text.slice(0, 100)).toBe(
    "ALTER TABLE `shop`.`orders` MODIFY COLUMN `id` bigint(20) NULL COMMENT 'the \\\\ key', COMMENT = 'it''s xxxx".slice(
      0,
      100,
    ),
  );
  expect(text).toHaveLength(
    "ALTER TABLE `shop`.`orders` MODIFY COLUMN `id` bigint(20) NULL COMMENT 'the \\\\ key', COMMENT = ''"
      .length + 2049,
  );
  expect(mysqlStatements("mariadb").comment(view, "view", comments)).toEqual([]);
});

test("new databases keep text of all languages", () => {
  expect(mysqlStatements("mariadb", "utf8mb4_general_ci").createSchema({ schema: "shop" })).toBe(
    "CREATE DATABASE IF NOT EXISTS `shop` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
  );
  expect(mysqlStatements("doris").createSchema({ schema: "shop" })).toBe(
    "CREATE DATABASE IF NOT EXISTS `shop`",
  );
});
