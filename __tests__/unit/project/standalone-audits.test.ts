import { describe, expect, test } from "vitest";
import type { ModelName } from "../../../src/model/model.ts";
import { loadError, loadFiles } from "../../support/project-folder.ts";

const shop = {
  "models/orders.sql": "MODEL (name shop.orders, kind FULL, tags pii); SELECT 1::INT AS id",
  "audits/orphans.sql": `/* No order without a customer. */
AUDIT (name Orphans, standalone true, owner ops, cron '@weekly', tags (x, y), depends_on [shop.extra]);
@DEF(least, 3);
SELECT id FROM shop.orders WHERE id < @least;
AUDIT (name of_models);
SELECT id FROM @this_model`,
};
const orphans = "orphans" as ModelName;

describe("a standalone audit", () => {
  test("is a node that reads models and has no table", async () => {
    const project = await loadFiles(shop);
    expect(project.graph.order).toEqual(["shop.orders", "orphans"]);
    expect(project.facts.get(orphans)).toMatchObject({
      node: "audit",
      displayName: "orphans",
      kind: { name: "STANDALONE_AUDIT" },
      dependsOn: ["shop.extra", "shop.orders"],
      cron: "@weekly",
      intervalUnit: "day",
      owner: "ops",
      tags: ["x", "y"],
      description: "No order without a customer.",
    });
    expect([...project.audits.keys()]).toEqual(["of_models"]);
    expect((await project.model(orphans)).auditDefinitions).toMatchObject([{ blocking: false }]);
  });

  test("reads what a Jinja query renders to", async () => {
    const project = await loadFiles({
      ...shop,
      "macros/t.sql": "{% macro t(name) %}shop.{{ name }}{% endmacro %}",
      "audits/orphans.sql":
        "AUDIT (name orphans, standalone true); JINJA_QUERY_BEGIN; SELECT id FROM {{ t('orders') }} JINJA_END;",
    });
    expect(project.facts.get(orphans)?.dependsOn).toEqual(["shop.orders"]);
  });

  test("whatever changes in it is metadata", async () => {
    const hashes = async (from: string, to: string) => {
      const audit = shop["audits/orphans.sql"].replace(from, to);
      return (await loadFiles({ ...shop, "audits/orphans.sql": audit })).facts.get(orphans)?.hashes;
    };
    const before = await hashes("", "");
    for (const [from, to] of [
      ["id < @least", "id > @least"],
      ["'@weekly'", "'@daily'"],
      ["owner ops", "owner dev"],
      ["(least, 3)", "(least, 4)"],
    ] as const) {
      const after = await hashes(from, to);
      expect({ ...after, metadata: "" }).toEqual({ ...before, metadata: "" });
      expect(after?.metadata).not.toBe(before?.metadata);
    }
    expect(await hashes("SELECT id FROM", "SELECT\n  id FROM")).toEqual(before);
  });
});

describe("faults", () => {
  test.each([
    {
      audit: "AUDIT (name shop.orders, standalone true); SELECT 1 AS a",
      says: "audit",
    },
    {
      audit: "AUDIT (name a, standalone true, blocking true); SELECT 1 AS a",
      says: "a standalone audit cannot be blocking",
    },
    { audit: "AUDIT (name a, owner ops); SELECT 1 AS a", says: "Only standalone audits have it" },
    {
      audit: "AUDIT (name a, standalone true,\ncron '0 25 * * *'); SELECT 1 AS a",
      says: "0 25 * * *",
    },
    { audit: "AUDIT (name a, standalone true); SELECT @nope AS a", says: '"nope" is undefined' },
  ])("$says", async ({ audit, says }) => {
    const error = await loadError({ ...shop, "audits/a.sql": audit });
    expect(`${error.sentence} ${error.hint ?? ""}`).toContain(says);
    expect(error.place?.file).toBe("audits/a.sql");
  });

  test("a model cannot use it", async () => {
    const error = await loadError({
      ...shop,
      "models/m.sql": "MODEL (name shop.m, kind FULL, audits (orphans)); SELECT 1 AS a",
    });
    expect(error.sentence).toContain("Audit 'orphans' is undefined");
  });

  test("a model of its name", async () => {
    const error = await loadError({
      "models/a.sql": "MODEL (name a, kind FULL); SELECT 1 AS id",
      "audits/a.sql": "AUDIT (name a, standalone true); SELECT 1 AS id",
    });
    expect(error.sentence).toContain("the standalone audit a has the name of a model");
  });
});
