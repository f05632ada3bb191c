import { describe, expect, test } from "vitest";
import type { Digest } from "../../../src/digest.ts";
import type { ModelFacts, ModelName } from "../../../src/model/model.ts";
import { loadError, loadFiles } from "../../support/project-folder.ts";

const config =
  "gateways: {local: {connection: {type: duckdb}}}\nmodel_defaults: {dialect: duckdb}\nvariables: {parts: [one, two], rate: 100}\n";

describe("one file, several models", () => {
  test.each([
    { blueprints: "((t := a), (t := b))", names: ["a.m", "b.m"] },
    { blueprints: "[(t := a), (t := b),]", names: ["a.m", "b.m"] },
    { blueprints: "((t := a))", names: ["a.m"] },
    { blueprints: "(t := a)", names: ["a.m"] },
    { blueprints: "@EACH(@parts, p -> (T := x_@p))", names: ["x_one.m", "x_two.m"] },
  ])("$blueprints", async ({ blueprints, names }) => {
    const project = await loadFiles({
      "config.yaml": config,
      "models/m.sql": `MODEL (name @{t}.m, kind FULL, blueprints ${blueprints}); SELECT x FROM @{t}.raw`,
    });
    expect([...project.facts.keys()]).toEqual(names);
    for (const [name, facts] of project.facts) expect(facts.dependsOn).toEqual([name.replace(".m", ".raw")]);
  });

  const rates = {
    "config.yaml": config,
    "models/m.sql": `MODEL (name @{region}.m, kind @kind, cron @cron, blueprints (
  (region := eu, kind := FULL, cron := '@daily', rate := 1.5, unread := 1),
  (region := us, kind := VIEW, cron := '@hourly', rate := 2, unread := 1)));
SELECT @rate AS rate, @VAR('rate') AS configured, @BLUEPRINT_VAR('region') AS region`,
  };

  test("variables decide properties, and win over the configuration's", async () => {
    const project = await loadFiles(rates);
    const eu = await project.model("eu.m" as ModelName);
    const us = await project.model("us.m" as ModelName);
    expect([eu.kind.name, eu.cron, us.kind.name, us.cron]).toEqual(["FULL", "@daily", "VIEW", "@hourly"]);
    expect(eu.blueprint).toEqual({ rate: "1.5", region: "eu" });
    expect(eu.variables).toEqual({ rate: 100 });
    expect(eu.hashes.rendered).not.toBe(us.hashes.rendered);
  });

  test("one blueprint's change is a change of its model only; an unread variable's is none", async () => {
    const before = await loadFiles(rates);
    const edit = async (from: string, to: string) =>
      (await loadFiles({ ...rates, "models/m.sql": rates["models/m.sql"].replace(from, to) })).facts;
    const hashes = (facts: ReadonlyMap<ModelName, ModelFacts>, name: string) =>
      facts.get(name as ModelName)?.hashes;
    const faster = await edit("rate := 2", "rate := 3");
    expect(hashes(faster, "eu.m")).toEqual(hashes(before.facts, "eu.m"));
    expect(hashes(faster, "us.m")).not.toEqual(hashes(before.facts, "us.m"));
    expect(hashes(await edit("unread := 1", "unread := 7"), "eu.m")).toEqual(hashes(before.facts, "eu.m"));
  });

  test("recorded facts of all blueprints stand for the file; of some, they do not", async () => {
    const before = await loadFiles(rates);
    const all = [...before.facts.values()];
    const known = (some: readonly ModelFacts[]) =>
      new Map<Digest, ModelFacts>(some.map((facts) => [facts.sourceDigest, { ...facts, owner: "recorded" }]));
    const again = await loadFiles(rates, { known: known(all) });
    expect([...again.facts.values()].map((facts) => facts.owner)).toEqual(["recorded", "recorded"]);
    expect((await again.model("us.m" as ModelName)).blueprint).toMatchObject({ region: "us" });
    for (const one of all) {
      const partly = await loadFiles(rates, { known: known([one]) });
      expect([...partly.facts.values()].map((facts) => facts.owner)).toEqual([undefined, undefined]);
    }
  });

  test("equal names are named", async () => {
    const error = await loadError({
      "models/m.sql": "MODEL (name s.m, kind FULL, blueprints ((x := 1), (x := 2))); SELECT @x AS x",
    });
    expect(error.sentence).toContain("the model s.m is defined twice");
    expect(error.hint).toContain("Two of its blueprints");
  });
});
