/** What every state store must do. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Environment, EnvironmentName } from "../../src/environment/environment.ts";
import type { PlanDocument } from "../../src/plan/plan.ts";
import type { StepId } from "../../src/plan/step.ts";
import { readMembers, withIntervals } from "../../src/state/facts.ts";
import type { LedgerEntry, State, StateLock } from "../../src/state/state.ts";
import { snapshotKey, versionKeyOf } from "../../src/state/state.ts";
import { aModel, aSnapshot } from "../support/snapshot-samples.ts";

const prod = "prod" as EnvironmentName;
const dev = "dev" as EnvironmentName;
const day = 86_400_000;

export interface OpenedState {
  readonly state: State;
  close(): Promise<void>;
}

export function anEnvironment(parts: Partial<Environment> = {}): Environment {
  return {
    name: prod,
    version: 1,
    naming: { suffixTarget: "schema" },
    members: [],
    planId: "plan-1",
    planDigest: "digest-1",
    previousPlanId: null,
    startAt: null,
    endAt: null,
    finalizedAt: 5,
    expiresAt: null,
    previousFinalized: null,
    statements: { beforeAll: [], afterAll: [] },
    ...parts,
  };
}

export function stateContract(name: string, open: () => Promise<OpenedState>): void {
  describe(`state contract: ${name}`, () => {
    let opened: OpenedState;
    let state: State;
    let lock: StateLock;

    beforeEach(async () => {
      opened = await open();
      state = opened.state;
      expect((await state.readEnvironments()).size).toBe(0);
      expect((await state.readSnapshots([aSnapshot()])).size).toBe(0);
      await state.migrate();
      await state.migrate();
      lock = await state.lock(prod, "suite", { wait: 0 });
    });
    afterEach(async () => {
      await lock[Symbol.asyncDispose]();
      await opened.close();
    });

    const store = (...snapshots: ReturnType<typeof aSnapshot>[]) =>
      state.writeSnapshots(
        null,
        lock,
        snapshots.map((snapshot) => ({ snapshot, model: aModel({ name: snapshot.name }) })),
      );

    test("snapshots are kept whole, definitions apart", async () => {
      const model = aModel({ sql: "SELECT 'it''s \\ ünï' AS a" });
      const snapshot = aSnapshot({ model, effectiveFrom: 7 });
      await state.writeSnapshots(null, lock, [{ snapshot, model }]);
      expect([...(await state.readSnapshots([snapshot]))]).toEqual([[snapshotKey(snapshot), snapshot]]);
      expect([...(await state.readModels([snapshot]))]).toEqual([[snapshotKey(snapshot), model]]);
      expect(await state.readSnapshotsByName([snapshot.name])).toEqual([snapshot]);
      expect((await state.readSnapshots([aSnapshot({ identifier: "other" })])).size).toBe(0);
    });

    test("a stored snapshot is never overwritten", async () => {
      await store(aSnapshot({ createdAt: 1 }));
      await store(aSnapshot({ createdAt: 2 }), aSnapshot({ identifier: "i2" }));
      const all = await state.readAllSnapshots();
      expect(all.map((snapshot) => [snapshot.identifier, snapshot.createdAt]).sort()).toEqual([
        ["i1", 1],
        ["i2", 1000],
      ]);
    });

    test("names that differ by case are different", async () => {
      await store(aSnapshot({ model: aModel({ name: "shop.Orders" }) }), aSnapshot());
      expect((await state.readSnapshotsByName([aSnapshot().name])).length).toBe(1);
    });

    test("intervals merge, are cut, and come back after a cut", async () => {
      const snapshot = aSnapshot();
      const add = (start: number, end: number) =>
        state.addIntervals(null, lock, [{ snapshot, interval: [start * day, end * day], dev: false }]);
      await add(2, 4);
      await add(0, 2);
      await add(6, 8);
      await state.removeIntervals(null, lock, [{ snapshot, interval: [3 * day, 7 * day], dev: false }]);
      await add(3, 4);
      const intervals = (await state.readIntervals([snapshot])).get(snapshotKey(snapshot));
      expect(intervals).toEqual({
        intervals: [
          [0, 4 * day],
          [7 * day, 8 * day],
        ],
        devIntervals: [],
      });
    });

    test("a long log becomes short, a forgotten version empty, and no other changes", async () => {
      const [kept, gone] = [aSnapshot({ identifier: "a" }), aSnapshot({ identifier: "b" })];
      const log = (snapshot: typeof kept, start: number, end: number) =>
        state.addIntervals(null, lock, [{ snapshot, interval: [start * day, end * day], dev: false }]);
      for (const snapshot of [kept, gone])
        for (const start of [0, 1, 3]) await log(snapshot, start, start + 1);
      await state.removeIntervals(null, lock, [{ snapshot: kept, interval: [0, day], dev: false }]);
      const before = (await state.readIntervals([kept])).get(snapshotKey(kept));
      await state.forgetIntervals(null, lock, [versionKeyOf(gone, false)]);
      expect(await state.compactIntervals(lock)).toBe(2);
      expect(await state.compactIntervals(lock)).toBe(0);
      const after = await state.readIntervals([kept, gone]);
      expect(after.get(snapshotKey(kept))).toEqual(before);
      expect(after.get(snapshotKey(gone))?.intervals).toEqual([]);
      await log(kept, 0, 1);
      const again = await state.readIntervals([kept]);
      expect(again.get(snapshotKey(kept))?.intervals[0]).toEqual([0, 2 * day]);
    });

    test("shapes of objects are replaced, forgotten, and read with their columns only when asked for", async () => {
      const table = { object: "s.t", engine: "1", digest: "a", columns: [{ name: "id", type: "INT" }] };
      const view = { object: "s.v", engine: "1", digest: "b", columns: null };
      await state.writeShapes(null, lock, [table, view]);
      await state.writeShapes(null, lock, [{ ...view, digest: "c" }]);
      expect([...(await state.readShapes(["s.v", "s.t", "s.x"])).values()]).toEqual(
        expect.arrayContaining([
          { ...table, columns: null },
          { ...view, digest: "c" },
        ]),
      );
      expect((await state.readShapes(["s.t"], { columns: true })).get("s.t")).toEqual(table);
      await state.forgetShapes(null, lock, ["s.t"]);
      expect([...(await state.readShapes(["s.v", "s.t"])).keys()]).toEqual(["s.v"]);
    });

    test("the past is told in outline, and parts of it go", async () => {
      const entry = (planId: string, startedAt: number): LedgerEntry => ({
        planId,
        digest: "d",
        work: "w",
        environment: prod,
        status: "applied",
        owner: "suite",
        startedAt,
        finishedAt: startedAt,
        environmentVersion: startedAt,
        executionTime: startedAt,
        outcome: null,
      });
      const document = { id: "x" } as unknown as PlanDocument;
      for (const version of [1, 2, 3]) {
        const planId = `plan-${version}`;
        await state.writeEnvironment(
          null,
          lock,
          anEnvironment({ version, planId, finalizedAt: version * 10 }),
        );
        await state.writeLedger(null, lock, entry(planId, version), document);
        const step = (name: string) =>
          ({ planId, step: name as StepId, status: "done", at: version }) as const;
        await state.writeJournal(null, lock, [step("a"), step("b")]);
      }
      const history = await state.readHistory();
      expect(
        history.records.map(({ version, planId, finalizedAt }) => [version, planId, finalizedAt]),
      ).toEqual([
        [3, "plan-3", 30],
        [2, "plan-2", 20],
        [1, "plan-1", 10],
      ]);
      expect(history.ledger.map(({ planId, hasPlan }) => [planId, hasPlan])).toEqual([
        ["plan-3", true],
        ["plan-2", true],
        ["plan-1", true],
      ]);
      expect([...history.journal].sort()).toEqual([
        ["plan-1", 2],
        ["plan-2", 2],
        ["plan-3", 2],
      ]);
      await state.prune(lock, {
        records: [{ environment: prod, version: 1 }],
        entries: ["plan-1"],
        documents: ["plan-2"],
        journal: ["plan-1", "plan-2"],
      });
      expect((await state.readEnvironmentHistory(prod, 10)).map(({ version }) => version)).toEqual([3, 2]);
      expect(await state.readLedger("plan-1")).toBeNull();
      expect(await state.readLedger("plan-2")).toMatchObject({ planId: "plan-2", status: "applied" });
      expect([await state.readPlan("plan-2"), await state.readPlan("plan-3")]).toEqual([null, document]);
      expect((await state.readJournal("plan-2")).size).toBe(0);
      expect((await state.readJournal("plan-3")).size).toBe(2);
    });

    test("intervals are shared by version, dev intervals by dev version", async () => {
      const first = aSnapshot({ identifier: "a", version: "same", devVersion: "d1" });
      const second = aSnapshot({ identifier: "b", version: "same", devVersion: "d2" });
      await state.addIntervals(null, lock, [
        { snapshot: first, interval: [0, day], dev: false },
        { snapshot: first, interval: [day, 2 * day], dev: true },
      ]);
      const read = await state.readIntervals([first, second]);
      expect(read.get(snapshotKey(first))).toEqual({ intervals: [[0, day]], devIntervals: [[day, 2 * day]] });
      expect(read.get(snapshotKey(second))).toEqual({ intervals: [[0, day]], devIntervals: [] });
    });

    test("facts hold members and their intervals", async () => {
      const member = aSnapshot();
      await store(member, aSnapshot({ model: aModel({ name: "shop.items" }), identifier: "x" }));
      await state.addIntervals(null, lock, [{ snapshot: member, interval: [0, day], dev: false }]);
      const { name, identifier } = member;
      await state.writeEnvironment(
        null,
        lock,
        anEnvironment({ members: [{ name, identifier, promoted: true }] }),
      );
      const facts = await withIntervals(state, await readMembers(state));
      expect([...facts.environments.keys()]).toEqual([prod]);
      expect([...facts.snapshots.keys()]).toEqual([snapshotKey(member)]);
      expect(facts.intervals.get(snapshotKey(member))?.intervals).toEqual([[0, day]]);
    });

    test("an environment's former records stay, the newest counts", async () => {
      const first = anEnvironment({ planId: "one" });
      const second = anEnvironment({ version: 2, planId: "two", finalizedAt: null });
      await state.writeEnvironment(null, lock, first);
      await state.writeEnvironment(null, lock, second);
      await state.writeEnvironment(null, lock, { ...second, finalizedAt: 9 });
      expect((await state.readEnvironments()).get(prod)).toEqual({ ...second, finalizedAt: 9 });
      const history = await state.readEnvironmentHistory(prod, 10);
      expect(history.map((record) => record.planId)).toEqual(["two", "one"]);
      await state.removeEnvironment(null, lock, prod);
      expect((await state.readEnvironments()).size).toBe(0);
    });

    test("unpausing pauses the others and retires contrary definitions of one table", async () => {
      const old = aSnapshot({ identifier: "old", version: "v1", unpausedAt: 1 });
      const orphan = aSnapshot({ identifier: "orphan", version: "v2", forwardOnly: true });
      const stranger = aSnapshot({ model: aModel({ name: "shop.items" }), unpausedAt: 1 });
      const target = aSnapshot({ identifier: "new", version: "v1", forwardOnly: true });
      await store(old, orphan, stranger, target);
      await state.unpause(null, lock, [target], 77);
      const after = await state.readSnapshots([old, orphan, stranger, target]);
      const shown = (snapshot: typeof old) => {
        const read = after.get(snapshotKey(snapshot));
        return [read?.unpausedAt, read?.updatedAt, read?.unrestorable];
      };
      expect(shown(target)).toEqual([77, 77, false]);
      expect(shown(old)).toEqual([null, 77, true]);
      expect(shown(orphan)).toEqual([null, 1000, false]);
      expect(shown(stranger)).toEqual([1, 1000, false]);
    });

    test("snapshots are touched and removed by id", async () => {
      const [one, two] = [aSnapshot({ identifier: "one" }), aSnapshot({ identifier: "two" })];
      await store(one, two);
      await state.touchSnapshots(null, lock, [one], 55);
      await state.removeSnapshots(null, lock, [two]);
      expect(
        (await state.readAllSnapshots()).map((snapshot) => [snapshot.identifier, snapshot.updatedAt]),
      ).toEqual([["one", 55]]);
    });

    test("ledger, plan and journal tell what an apply did", async () => {
      const entry: LedgerEntry = {
        planId: "p1",
        digest: "d",
        work: "w",
        environment: prod,
        status: "applying",
        owner: "me",
        startedAt: 1,
        finishedAt: null,
        environmentVersion: null,
        executionTime: 3,
        outcome: null,
      };
      const plan = { id: "p1" } as PlanDocument;
      await state.writeLedger(null, lock, entry, plan);
      await state.writeLedger(null, lock, { ...entry, status: "applied", finishedAt: 4, outcome: '{"a":1}' });
      await state.writeLedger(null, lock, { ...entry, planId: "p2", startedAt: 2 });
      expect(await state.readLedger("p1")).toMatchObject({
        status: "applied",
        finishedAt: 4,
        outcome: '{"a":1}',
      });
      expect(await state.readPlan("p1")).toEqual(plan);
      expect(await state.readLedger("nowhere")).toBeNull();
      expect((await state.readLedgerOf(prod, 5)).map((read) => read.planId)).toEqual(["p2", "p1"]);
      const step = "backfill:shop.orders" as StepId;
      await state.writeJournal(null, lock, [{ planId: "p1", step, status: "started", at: 1 }]);
      await state.writeJournal(null, lock, [{ planId: "p1", step, status: "done", at: 2 }]);
      expect([...(await state.readJournal("p1"))]).toEqual([
        [step, { planId: "p1", step, status: "done", at: 2 }],
      ]);
      expect((await state.readJournal("p2")).size).toBe(0);
    });

    test("a plan of thousands of models is kept, larger than a server takes in one statement", async () => {
      const warnings = [{ code: "w", text: "é'".repeat(6_000_000) }];
      const plan = { id: "large", warnings } as unknown as PlanDocument;
      const entry = {
        planId: "large",
        digest: "d",
        work: "w",
        environment: prod,
        status: "applying",
        owner: "me",
      } as const;
      const times = {
        startedAt: 1,
        finishedAt: null,
        environmentVersion: null,
        executionTime: 3,
        outcome: null,
      };
      await state.writeLedger(null, lock, { ...entry, ...times }, plan);
      expect(JSON.stringify(await state.readPlan("large")) === JSON.stringify(plan)).toBe(true);
    });

    test("the breaker's last word counts", async () => {
      expect(await state.readBreaker()).toBeNull();
      await state.writeBreaker({ open: true, reason: "incident", by: "ann", at: 1 });
      await state.writeBreaker({ open: false, reason: "over", by: "bob", at: 2 });
      expect(await state.readBreaker()).toEqual({ open: false, reason: "over", by: "bob", at: 2 });
    });

    test("a second owner waits in order of arrival, then gets the lock", async () => {
      const waits: string[] = [];
      const order: string[] = [];
      const wait = async (owner: string) => {
        const got = await state.lock(prod, owner, {
          wait: 20_000,
          onWait: (lease) => waits.push(lease.owner),
        });
        order.push(owner);
        await got[Symbol.asyncDispose]();
      };
      const second = wait("second");
      await new Promise((resolve) => setTimeout(resolve, 60));
      const third = wait("third");
      await new Promise((resolve) => setTimeout(resolve, 60));
      await lock[Symbol.asyncDispose]();
      await Promise.all([second, third]);
      expect(order).toEqual(["second", "third"]);
      expect(waits).toContain("suite");
      lock = await state.lock(prod, "suite", { wait: 20_000 });
    });

    test("a lock that stays taken ends with LOCK_HELD naming its owner", async () => {
      const second = state.lock(prod, "second", { wait: 30 });
      await expect(second).rejects.toMatchObject({
        code: "LOCK_HELD",
        message: expect.stringContaining("suite"),
      });
      expect(await state.readLeases()).toMatchObject([{ environment: prod, owner: "suite" }]);
    });

    test("environments have locks of their own", async () => {
      await using other = await state.lock(dev, "second", { wait: 0 });
      expect(other.environment).toBe(dev);
    });

    test("an aborted wait ends with CANCELLED", async () => {
      const controller = new AbortController();
      const second = state.lock(prod, "second", { wait: 60_000, signal: controller.signal });
      setTimeout(() => controller.abort(), 30);
      await expect(second).rejects.toMatchObject({ code: "CANCELLED" });
    });

    test("a broken lock fences its former owner", async () => {
      expect(await state.breakLock(prod)).toMatchObject({ owner: "suite" });
      await expect(store(aSnapshot())).rejects.toMatchObject({ code: "LOCK_LOST" });
      if (state.engine !== null) expect(await state.readAllSnapshots()).toEqual([]);
      const stale = lock;
      lock = await state.lock(prod, "second", { wait: 0 });
      expect(lock.token).toBeGreaterThan(stale.token);
      await stale[Symbol.asyncDispose]();
      await lock.assertHeld();
    });
  });
}
