import { expect, test } from "vitest";
import type { ApplyContext } from "../../../src/apply/context.ts";
import { viewContext } from "../../../src/apply/rendering.ts";
import type { EnvironmentMember } from "../../../src/environment/environment.ts";

test("the members of an environment are gone through once, however many views ask for them", () => {
  let walks = 0;
  class Members extends Array<EnvironmentMember> {
    static override get [Symbol.species]() {
      return Array;
    }
    override filter(...given: Parameters<EnvironmentMember[]["filter"]>): EnvironmentMember[] {
      walks++;
      return super.filter(...given);
    }
  }
  const context = {
    engine: { family: "duckdb", name: () => "shown", defaultCatalog: undefined },
    plan: { environment: { name: "prod" } },
    after: { members: Members.from([{ name: "s.a", identifier: "1", promoted: true }]) },
    definitions: {},
  } as unknown as ApplyContext;
  for (let view = 0; view < 100; view++) viewContext(context, "promoting", { table: "a" });
  expect(walks).toBe(1);
});
