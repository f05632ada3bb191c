/** The bundle alone in an empty folder, without any node_modules of its own, plans and applies: on Node 24 and on Node 20. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actionEntry, actionNode } from "../support/github/runner/action-file.ts";
import { countOrders, ShopWorld } from "../support/github/shop-world.ts";

/** Node by major version: ours, and the machine's own. `SLUICE_TEST_NODES` names those that must be there. */
function findNodes(): ReadonlyMap<string, string> {
  const own = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes("node_modules"))
    .map((folder) => join(folder, "node"))
    .filter((path) => existsSync(path));
  return new Map([...own.slice(0, 1), actionNode].map((path) => [majorOf(path), path]));
}

function majorOf(node: string): string {
  return execFileSync(node, ["--version"], { encoding: "utf8" }).replace(/^v(\d+)[\s\S]*$/, "$1");
}

const nodes = findNodes();
const supported = [...nodes].filter(([major]) => Number(major) >= 20);

test("the versions that must be tested are here", () => {
  const wanted = (process.env["SLUICE_TEST_NODES"] ?? "24").split(",");
  expect([...nodes.keys()]).toEqual(expect.arrayContaining(wanted));
});

describe.each(supported)("Node %s", (_, node) => {
  let world: ShopWorld;
  let folder: string;

  beforeAll(async () => {
    world = await ShopWorld.promoted();
    folder = mkdtempSync(join(tmpdir(), "sluice-bundle-"));
    cpSync(dirname(actionEntry()), folder, { recursive: true });
    world.options = { program: { node, entry: join(folder, "index.js") } };
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await world[Symbol.asyncDispose]();
  });

  test("plans a pull request and applies its merge", async () => {
    const pull = world.openPull({ branch: "count-orders", changes: countOrders });
    const planned = await world.plan(pull);
    // The analyser, with its binary beside the bundle, tells a non-breaking change.
    expect(planned.outputs, planned.log.join("\n")).toMatchObject({
      outcome: "planned",
      "non-breaking": "1",
    });
    world.merge(pull);
    const applied = await world.apply(pull);
    expect(applied.outputs, applied.log.join("\n")).toMatchObject({
      outcome: "applied",
      "plan-digest": planned.outputs["plan-digest"],
    });
    expect((await world.sql("SELECT * FROM shop.revenue ORDER BY shop"))[0]).toMatchObject({ orders: "2" });
    expect(world.github.violations).toEqual([]);
  });
});
