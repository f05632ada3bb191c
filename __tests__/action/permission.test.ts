/** Leave to lose columns of a live table, by a line in the pull request: for its plan, by name, with who gave it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ShopWorld } from "../support/github/shop-world.ts";

const log = (columns: string) => ({
  "models/log.sql": `MODEL (name shop.log, kind INCREMENTAL_BY_TIME_RANGE (time_column ds, forward_only true), start '2024-01-01');
SELECT ${columns} FROM raw.orders WHERE ds BETWEEN @start_ds AND @end_ds
`,
});

let world: ShopWorld;
beforeAll(async () => {
  world = await ShopWorld.promoted(log("ds, id, shop"));
});
afterAll(async () => {
  expect(world.github.violations).toEqual([]);
  await world[Symbol.asyncDispose]();
});

const lastAnnotations = () => world.github.repository.checks.at(-1)?.annotations;

test("without it there is no plan; with it, the comment says who gave it, and the merge carries it out", async () => {
  const pull = world.openPull({ branch: "fewer", changes: log("ds, id") });
  const refused = await world.plan(pull);
  expect(refused.outputs["outcome"], refused.log.join("\n")).toBe("destructive");
  const found = { path: "models/log.sql", start_line: 1 };
  expect(lastAnnotations()).toEqual([
    expect.objectContaining({
      ...found,
      annotation_level: "failure",
      message: expect.stringContaining("shop"),
    }),
  ]);
  const line = "Sluice-Allow-Destructive: shop.log";
  expect(world.comments(pull).at(-1)?.body).toContain(`add the line \`${line}\` to the description`);
  pull.body = `Nobody reads the shop.\n\n${line}\n`;
  const planned = await world.plan(pull, { action: "synchronize" });
  expect(planned.outputs["outcome"], planned.log.join("\n")).toBe("planned");
  expect(world.comments(pull).at(-1)?.body).toContain(
    `> - \`shop.log\`: destructive changes, by pull request ${pull.number} of octocat`,
  );
  expect(lastAnnotations()).toEqual([
    expect.objectContaining({
      ...found,
      annotation_level: "warning",
      message: "shop.log loses shop of its live table, with the data in it.",
    }),
  ]);
  world.merge(pull);
  const applied = await world.apply(pull);
  expect(applied.outputs, applied.log.join("\n")).toMatchObject({
    outcome: "applied",
    "plan-digest": planned.outputs["plan-digest"],
  });
  expect(Object.keys((await world.sql("SELECT * FROM shop.log"))[0] ?? {})).toEqual(["ds", "id"]);
  const [entry] = await world.sql("SELECT outcome FROM sluice._ledger ORDER BY started_at DESC LIMIT 1");
  expect(entry?.["outcome"]).toContain(`pull request ${pull.number} of octocat`);
});
