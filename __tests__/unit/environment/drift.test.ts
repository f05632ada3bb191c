import { expect, test } from "vitest";
import { type DriftFacts, findDrift } from "../../../src/environment/drift.ts";
import { aModel, aSnapshot } from "../../support/snapshot-samples.ts";

const view = { schema: "shop", table: "orders" };
const table = { schema: "sluice__shop", table: "shop__orders__v1" };
const pointer = { schema: "sluice", table: "sluice__pointer" };

/** One model whose view has this text. */
const facts = (text: string | undefined, more: Partial<DriftFacts> = {}): DriftFacts => ({
  models: [{ snapshot: aSnapshot({ model: aModel({ kind: { name: "FULL" } }) }), table, view }],
  pointer: { name: pointer, planId: "p", shown: "p" },
  catalog: {
    typeOf: (name) => (name === table ? "table" : "view"),
    textOf: () => text,
    columnsOf: () => null,
  },
  noted: new Map(),
  family: "duckdb",
  knownTexts: true,
  extraColumns: true,
  ...more,
});

const kinds = (given: DriftFacts) => findDrift(given).map(({ kind }) => kind);

test("a view that may not be looked at is believed", () => {
  expect(kinds(facts(undefined))).toEqual([]);
});

test("names are folded as servers fold them", () => {
  expect(kinds(facts("SELECT * FROM SLUICE__SHOP.Shop__Orders__V1"))).toEqual([]);
});

test("a text in a form nobody has seen tells only when it does not name the table", () => {
  const odd = "SELECT ALL `id` FROM `shop__orders__v1` PARTITION (p)";
  expect(kinds(facts(odd))).toEqual(["view-changed"]);
  expect(kinds(facts(odd, { knownTexts: false }))).toEqual([]);
  expect(kinds(facts("SELECT ALL 1", { knownTexts: false }))).toEqual(["view-changed"]);
});

test("a pointer that names another plan", () => {
  const shown = { name: pointer, planId: "p", shown: "q" };
  expect(kinds(facts(undefined, { pointer: shown }))).toEqual(["pointer-changed"]);
});
