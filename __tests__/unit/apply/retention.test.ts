/** What of the past may go: never what somebody can still go back to, go on with, or look at. */
import { expect, test } from "vitest";
import { obsoleteHistory } from "../../../src/apply/retention.ts";
import type { EnvironmentName } from "../../../src/environment/environment.ts";
import type { LedgerKey, RecordKey, StateHistory } from "../../../src/state/history.ts";

const day = 86_400_000;
const now = 1000 * day;
const prod = "prod" as EnvironmentName;
const dev = "dev" as EnvironmentName;

const record = (version: number, daysAgo: number | null, environment = prod): RecordKey => ({
  environment,
  version,
  planId: `${environment}-${version}`,
  finalizedAt: daysAgo === null ? null : now - daysAgo * day,
});

const entry = (planId: string, daysAgo: number, more: Partial<LedgerKey> = {}): LedgerKey => ({
  planId,
  environment: prod,
  status: "applied",
  startedAt: now - daysAgo * day,
  hasPlan: true,
  ...more,
});

const prune = (history: Partial<StateHistory>, open: readonly string[] = [], window = 7) =>
  obsoleteHistory(
    { records: [], ledger: [], journal: new Map(), ...history },
    { now, window: window * day, open: new Set(open) },
  );

test("records go when they were replaced before the window; the present one stays, however old", () => {
  const records = [record(5, 1), record(4, 6), record(3, 8), record(2, 20), record(1, 30)];
  expect(prune({ records }).records.map(({ version }) => version)).toEqual([2, 1]);
  expect(prune({ records: [record(2, 300), record(1, 400)] }).records.map(({ version }) => version)).toEqual([
    1,
  ]);
});

test("a promotion that was never complete does not hide when the one before it was replaced", () => {
  const records = [record(4, 1), record(3, null), record(2, 20), record(1, 30)];
  expect(prune({ records }).records.map(({ version }) => version)).toEqual([1]);
});

test("environments are counted apart", () => {
  const records = [record(2, 1, dev), record(1, 30, dev), record(1, 400)];
  expect(prune({ records }).records).toEqual([]);
});

test("documents and steps stay for what is on record, open or young", () => {
  const records = [record(3, 1), record(2, 9), record(1, 30)];
  const ledger = [
    entry("prod-3", 1),
    entry("failed", 8, { status: "failed" }),
    entry("prod-2", 9),
    entry("open", 10, { status: "applying" }),
    entry("prod-1", 30),
  ];
  const journal = new Map(ledger.map(({ planId }) => [planId, 4]));
  const found = prune({ records, ledger, journal: new Map([...journal, ["nobody", 1]]) }, ["open"]);
  expect(found).toMatchObject({
    records: [{ version: 1 }],
    entries: [],
    documents: ["failed", "prod-1"],
    journal: ["failed", "prod-1", "nobody"],
  });
});

test("lines of the ledger stay for a year, and the last ten of an environment for good", () => {
  const ledger = Array.from({ length: 14 }, (_, n) => entry(`p${n}`, n < 3 ? n : 400 + n));
  const found = prune({ ledger });
  expect(found.entries).toEqual(["p10", "p11", "p12", "p13"]);
  expect(found.documents).toEqual(["p3", "p4", "p5", "p6", "p7", "p8", "p9"]);
  expect(prune({ ledger: [entry("a", 300), ...ledger.slice(3)] }).entries).not.toContain("a");
});

test("a document that is gone is not counted again", () => {
  const ledger = [entry("old", 30, { hasPlan: false })];
  expect(prune({ ledger })).toEqual({ records: [], entries: [], documents: [], journal: [] });
});
