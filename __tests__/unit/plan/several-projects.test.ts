import { describe, expect, test } from "vitest";
import { aNode, full, PlanningWorld } from "../../support/planning-world.ts";

const node = (name: string, project: string, sql: string, dependsOn: readonly string[] = []) => ({
  ...aNode({ name, kind: full, sql, dependsOn }),
  project,
});
const bronze = (sql = "SELECT 1 AS id") => node("one.bronze", "one", sql);
const silver = (project = "two") => node("two.silver", project, "SELECT id FROM one.bronze", ["one.bronze"]);

function worldOf(project: string): PlanningWorld {
  const world = new PlanningWorld([bronze(), silver(project)]);
  world.deploy();
  return world.remove("two.silver");
}

const changes = (world: PlanningWorld) =>
  world.plan().models.map((model) => `${model.name}: ${model.change}`);

describe("a plan of one of several projects", () => {
  test("leaves the others' models, and shows what it changes in them", () => {
    const world = worldOf("two").edit(bronze("SELECT 2 AS id"));
    expect(changes(world)).toEqual(["one.bronze: directly_modified", "two.silver: indirectly_modified"]);
  });

  test.each(["one", ""])("removes what its own project %o no longer has", (project) => {
    const world = worldOf(project).edit(bronze("SELECT 2 AS id"));
    expect(changes(world)).toEqual(["one.bronze: directly_modified", "two.silver: removed"]);
  });
});
