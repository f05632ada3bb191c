import { describe, expect, test } from "vitest";
import type { ViewNaming } from "../../../src/environment/environment.ts";
import {
  checkNameLengths,
  describeName,
  parseEnvironmentName,
  physicalName,
  pointerName,
  prod,
  temporaryName,
  viewName,
  viewNamingOf,
} from "../../../src/environment/naming.ts";
import type { ModelName } from "../../../src/model/model.ts";
import type { Version } from "../../../src/snapshot/snapshot.ts";
import { aModel, aSnapshot } from "../../support/snapshot-samples.ts";

const dev = parseEnvironmentName("dev");

test.each([
  { raw: "prod", name: "prod" },
  { raw: "Feature/Ticket-7.a", name: "feature_ticket_7_a" },
  { raw: " Übung 1 ", name: "übung_1" },
])("the environment $raw is $name", ({ raw, name }) => {
  expect(parseEnvironmentName(raw)).toBe(name);
});

describe("views", () => {
  const orders = { schema: "db", table: "tbl" };
  test.each<{ naming: ViewNaming; inProd: string; inDev: string; pointer: string }>([
    {
      naming: { suffixTarget: "schema" },
      inProd: "db.tbl",
      inDev: "db__dev.tbl",
      pointer: "sluice__dev.sluice__pointer",
    },
    {
      naming: { suffixTarget: "table" },
      inProd: "db.tbl",
      inDev: "db.tbl__dev",
      pointer: "sluice.sluice__pointer__dev",
    },
    {
      naming: { suffixTarget: "catalog", defaultCatalog: "cat" },
      inProd: "db.tbl",
      inDev: "cat__dev.db.tbl",
      pointer: "cat__dev.sluice.sluice__pointer",
    },
    {
      naming: { suffixTarget: "schema", catalogOverride: "dev_cat" },
      inProd: "dev_cat.db.tbl",
      inDev: "dev_cat.db__dev.tbl",
      pointer: "dev_cat.sluice__dev.sluice__pointer",
    },
  ])("$naming", ({ naming, inProd, inDev, pointer }) => {
    expect([
      describeName(viewName(orders, prod, naming)),
      describeName(viewName(orders, dev, naming)),
      describeName(pointerName(dev, naming)),
    ]).toEqual([inProd, inDev, pointer]);
  });

  test("of a development environment never land on those of prod for want of a catalog", () => {
    expect(() => viewName(orders, dev, { suffixTarget: "catalog" })).toThrow("need a catalog of their own");
  });

  test("of models without a schema are in default", () => {
    expect(describeName(viewName({ table: "solo" }, dev, { suffixTarget: "schema" }))).toBe(
      "default__dev.solo",
    );
  });

  test("take the catalog of the first pattern that fits", () => {
    const catalogMapping = [
      { pattern: /^prod$/, catalog: "live" },
      { pattern: /.*/, catalog: "test" },
    ];
    expect([
      viewNamingOf(prod, { suffixTarget: "schema", catalogMapping }),
      viewNamingOf(dev, { suffixTarget: "schema", catalogMapping }),
    ]).toEqual([
      { suffixTarget: "schema", catalogOverride: "live" },
      { suffixTarget: "schema", catalogOverride: "test" },
    ]);
  });
});

describe("tables", () => {
  const table = (sample: object, isDev = false) => {
    const snapshot = aSnapshot({
      model: aModel({ name: "foo.bar", kind: { name: "FULL" } }),
      version: "1",
      devVersion: "2",
      ...sample,
    });
    return describeName(physicalName(snapshot, isDev));
  };

  test.each([
    { why: "schema and table", sample: {}, dev: false, name: "sluice__foo.foo__bar__1" },
    { why: "a dev table bears the dev version", sample: {}, dev: true, name: "sluice__foo.foo__bar__2__dev" },
    { why: "table only", sample: { namingConvention: "table_only" }, dev: false, name: "sluice__foo.bar__1" },
    {
      why: "the physical schema stays with the version",
      sample: { physicalSchema: "old" },
      dev: false,
      name: "old.foo__bar__1",
    },
    {
      why: "a view's object follows what it shows",
      sample: { model: aModel({ name: "foo.bar" }) },
      dev: false,
      name: "sluice__foo.foo__bar__2",
    },
    {
      why: "an external table keeps its own name",
      sample: { model: aModel({ name: "foo.bar", kind: { name: "EXTERNAL" } }) },
      dev: false,
      name: "foo.bar",
    },
  ])("$why: $name", ({ sample, dev: isDev, name }) => {
    expect(table(sample, isDev)).toBe(name);
  });

  test("hashed names are short, and differ where full ones would", () => {
    const hashed = { namingConvention: "hash_md5" };
    expect(table(hashed)).toMatch(/^sluice__foo\.sluice_hash__[0-9a-f]{32}$/);
    expect(new Set([table(hashed), table(hashed, true), table({ ...hashed, version: "9" })]).size).toBe(3);
  });

  test("words are made of what every warehouse takes", () => {
    const snapshot = aSnapshot({
      model: { ...aModel({ kind: { name: "FULL" } }), parts: { schema: "my schema", table: "a-b.c" } },
      version: "1" as Version,
    });
    expect(physicalName(snapshot, false).table).toBe("my_schema__a_b_c__1");
  });

  test("temporary names are the same for the same work, and differ by purpose", () => {
    const target = { schema: "db", table: "tbl" };
    expect(temporaryName(target, "new")).toEqual(temporaryName(target, "new"));
    expect(temporaryName(target, "new").table).not.toBe(temporaryName(target, "old").table);
    expect(temporaryName(target, "new").table).toMatch(/^sluice__[a-z2-7]{13}$/);
  });
});

test("the longest part of a name is measured in characters", () => {
  const named = (table: string) => [{ model: "db.a" as ModelName, name: { schema: "db", table } }];
  expect(() => checkNameLengths(named("ü".repeat(64)), 64)).not.toThrow();
  expect(() => checkNameLengths(named("ü".repeat(65)), 64)).toThrow("db.a needs the name");
});
