import { describe, expect, test } from "vitest";
import { digestOf } from "../../../src/digest.ts";
import type { Model, ModelName } from "../../../src/model/model.ts";
import { changeBetween } from "../../../src/snapshot/compare.ts";
import { identifyAll, ownDataHash, versionKey } from "../../../src/snapshot/fingerprint.ts";
import { ancestorsOf, descendantsOf, lineageOf } from "../../../src/snapshot/lineage.ts";
import { aModel } from "../../support/snapshot-samples.ts";

const node = (name: string, dependsOn: readonly string[] = [], kind?: Model["kind"]) =>
  aModel({ name, dependsOn, ...(kind ? { kind } : {}) });
const hashed = (model: Model, hashes: Partial<Record<keyof Model["hashes"], string>>): Model => ({
  ...model,
  hashes: {
    ...model.hashes,
    ...Object.fromEntries(Object.entries(hashes).map(([key, text]) => [key, digestOf(text)])),
  },
});
const map = (...models: readonly Model[]) => new Map(models.map((model) => [model.name, model]));
const identities = (models: ReadonlyMap<ModelName, Model>) => identifyAll(models, lineageOf(models));
const names = (list: Iterable<string>) => [...list].sort();

describe("lineage", () => {
  const embedded = node("db.e", ["db.a", "raw.x"], { name: "EMBEDDED" });
  const models = map(node("db.a"), embedded, node("db.b", ["db.e"]), node("db.c", ["db.b", "db.c"]));
  const lineage = lineageOf(models);

  test("orders parents first and leaves out what is no node, and the model itself", () => {
    expect(lineage.order).toEqual(["db.a", "db.e", "db.b", "db.c"]);
    expect(lineage.dependencies.get("db.c" as ModelName)).toEqual(["db.b"]);
    expect(lineage.dependencies.get("db.e" as ModelName)).toEqual(["db.a"]);
  });

  test("an embedded parent brings its own parents", () => {
    expect(lineage.parents.get("db.b" as ModelName)).toEqual(["db.a", "db.e"]);
    expect(lineage.dependencies.get("db.b" as ModelName)).toEqual(["db.e"]);
  });

  test("reaches up and down", () => {
    expect(names(ancestorsOf(["db.c" as ModelName], lineage))).toEqual(["db.a", "db.b", "db.e"]);
    expect(names(descendantsOf(["db.a" as ModelName], lineage))).toEqual(["db.b", "db.c", "db.e"]);
  });

  test("a circle is refused", () => {
    expect(() => lineageOf(map(node("db.a", ["db.b"]), node("db.b", ["db.a"])))).toThrow("cycle");
  });
});

describe("identity", () => {
  const a = node("db.a");
  const b = node("db.b", ["db.a"]);
  const c = node("db.c", ["db.b"]);
  const base = identities(map(a, b, c));
  const of = (all: ReturnType<typeof identities>, name: string) => {
    const found = all.get(name as ModelName);
    if (found === undefined) throw new Error(name);
    return found;
  };

  test("is the same for the same facts, in whatever order", () => {
    expect(identities(map(c, b, a)).get(c.name)).toEqual(of(base, "db.c"));
  });

  test.each([
    { why: "rows of the model", changed: { data: "new" }, a: "fingerprint", version: true },
    { why: "words about the model", changed: { metadata: "new" }, a: "fingerprint", version: false },
  ])("$why ripple into everything below; only rows give another version", ({ changed, version }) => {
    const after = identities(map(hashed(a, changed), b, c));
    for (const name of ["db.a", "db.b", "db.c"]) {
      expect(of(after, name).id.identifier).not.toBe(of(base, name).id.identifier);
      expect(versionKey(of(after, name).fingerprint) !== versionKey(of(base, name).fingerprint)).toBe(
        version && name !== "db.c" ? true : version,
      );
    }
  });

  test("does not ripple upwards or sideways", () => {
    const after = identities(map(a, b, hashed(c, { data: "new" })));
    expect([of(after, "db.a"), of(after, "db.b")]).toEqual([of(base, "db.a"), of(base, "db.b")]);
  });

  test("a stamp gives another one", () => {
    const models = map(a, b, c);
    const stamped = identifyAll(
      models,
      lineageOf(models),
      new Map([[a.name, ownDataHash(a, "revert to x")]]),
    );
    expect(of(stamped, "db.a").id).not.toEqual(of(base, "db.a").id);
    expect(of(stamped, "db.c").id).not.toEqual(of(base, "db.c").id);
  });

  test("has thirteen letters that any warehouse takes in a name", () => {
    for (const { id, fingerprint } of base.values()) {
      expect(id.identifier).toMatch(/^[a-z2-7]{13}$/);
      expect(versionKey(fingerprint)).toMatch(/^[a-z2-7]{13}$/);
    }
  });
});

describe("what kind of change", () => {
  const before = node("db.b", ["db.a"]);
  const side = (own: Model, parent: Model) => {
    const found = identities(map(parent, own)).get(own.name);
    if (found === undefined) throw new Error("no identity");
    return { facts: own, fingerprint: found.fingerprint };
  };
  const parent = node("db.a");

  test.each([
    { why: "nothing", own: {}, above: {}, change: "unmodified" },
    {
      why: "properties that matter",
      own: { data: "n", metadata: "n", properties: "n" },
      above: {},
      change: "directly_modified",
    },
    {
      why: "what the query expands to",
      own: { data: "n", metadata: "n", rendered: "n" },
      above: {},
      change: "directly_modified",
    },
    {
      why: "text that expands to the same",
      own: { data: "n", metadata: "n" },
      above: {},
      change: "metadata_updated",
    },
    { why: "words", own: { metadata: "n" }, above: {}, change: "metadata_updated" },
    { why: "the parent's rows", own: {}, above: { data: "n", metadata: "n" }, change: "indirectly_modified" },
    { why: "the parent's words", own: {}, above: { metadata: "n" }, change: "metadata_updated" },
    {
      why: "rows here and above",
      own: { data: "n", metadata: "n", rendered: "n" },
      above: { data: "n", metadata: "n" },
      change: "directly_modified",
    },
    {
      why: "words here and rows above",
      own: { metadata: "n" },
      above: { data: "n", metadata: "n" },
      change: "indirectly_modified",
    },
  ])("$why: $change", ({ own, above, change }) => {
    expect(changeBetween(side(hashed(before, own), hashed(parent, above)), side(before, parent))).toBe(
      change,
    );
  });

  test("a stamp alone is a change of the model itself", () => {
    const after = side(before, parent);
    const stamped = {
      ...after,
      fingerprint: { ...after.fingerprint, data: ownDataHash(before, "revert to x") },
    };
    expect(changeBetween(stamped, after)).toBe("directly_modified");
    expect(changeBetween(stamped, stamped)).toBe("unmodified");
  });
});
