/**
 * How much of its past state keeps. Pure. A plan's document and steps are kept as long as somebody may need them: to go on
 * with its apply, to go back, to look at what a development environment shows. Afterwards the ledger's line says what was
 * done, for a year.
 */

import type { EnvironmentName } from "../environment/environment.ts";
import { groupBy } from "../group-by.ts";
import type { ObsoleteHistory, RecordKey, StateHistory } from "../state/history.ts";

const day = 86_400_000;

/** Lines of the ledger stay so long, and never fewer than {@link fewest} of an environment. */
const ledgerAge = 365 * day;
const fewest = 10;

export interface RetentionRules {
  /** UTC epoch milliseconds. */
  readonly now: number;
  /** Milliseconds in which a version that was replaced can be brought back. */
  readonly window: number;
  /** Applies that began and may go on, whatever their age. */
  readonly open: ReadonlySet<string>;
}

export function obsoleteHistory(history: StateHistory, rules: RetentionRules): ObsoleteHistory {
  const kept = keptRecords(history.records, rules);
  const needed = new Set([...kept.map(({ planId }) => planId), ...rules.open]);
  const since = rules.now - rules.window;
  const old = history.ledger.filter(({ planId, startedAt }) => startedAt < since && !needed.has(planId));
  const lines = new Set(keptLines(history, rules));
  const known = new Set(history.ledger.map(({ planId }) => planId));
  const gone = new Set(old.map(({ planId }) => planId));
  const entries = old.filter(({ planId }) => !lines.has(planId)).map(({ planId }) => planId);
  const left = new Set(entries);
  return {
    records: history.records.filter((record) => !kept.includes(record)),
    entries,
    documents: old.filter(({ planId, hasPlan }) => hasPlan && !left.has(planId)).map(({ planId }) => planId),
    journal: [...history.journal.keys()].filter((planId) => gone.has(planId) || !known.has(planId)),
  };
}

/** Of each environment the present record, and those that were replaced within the window. */
function keptRecords(records: readonly RecordKey[], { now, window }: RetentionRules): readonly RecordKey[] {
  return [...groupBy(records, ({ environment }) => environment).values()].flatMap((own) => {
    let replacedAt = Number.POSITIVE_INFINITY;
    return own.filter((record) => {
      const stays = replacedAt > now - window;
      // One that was never complete was replaced when the next one was.
      replacedAt = Math.min(replacedAt, record.finalizedAt ?? replacedAt);
      return stays;
    });
  });
}

function keptLines({ ledger }: StateHistory, { now }: RetentionRules): readonly string[] {
  const counted = new Map<EnvironmentName, number>();
  return ledger
    .filter(({ environment, startedAt }) => {
      const count = (counted.get(environment) ?? 0) + 1;
      counted.set(environment, count);
      return count <= fewest || startedAt >= now - ledgerAge;
    })
    .map(({ planId }) => planId);
}
