import { describe, expect, test } from "vitest";
import { obsoleteEnvironments, obsoleteSnapshots } from "../../../src/environment/cleanup.ts";
import type { Environment, EnvironmentName } from "../../../src/environment/environment.ts";
import { describeName } from "../../../src/environment/naming.ts";
import type { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { aModel, aSnapshot, type SnapshotSample } from "../../support/snapshot-samples.ts";

const now = 1_000_000_000;
const long = 1_000_000;
const full = { name: "FULL" } as const;

/** A table of its own, used last long ago. */
const old = (identifier: string, more: SnapshotSample = {}): Snapshot =>
  aSnapshot({ model: aModel({ kind: full }), identifier, updatedAt: now - 2 * long, ttl: long, ...more });

const anEnvironment = (name: string, members: readonly Snapshot[], more: Partial<Environment> = {}) =>
  ({
    name: name as EnvironmentName,
    version: 1,
    naming: { suffixTarget: "schema" },
    members: members.map((snapshot) => ({
      name: snapshot.name,
      identifier: snapshot.identifier,
      promoted: true,
    })),
    planId: `plan of ${name}`,
    planDigest: "d",
    previousPlanId: null,
    startAt: null,
    endAt: null,
    finalizedAt: 1,
    expiresAt: null,
    previousFinalized: null,
    statements: { beforeAll: [], afterAll: [] },
    ...more,
  }) satisfies Environment;

const byName = (environments: readonly Environment[]) => new Map(environments.map((one) => [one.name, one]));

describe("environments", () => {
  const snapshot = old("a");
  const find = (...environments: Environment[]) =>
    obsoleteEnvironments({ environments: byName(environments), snapshots: [snapshot], now }).map((one) => ({
      name: one.environment.name,
      views: one.views.map(describeName),
      schemas: one.schemas.map((schema) => schema.schema),
    }));

  test.each([
    ["expired this very moment", now, true],
    ["expiring in a moment", now + 1, false],
    ["pinned", null, false],
  ])("%s", (_, expiresAt, gone) => {
    expect(find(anEnvironment("dev", [snapshot], { expiresAt })).length).toBe(gone ? 1 : 0);
  });

  test("prod never expires, whatever its record says", () => {
    expect(find(anEnvironment("prod", [snapshot], { expiresAt: 1 }))).toEqual([]);
  });

  test.each([
    ["schema", ["shop__dev.orders", "sluice__dev.sluice__pointer"], ["shop__dev", "sluice__dev"]],
    ["table", ["shop.orders__dev", "sluice.sluice__pointer__dev"], []],
    ["catalog", ["lake__dev.shop.orders", "lake__dev.sluice.sluice__pointer"], ["shop", "sluice"]],
  ] as const)("suffix on the %s", (suffixTarget, views, schemas) => {
    const naming = { suffixTarget, defaultCatalog: "lake" };
    expect(find(anEnvironment("dev", [snapshot], { expiresAt: 1, naming }))).toEqual([
      { name: "dev", views, schemas },
    ]);
  });

  test("a view that prod shows under the same name stays", () => {
    const twin = old("b", { model: aModel({ name: "shop__dev.orders", kind: full }) });
    const environments = byName([
      anEnvironment("prod", [twin]),
      anEnvironment("dev", [snapshot], { expiresAt: 1 }),
    ]);
    const [dev] = obsoleteEnvironments({ environments, snapshots: [snapshot, twin], now });
    expect(dev?.views.map(describeName)).toEqual(["sluice__dev.sluice__pointer"]);
  });

  test("members without a view here are left out, those that are no longer stored are not", () => {
    const hidden = anEnvironment("dev", [snapshot], { expiresAt: 1 });
    const members = hidden.members.map((member) => ({ ...member, promoted: false }));
    expect(find({ ...hidden, members })[0]?.views).toEqual(["sluice__dev.sluice__pointer"]);
    const lost = anEnvironment("dev", [old("lost")], { expiresAt: 1 });
    expect(find(lost)[0]?.views).toContain("shop__dev.orders");
  });
});

describe("snapshots", () => {
  const find = (
    snapshots: readonly Snapshot[],
    more: {
      environments?: readonly Environment[];
      plans?: readonly { startedAt: number; uses: readonly Snapshot[] }[];
      ignoreTtl?: boolean;
    } = {},
  ) =>
    obsoleteSnapshots(
      { environments: byName(more.environments ?? []), snapshots, now },
      { openPlans: more.plans ?? [], ignoreTtl: more.ignoreTtl ?? false },
    );
  const names = (found: ReturnType<typeof find>) => found.map(({ snapshot }) => snapshot.identifier);
  const young = old("young", { updatedAt: now - long + 1 });

  test("the time to live counts from when it was used last", () => {
    expect(names(find([old("old"), young, old("due", { updatedAt: now - long })]))).toEqual(["old", "due"]);
    expect(names(find([young], { ignoreTtl: true }))).toEqual(["young"]);
  });

  test.each([
    ["a member of an environment", { environments: [anEnvironment("dev", [old("a")])] }],
    [
      "what an unfinished promotion would go back to",
      {
        environments: [
          anEnvironment("prod", [], {
            finalizedAt: null,
            previousFinalized: anEnvironment("prod", [old("a")]).members,
          }),
        ],
      },
    ],
    ["what an open plan uses", { plans: [{ startedAt: now - 5, uses: [old("a")] }] }],
  ])("%s stays, also when the time to live is ignored", (_, more) => {
    expect(find([old("a")], { ...more, ignoreTtl: true })).toEqual([]);
  });

  test("a plan that was given up long ago keeps nothing", () => {
    expect(names(find([old("a")], { plans: [{ startedAt: now - long, uses: [old("a")] }] }))).toEqual(["a"]);
  });

  test("a table goes with the last snapshot of its version, a dev table with the last of its own", () => {
    const shared = { version: "v1" };
    const a = old("a", { ...shared, devVersion: "d1" });
    const b = old("b", { ...shared, devVersion: "d1", updatedAt: now });
    const c = old("c", { ...shared, devVersion: "d2" });
    const [first, second, ...none] = find([a, b, c]);
    expect(none).toEqual([]);
    expect([first?.tables, first?.endsVersion, first?.endsDevVersion]).toEqual([[], false, false]);
    expect(second?.tables.map(describeName)).toEqual(["sluice__shop.shop__orders__d2__dev"]);
    expect([second?.endsVersion, second?.endsDevVersion]).toEqual([false, true]);
  });

  test("what several obsolete snapshots share is named once", () => {
    const found = find([old("a", { version: "v" }), old("b", { version: "v" })]);
    expect(found.flatMap(({ tables }) => tables.map(describeName))).toEqual([
      "sluice__shop.shop__orders__v",
      "sluice__shop.shop__orders__d_a__dev",
      "sluice__shop.shop__orders__d_b__dev",
    ]);
    expect(found.map(({ endsVersion }) => endsVersion)).toEqual([true, false]);
  });

  test("an external model's table is never ours to drop", () => {
    const external = old("a", { model: aModel({ name: "raw.orders", kind: { name: "EXTERNAL" } }) });
    expect(find([external])[0]?.tables).toEqual([]);
  });
});
