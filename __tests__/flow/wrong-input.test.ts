/** Wrong input ends in one sentence with file and line, and nothing is lost or half done. */
import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, test } from "vitest";
import { Context, Plan, SluiceError } from "../../src/index.ts";
import { shop, smallProject } from "../support/small-project.ts";

const now = () => Date.UTC(2024, 0, 4, 6);

const daily =
  "MODEL (name shop.daily, kind FULL);\n\nSELECT shop, COUNT(*) AS orders FROM shop.orders GROUP BY shop\n";

const rows: readonly {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
  /** Parts of the sentence, in order. */
  readonly says: readonly string[];
}[] = [
  { what: "no config", files: {}, remove: ["config.yaml"], says: ["config.yaml"] },
  {
    what: "two configs",
    files: { "config.yml": "model_defaults:\n  dialect: duckdb\n" },
    says: ["config.y", "config.y"],
  },
  {
    what: "an unknown key",
    files: {
      "config.yaml":
        "gateways:\n  local:\n    conection:\n      type: duckdb\nmodel_defaults:\n  dialect: duckdb\n",
    },
    says: ["config.yaml:3", "conection", "connection"],
  },
  {
    what: "an unknown model property",
    files: { "models/daily.sql": daily.replace("kind FULL", "knd FULL") },
    says: ["models/daily.sql:1", "knd", "kind"],
  },
  {
    what: "a duplicate model",
    files: { "models/again.sql": "MODEL (name Shop.Orders, kind FULL);\nSELECT 1 AS id\n" },
    says: ["models/", "shop.orders", "models/"],
  },
  {
    what: "a dependency cycle",
    files: {
      "models/a.sql": "MODEL (name shop.a, kind FULL);\nSELECT x FROM shop.b\n",
      "models/b.sql": "MODEL (name shop.b, kind FULL);\nSELECT x FROM shop.a\n",
    },
    says: ["shop.a", "→", "shop.b"],
  },
  {
    what: "a Python model",
    files: { "models/p.py": "@model('shop.p')\ndef execute(context):\n    pass\n" },
    says: ["models/p.py", "Python"],
  },
  {
    what: "an unknown macro",
    files: { "models/daily.sql": daily.replace("COUNT(*)", "@COUNTT(x)") },
    says: ["models/daily.sql:3", "COUNTT"],
  },
  {
    what: "SQL that does not parse",
    files: { "models/daily.sql": daily.replace("GROUP BY shop", "GROUP shop BY") },
    says: ["models/daily.sql:3", "syntax error"],
  },
  {
    what: "an unclosed string",
    files: { "models/daily.sql": daily.replace("COUNT(*)", "'open") },
    says: ["models/daily.sql:3", "never closed"],
  },
  {
    what: "a time column that the query does not give",
    files: {
      "models/daily.sql": daily.replace("kind FULL", "kind INCREMENTAL_BY_TIME_RANGE (time_column ds)"),
    },
    says: ["models/daily.sql:", "ds"],
  },
  {
    what: "an unsupported dialect",
    files: { "models/daily.sql": daily.replace("kind FULL", "kind FULL, dialect snowflake") },
    says: ["models/daily.sql:1", "snowflake"],
  },
];

describe("a project that cannot be planned", () => {
  test.each(rows)("$what", async ({ files, remove, says }) => {
    await using project = await smallProject();
    await project.write(files);
    for (const path of remove ?? []) await rm(join(project.path, path));
    const sentence = await refusal(project.path);
    let at = 0;
    for (const part of says) {
      const found = sentence.indexOf(part, at);
      expect(found, `"${part}" in: ${sentence}`).toBeGreaterThanOrEqual(0);
      at = found + 1;
    }
    expect(sentence).not.toContain("    at ");
  });
});

async function refusal(path: string): Promise<string> {
  await using context = new Context({ paths: [path], now, env: {} });
  try {
    await context.plan("prod");
  } catch (error) {
    expect(error).toBeInstanceOf(SluiceError);
    expect((error as SluiceError).code).not.toBe("INTERNAL");
    return (error as SluiceError).sentence;
  }
  throw new Error("a plan was built");
}

describe("production is left as it was", () => {
  test("a removed model that is still read is named with its reader", async () => {
    await using project = await smallProject();
    await promote(project.path);
    await rm(join(project.path, "models/orders.sql"));
    await rm(join(project.path, "tests/test_revenue.yaml"));
    expect(await refusal(project.path)).toMatch(
      /shop\.orders[\s\S]*shop\.revenue|shop\.revenue[\s\S]*shop\.orders/,
    );
    expect(await revenue(project)).toEqual([
      { shop: "a", revenue: 15 },
      { shop: "b", revenue: 7 },
    ]);
  });

  test("a failing audit: the outcome names model, audit and rows, and the old rows still show", async () => {
    await using project = await smallProject();
    await promote(project.path);
    const orders = shop["models/orders.sql"] ?? "";
    await project.write({
      "models/orders.sql": orders.replace("o.id::INT AS id", "NULLIF(o.id, 2)::INT AS id"),
    });
    await using context = new Context({ paths: [project.path], now, env: {} });
    const outcome = await context.apply(await context.plan("prod"));
    expect(outcome).toMatchObject({
      reason: "audit-failed",
      production: "unchanged",
      failure: { model: "shop.orders" },
    });
    expect(outcome.failure?.message).toContain("not_null");
    await context.close();
    expect(await revenue(project)).toEqual([
      { shop: "a", revenue: 15 },
      { shop: "b", revenue: 7 },
    ]);
  });

  test("plan files: truncated, edited by one byte, of a newer format, for another project's environment", async () => {
    await using project = await smallProject();
    await using context = new Context({ paths: [project.path], now, env: {} });
    const text = JSON.stringify((await context.plan("prod")).toJSON());
    const wrong = [
      text.slice(0, text.length / 2),
      text.replace('"FULL"', '"VIEW"'),
      text.replace('"format":1', '"format":2'),
      "not json",
      "",
    ];
    for (const damaged of wrong) expect(() => Plan.from(damaged)).toThrow(SluiceError);
    // The same plan, said to be for another environment, no longer fits its digest.
    expect(() => Plan.from(text.replace('"name":"prod"', '"name":"dev"'))).toThrow(/digest/);
  });

  test("a database file that another process holds", async () => {
    await using project = await smallProject();
    const holder = spawn(process.execPath, ["--input-type=module", "-e", hold(project.database)], {
      cwd: join(import.meta.dirname, "../.."),
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await new Promise((resolve) => holder.stdout.once("data", resolve));
      expect(await refusal(project.path)).toMatch(/warehouse\.duckdb.*(use|process)/);
    } finally {
      holder.kill("SIGKILL");
    }
  });
});

function hold(database: string): string {
  return `import { DuckDBInstance } from "@duckdb/node-api";
    const instance = await DuckDBInstance.create(${JSON.stringify(database)});
    await (await instance.connect()).run("CREATE TABLE IF NOT EXISTS held (x INT)");
    console.log("held");
    setInterval(() => {}, 1000);`;
}

async function promote(path: string): Promise<void> {
  await using context = new Context({ paths: [path], now, env: {} });
  const outcome = await context.apply(await context.plan("prod"));
  expect(outcome.reason).toBe("applied");
}

async function revenue(project: { readonly database: string }): Promise<unknown> {
  const instance = await DuckDBInstance.create(project.database);
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll("SELECT shop, revenue FROM shop.revenue ORDER BY shop");
  const found = reader.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return found;
}
