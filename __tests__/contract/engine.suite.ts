/** What every engine must do. An engine that cannot do something says so in its traits, never by skipping quietly. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { nameKey, runAll } from "../../src/engine/engine.ts";
import type { SluiceError } from "../../src/errors.ts";

export function engineContract(name: string, open: () => Promise<Engine>): void {
  describe(`engine contract: ${name}`, () => {
    let engine: Engine;
    const schema = "engine_contract";
    const at = (table: string) => ({ schema, table });
    const q = (table: string) => engine.name(at(table));

    beforeAll(async () => {
      engine = await open();
    });
    afterAll(async () => {
      await engine[Symbol.asyncDispose]();
    });
    beforeEach(async () => {
      await engine.run(engine.statements.createSchema({ schema }));
      for (const table of ["t", "u", "w x", "copy"]) {
        await engine.run(engine.statements.drop(at(table), "table"));
      }
      for (const view of ["v", "v2"]) await engine.run(engine.statements.drop(at(view), "view"));
    });

    test("values come back JSON-like", async () => {
      const decimal =
        engine.family === "mysql" ? "CAST('1.50' AS DECIMAL(10,2))" : "CAST(1.5 AS DECIMAL(10,2))";
      const [row] = await engine.query(
        `SELECT 7 AS small, 9007199254740993 AS large, ${decimal} AS exact, CAST('2023-01-02' AS DATE) AS day,
                'it''s' AS words, NULL AS nothing, COUNT(*) AS n FROM (SELECT 1 AS one) AS x`,
      );
      expect(row).toEqual({
        small: 7,
        large: "9007199254740993",
        exact: "1.50",
        day: "2023-01-02",
        words: "it's",
        nothing: null,
        n: 1,
      });
    });

    test("instants come back as UTC text without a zone", async () => {
      const type = engine.family === "mysql" ? "DATETIME" : "TIMESTAMP";
      const [row] = await engine.query(`SELECT CAST('2023-01-02 03:04:05' AS ${type}) AS at`);
      expect(row?.["at"]).toBe("2023-01-02 03:04:05");
    });

    test("bound values arrive as they are", async () => {
      const values = ["a'\\b\n", 4_102_444_800_000, 1.5, null];
      const [row] = await engine.query("SELECT ? AS a, ? AS b, ? AS c, ? AS d", values);
      expect(Object.values(row ?? {}).map((value) => (value === "1.5" ? 1.5 : value))).toEqual(values);
    });

    test("a value is a value, whatever it holds and however long it is", async () => {
      const values = ["'); DROP TABLE t; --", "what? -- /* $1 \u2028 ünï", "x".repeat(2000), true, -7, ""];
      const marks = values.map((_, at) => `? AS c${at}`).join(", ");
      const [row] = await engine.query(`SELECT ${marks}`, values);
      expect(Object.values(row ?? {}).map((value, at) => (at === 3 ? Boolean(value) : value))).toEqual(
        values,
      );
      const [mixed] = await engine.query("SELECT '?' AS a, ? AS b", ["?"]);
      expect(mixed).toEqual({ a: "?", b: "?" });
    });

    test.each([["plain"], ["it's"], ["back\\slash"], ["ünï"], [""]])(
      "literal %j reads back",
      async (text) => {
        const [row] = await engine.query(`SELECT ${engine.literal(text)} AS a, ${engine.literal(null)} AS b`);
        expect(row).toEqual({ a: text, b: null });
      },
    );

    test("rows are inserted in bulk and counted", async () => {
      const columns = [
        { name: "id", type: "INT" },
        { name: "label", type: "VARCHAR(20)" },
        { name: "day", type: "DATE" },
      ];
      await engine.run(engine.statements.createTable(at("t"), columns));
      const rows = Array.from(
        { length: 1201 },
        (_, id) => [id, id % 2 ? null : `n'${id}`, "2023-01-01"] as const,
      );
      await engine.insertRows(engine, at("t"), ["id", "label", "day"], rows);
      const [row] = await engine.query(
        `SELECT COUNT(*) AS n, COUNT(label) AS labels, MAX(day) AS day FROM ${q("t")}`,
      );
      expect(row).toEqual({ n: 1201, labels: 601, day: "2023-01-01" });
      expect(await engine.run(`DELETE FROM ${q("t")} WHERE id < 200`)).toBe(200);
    });

    test("a table takes the columns of a query and none of its rows, and stays as it is where it is there", async () => {
      const options = { ifNotExists: true };
      const query = "WITH q AS (SELECT 1 AS a) SELECT a, CAST('2024-01-01' AS DATE) AS d FROM q -- the end";
      const told = await engine.createTableLike(engine, at("e"), query, options);
      expect(await engine.query(`SELECT * FROM ${engine.name(at("e"))}`)).toEqual([]);
      expect(told).toEqual(await engine.columnsOf(at("e")));
      expect(told).toEqual(await engine.columnsOfQuery(query));
      await engine.createTableLike(engine, at("e"), "SELECT 'other' AS b", options);
      expect((await engine.columnsOf(at("e"))).map(({ name }) => name)).toEqual(["a", "d"]);
      await expect(engine.createTableLike(engine, at("e"), "SELECT 1 AS a")).rejects.toThrow(/exist/);
    });

    test("a table is made from a query, also an empty one", async () => {
      const count = await engine.createTableAs(engine, at("t"), "SELECT 1 AS a UNION ALL SELECT 2");
      expect(count).toBe(2);
      await engine.createTableAs(engine, at("u"), "SELECT * FROM (SELECT 1 AS a, 'x' AS b) AS q WHERE 1 = 0");
      expect((await engine.columnsOf(at("u"))).map((column) => column.name)).toEqual(["a", "b"]);
      expect(await engine.columnsOf(at("nowhere"))).toEqual([]);
    });

    test("the columns of a query are told without running it", async () => {
      const columns = await engine.columnsOfQuery("SELECT 1 AS a, CAST('2023-01-01' AS DATE) AS b");
      expect(columns.map((column) => column.name)).toEqual(["a", "b"]);
      expect(columns[1]?.type?.toUpperCase()).toBe("DATE");
    });

    test("objects tells tables from views, and what is absent", async () => {
      await engine.createTableAs(engine, at("w x"), "SELECT 1 AS a");
      await engine.run(engine.statements.createView(at("v"), `SELECT * FROM ${q("w x")}`));
      const found = await engine.objects([
        at("w x"),
        at("v"),
        at("nowhere"),
        { schema: "no_schema", table: "t" },
      ]);
      expect([...found]).toEqual([
        [nameKey(at("w x")), "table"],
        [nameKey(at("v")), "view"],
      ]);
    });

    test("a view is replaced, a name is moved, a thing is dropped", async () => {
      await engine.run(engine.statements.createView(at("v"), "SELECT 1 AS a"));
      await engine.run(engine.statements.createView(at("v"), "SELECT 2 AS a, 3 AS b"));
      expect(await engine.query(`SELECT * FROM ${q("v")}`)).toEqual([{ a: 2, b: 3 }]);
      await engine.createTableAs(engine, at("t"), "SELECT 5 AS a");
      for (const text of engine.statements.rename([{ from: at("t"), to: at("u") }], "table"))
        await engine.run(text);
      expect([...(await engine.objects([at("t"), at("u")])).keys()]).toEqual([nameKey(at("u"))]);
      await engine.run(engine.statements.drop(at("u"), "table"));
      await engine.run(engine.statements.drop(at("u"), "table"));
      expect((await engine.objects([at("u")])).size).toBe(0);
    });

    test("the texts of views are equal where they show the same", async () => {
      await engine.createTableAs(engine, at("t"), "SELECT 5 AS a");
      const show = (view: string, query: string) => engine.run(engine.statements.createView(at(view), query));
      await show("v", `SELECT * FROM ${q("t")}`);
      await show("v2", `SELECT * FROM ${q("t")}`);
      const same = await engine.viewTexts([at("v"), at("v2"), at("t"), at("nowhere")]);
      expect([...same.keys()]).toEqual([nameKey(at("v")), nameKey(at("v2"))]);
      expect(new Set(same.values()).size).toBe(1);
      await show("v2", `SELECT a + 1 AS a FROM ${q("t")}`);
      expect(new Set((await engine.viewTexts([at("v"), at("v2")])).values()).size).toBe(2);
    });

    test("columns are added, retyped and dropped", async () => {
      await engine.createTableAs(engine, at("t"), "SELECT 1 AS a, 2 AS b");
      const alter = engine.statements.alterTable;
      await engine.run(alter(at("t"), { kind: "add", column: "c", type: "VARCHAR(5)" }));
      await engine.run(alter(at("t"), { kind: "drop", column: "b" }));
      await engine.run(alter(at("t"), { kind: "retype", column: "a", type: "BIGINT" }));
      const columns = await engine.columnsOf(at("t"));
      expect(columns.map((column) => column.name)).toEqual(["a", "c"]);
      expect(columns[0]?.type?.toUpperCase()).toMatch(/^BIGINT/);
    });

    test("columns of many tables are read at once, as one by one", async () => {
      await engine.createTableAs(engine, at("t"), "SELECT 1 AS a, 'x' AS b");
      await engine.run(engine.statements.createView(at("v"), "SELECT 2.5 AS c"));
      const found = await engine.columnsOfAll([at("t"), at("v"), at("absent")]);
      expect([...found.keys()].sort()).toEqual([nameKey(at("t")), nameKey(at("v"))].sort());
      expect(found.get(nameKey(at("t")))).toEqual(await engine.columnsOf(at("t")));
      expect(found.get(nameKey(at("v")))).toEqual(await engine.columnsOf(at("v")));
      expect((await engine.columnsOfAll([])).size).toBe(0);
    });

    test("the text of a table is the same for the same columns only", async () => {
      await engine.createTableAs(engine, at("t"), "SELECT 1 AS a, 'x' AS b");
      const text = async () => (await engine.tableTexts([at("t"), at("absent")])).get(nameKey(at("t")));
      const before = await text();
      expect(before).toBeTypeOf("string");
      await engine.run(`INSERT INTO ${q("t")} VALUES (2, 'y')`);
      await engine.run(engine.statements.createView(at("v"), `SELECT * FROM ${q("t")}`));
      expect(await text()).toBe(before);
      const known = engine.columnsOfAll([at("t")]);
      expect((await engine.tableTexts([at("t")], known)).get(nameKey(at("t")))).toBe(before);
      const seen = [before];
      for (const change of [
        { kind: "retype", column: "a", type: "BIGINT" },
        { kind: "add", column: "c", type: "VARCHAR(5)" },
        { kind: "drop", column: "b" },
      ] as const) {
        await engine.run(engine.statements.drop(at("v"), "view"));
        await engine.run(engine.statements.alterTable(at("t"), change));
        seen.push(await text());
      }
      expect(new Set(seen).size).toBe(4);
      expect((await engine.tableTexts([at("absent")])).size).toBe(0);
      expect((await engine.tableTexts([])).size).toBe(0);
    });

    test("many statements run in order, up to the one that fails", async () => {
      const insert = (value: number): string => `INSERT INTO ${q("t")} VALUES (${value})`;
      const many = Array.from({ length: 250 }, (_, value) => insert(value));
      await engine.createTableLike(engine, at("t"), "SELECT 1 AS a");
      await engine.exclusive((session) => runAll(session, [...many, `DELETE FROM ${q("t")} WHERE a < 240`]));
      expect(await engine.query(`SELECT COUNT(*) AS n FROM ${q("t")}`)).toEqual([{ n: 10 }]);
      await expect(
        engine.exclusive((session) =>
          runAll(session, [insert(1), `INSERT INTO ${q("absent")} VALUES (1)`, insert(2)]),
        ),
      ).rejects.toMatchObject({ code: "ENGINE_FAILED", message: expect.stringContaining("absent") });
      expect(await engine.query(`SELECT a FROM ${q("t")} WHERE a < 3`)).toEqual([{ a: 1 }]);
    });

    test("comments are accepted", async () => {
      await engine.createTableAs(engine, at("t"), "SELECT 1 AS a");
      const comments = { description: "all of it's", columns: { a: "the \\ first" } };
      for (const text of engine.statements.comment(at("t"), "table", comments)) await engine.run(text);
      expect(await engine.query(`SELECT a FROM ${q("t")}`)).toEqual([{ a: 1 }]);
    });

    test.each([1, 50, 5_000])("%s texts to choose from mean what they say", async (count) => {
      const plain = Array.from({ length: count }, (_, i) => `shop.orders_${i}@a'b"c\\d`);
      await engine.run(engine.statements.createTable(at("t"), [{ name: "k", type: "VARCHAR(60)" }]));
      const rows = [...plain, "other", "shop.orders_0", "a\u001fb"].map((text) => [text]);
      await engine.insertRows(engine, at("t"), ["k"], rows);
      const found = async (texts: readonly string[]) => {
        const list = engine.statements.textList(texts);
        const [row] = await engine.query(`SELECT COUNT(*) AS n FROM ${q("t")} WHERE k IN (${list})`);
        return row?.["n"];
      };
      expect(await found(plain)).toBe(count);
      expect(await found([...plain, "a\u001fb"])).toBe(count + 1);
      expect(await found(["none", ...plain.slice(1)])).toBe(count - 1);
      const list = engine.statements.textList(plain);
      expect(await engine.run(`DELETE FROM ${q("t")} WHERE k NOT IN (${list})`)).toBe(3);
    });

    test("NULL keys compare as equal", async () => {
      const { sameValue } = engine.statements;
      const [row] = await engine.query(
        `SELECT COUNT(*) AS n FROM (SELECT NULL AS a, 1 AS b) AS x WHERE ${sameValue("a", "NULL")} AND ${sameValue("b", "1")} AND NOT (${sameValue("a", "b")})`,
      );
      expect(row).toEqual({ n: 1 });
    });

    test("a failure carries the database's words and the statement", async () => {
      const failure = await engine
        .query(`SELECT nonsense_column FROM ${q("nonsense_table")}`)
        .catch((error: SluiceError) => error);
      expect(failure).toMatchObject({
        code: "ENGINE_FAILED",
        details: { statement: expect.stringContaining("nonsense") },
      });
      expect((failure as SluiceError).message).toContain("nonsense_table");
    });

    test("a transaction commits as a whole or not at all", async () => {
      await engine.createTableAs(engine, at("t"), "SELECT 1 AS a");
      await engine.transaction((session) => session.run(`INSERT INTO ${q("t")} VALUES (2)`));
      const failing = engine.transaction(async (session) => {
        await session.run(`DELETE FROM ${q("t")}`);
        throw new Error("stop");
      });
      await expect(failing).rejects.toThrow("stop");
      expect(await engine.query(`SELECT COUNT(*) AS n FROM ${q("t")}`)).toEqual([
        { n: engine.traits.transactions ? 2 : 0 },
      ]);
    });

    test("DDL rolls back where the traits say so", async () => {
      const failing = engine.transaction(async (session) => {
        await engine.createTableAs(session, at("copy"), "SELECT 1 AS a");
        throw new Error("stop");
      });
      await expect(failing).rejects.toThrow("stop");
      expect((await engine.objects([at("copy")])).size).toBe(engine.traits.transactionalDdl ? 0 : 1);
    });

    test("a schema is listed with all that is in it, and goes when it is empty", async () => {
      const other = { schema: "engine_contract_other", table: "" };
      const list = async () =>
        (await engine.query(engine.statements.listSchema(other))).map((row) => row["name"]).sort();
      expect(await list()).toEqual([]);
      await engine.run(engine.statements.dropSchema(other));
      await engine.run(engine.statements.createSchema(other));
      await engine.createTableAs(engine, { ...other, table: "t" }, "SELECT 1 AS a");
      await engine.run(engine.statements.createView({ ...other, table: "v" }, "SELECT 1 AS a"));
      expect(await list()).toEqual(["t", "v"]);
      await engine.run(engine.statements.drop({ ...other, table: "t" }, "table"));
      await engine.run(engine.statements.drop({ ...other, table: "v" }, "view"));
      expect(await list()).toEqual([]);
      await engine.run(engine.statements.dropSchema(other));
      await expect(engine.createTableAs(engine, { ...other, table: "t" }, "SELECT 1 AS a")).rejects.toThrow();
    });

    test("a failed statement leaves the connection usable", async () => {
      const failing = engine.transaction((session) => session.run("SELECT * FROM nowhere_at_all"));
      await expect(failing).rejects.toMatchObject({ code: "ENGINE_FAILED" });
      expect(await engine.transaction((session) => session.query("SELECT 1 AS a"))).toEqual([{ a: 1 }]);
    });

    test("transactions that write the same row both succeed", async () => {
      await engine.createTableAs(engine, at("t"), "SELECT 0 AS a");
      const add = () => engine.transaction((session) => session.run(`UPDATE ${q("t")} SET a = a + 1`));
      await Promise.all([add(), add(), add()]);
      expect(await engine.query(`SELECT a FROM ${q("t")}`)).toEqual([{ a: 3 }]);
    });

    test("a running statement can be interrupted", async () => {
      const numbers = Array.from({ length: 60 }, (_, n) => `SELECT ${n} AS n`).join(" UNION ALL ");
      const long = `SELECT COUNT(*) AS c FROM (${numbers}) a, (${numbers}) b, (${numbers}) c, (${numbers}) d, (${numbers}) e, (${numbers}) f WHERE a.n * b.n * c.n + d.n * e.n * f.n = -1`;
      const running = engine.query(long).catch((error: SluiceError) => error);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await engine.interrupt();
      expect(await running).toMatchObject({ code: "CANCELLED" });
      expect(await engine.query("SELECT 1 AS a")).toEqual([{ a: 1 }]);
    });
  });
}
