/** Commands that look and operate, each a process as a user would start it, on the project of `sluice init`. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ended, sluice } from "../support/sluice-process.ts";

const cwd = await mkdtemp(join(tmpdir(), "sluice-operate-"));
let day = "2024-01-08";
const run = (...words: string[]): Promise<Ended> =>
  sluice(words, { cwd, env: { SLUICE_NOW: `${day}T00:00:00Z` } });
/** What it prints when it succeeds. */
const told = async (...words: string[]): Promise<string> => {
  const { code, stdout, stderr } = await run(...words);
  expect(`${code} ${stderr}`).toMatch(/^0 /);
  return stdout;
};

beforeAll(async () => {
  await told("init");
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

describe("without a warehouse", () => {
  test("dag draws who reads whom, as a tree and for two programs", async () => {
    expect(await told("dag")).toBe(`shop.raw_orders SEED
└─ shop.orders VIEW
   ├─ shop.customers FULL
   └─ shop.daily_revenue INCREMENTAL_BY_TIME_RANGE
`);
    const mermaid = await told("dag", "--format", "mermaid", "--select-model", "shop.customers");
    expect(mermaid).toBe(`flowchart LR
  n0["shop.raw_orders"]
  n1["shop.orders"]
  n2["shop.customers"]
  n0 --> n1
  n1 --> n2
`);
    expect(await told("dag", "--format", "dot")).toMatch(/^digraph models \{[\s\S]*n0 -> n1;[\s\S]*\}\n$/);
    const { models } = JSON.parse(await told("dag", "--json"));
    expect(models[1]).toMatchObject({ name: "shop.orders", reads: ["shop.raw_orders"] });
  });

  test("render shows what a model runs, for a range of days", async () => {
    const days = ["--start", "2024-01-01", "--end", "2024-01-03"];
    const text = await told("render", "shop.daily_revenue", ...days);
    expect(text).toContain("BETWEEN CAST('2024-01-01' AS DATE) AND CAST('2024-01-03' AS DATE)");
    expect(JSON.parse(await told("render", "shop.daily_revenue", ...days, "--json")).query).toBe(
      text.trimEnd(),
    );
    expect(await run("render", "shop.ordrs")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Did you mean shop.orders?"),
    });
  });

  test("render knows the columns that the project tells", async () => {
    const file = join(cwd, "models/starred.sql");
    await writeFile(
      file,
      "MODEL (name shop.starred, kind VIEW);\nSELECT @STAR(shop.customers, c, [spent], prefix := 'c_') FROM shop.customers AS c\n",
    );
    expect(await told("render", "shop.starred")).toContain(
      '"c"."customer_id" AS "c_customer_id", "c"."orders" AS "c_orders", "c"."last_order" AS "c_last_order"',
    );
    await rm(file);
  });
});

// These tell one story and run in order.
describe("production from day to day", () => {
  test("run computes what is due, once", async () => {
    await told("plan", "--auto-apply");
    day = "2024-01-10";
    expect(await told("run")).toContain("prod is at version 2: 3 models computed");
    expect(await told("run")).toBe("prod already is what the plan says.\n");
  });

  test("an open breaker stops an apply, and says who opened it and why", async () => {
    expect((await run("breaker", "open")).code).toBe(2);
    expect(await told("breaker", "open", "--reason", "year's end")).toContain("year's end");
    day = "2024-01-11";
    const stopped = await run("run");
    expect(stopped.code).toBe(4);
    expect(stopped.stdout + stopped.stderr).toMatch(/opened by \S+: year's end/);
    expect(await told("status")).toContain("year's end");
    await told("breaker", "close", "--reason", "over");
    expect(await told("run")).toContain("prod is at version 3");
  });

  test("a development environment comes, is marked and goes", async () => {
    await edit("models/customers.sql", (text) =>
      text.replace("COUNT(*) AS orders", "COUNT(*) + 0 AS orders"),
    );
    await told("plan", "dev", "--auto-apply");
    expect(await told("environments")).toContain("dev");
    await told("invalidate", "dev");
    expect(await told("clean")).toContain("dev");
    expect(await told("environments")).not.toContain("dev");
    expect((await run("invalidate", "dev")).code).toBe(3);
  });

  test("a rollback is shown, done, and undone by another", async () => {
    await told("plan", "--auto-apply");
    const shown = await told("rollback");
    expect(shown).toContain("shop.customers");
    expect(await told("status")).toContain("prod is at version 4");
    expect(await told("rollback", "--yes")).toContain("prod is at version 5");
    expect(await told("rollback", "--yes")).toContain("prod is at version 6");
  });

  test("nobody's lock cannot be released", async () => {
    expect(await told("unlock")).toBe("Nobody held the lock.\n");
  });
});

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const file = join(cwd, path);
  const text = await readFile(file, "utf8");
  expect(change(text)).not.toBe(text);
  await writeFile(file, change(text));
}
