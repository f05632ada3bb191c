/**
 * Live tables that are rebuilt in several batches beside themselves. What is built outlives the apply that began it: its
 * name bears the plan, so that no other plan takes it for its own, and the token of the lock. Whoever continues renames it
 * to his own token first; from then on an earlier holder that is still alive finds nothing to write into or to swap.
 */

import { shortHash } from "../digest.ts";
import { nameKey } from "../engine/engine.ts";
import { temporaryName, temporaryPrefix } from "../environment/naming.ts";
import { messageOf } from "../errors.ts";
import type { Step } from "../plan/step.ts";
import type { Interval } from "../snapshot/snapshot.ts";
import type { NameParts } from "../sql/name-parts.ts";
import { canShare, commit } from "./commit.ts";
import type { ApplyContext } from "./context.ts";
import { guarded } from "./context.ts";
import { exchangeTables } from "./replace.ts";
import type { Temporary } from "./scratch.ts";
import { dropQuietly } from "./scratch.ts";

type SwapStep = Extract<Step, { kind: "swap-table" }>;
type Holder = Pick<ApplyContext, "engine" | "state" | "lock" | "plan" | "stop" | "emit" | "now">;

/** How far earlier applies of this plan came with tables they rebuilt; keys of live tables. */
export interface Rebuilds {
  /** Some batches of it stand beside the live table. */
  readonly begun: ReadonlySet<string>;
  /** The live table is the rebuilt one, whatever is recorded; what it replaced, to be dropped. */
  readonly swapped: ReadonlyMap<string, NameParts>;
}

/** The table that batches are built into before it takes `table`'s place. */
export function rebuiltName({ plan, lock }: Pick<Holder, "plan" | "lock">, table: NameParts): NameParts {
  return nameFor("rebuilt", { plan, lock }, table);
}

/** Where the live table goes: as long as it is there, the swap was done and not recorded. */
function replacedName({ plan, lock }: Pick<Holder, "plan" | "lock">, table: NameParts): NameParts {
  return nameFor("replaced", { plan, lock }, table);
}

function nameFor(
  purpose: "rebuilt" | "replaced",
  { plan, lock }: Pick<Holder, "plan" | "lock">,
  table: NameParts,
): NameParts {
  return temporaryName(table, purpose, {
    environment: plan.environment.name,
    token: lock.token,
    plan: plan.id,
  });
}

/** Makes what earlier applies of this plan built ours, and drops what other plans left beside the same tables. */
export async function takeOverRebuilds(
  context: Holder,
  tables: readonly NameParts[],
  found: readonly Temporary[],
): Promise<Rebuilds> {
  const begun = new Set<string>();
  const swapped = new Map<string, NameParts>();
  const left: NameParts[] = [];
  for (const table of new Map(tables.map((name) => [nameKey(name), name])).values()) {
    const [newest, ...older] = earlier(context, table, "rebuilt", found);
    const [replaced, ...others] = earlier(context, table, "replaced", found);
    left.push(...[...older, ...others].map(({ name }) => name));
    if (replaced?.own) swapped.set(nameKey(table), replaced.name);
    else if (replaced) left.push(replaced.name);
    if (newest === undefined) continue;
    if (newest.own && (await takeOver(context, table, newest.name))) begun.add(nameKey(table));
    else left.push(newest.name);
  }
  await dropQuietly(context, left, "table");
  return { begun, swapped };
}

interface Earlier {
  readonly name: NameParts;
  readonly own: boolean;
}

/** What earlier holders left beside `table`: those of this plan first, the newest of them first. */
function earlier(
  { plan, lock }: Holder,
  table: NameParts,
  purpose: "rebuilt" | "replaced",
  found: readonly Temporary[],
): readonly Earlier[] {
  const prefix = temporaryPrefix(table, purpose, plan.environment.name);
  const mine = shortHash(plan.id);
  return found
    .flatMap(({ name }) => {
      if (name.schema !== table.schema || !name.table.startsWith(`${prefix}_`)) return [];
      const [, owner, token] = /^([^_]+)_(\d+)$/.exec(name.table.slice(prefix.length + 1)) ?? [];
      return Number(token) < lock.token ? [{ name, own: owner === mine, token: Number(token) }] : [];
    })
    .sort((a, b) => Number(b.own) - Number(a.own) || b.token - a.token);
}

/**
 * Whether what stands there can be gone on with. Rows and journal must have been written together: else the last batch
 * may be in the table and not in the journal, and it is built anew.
 */
async function takeOver(context: Holder, table: NameParts, from: NameParts): Promise<boolean> {
  const { engine, emit, now } = context;
  if (!canShare(context, table)) return false;
  const texts = engine.statements.rename([{ from, to: rebuiltName(context, table) }], "table");
  try {
    await engine.politely(async (session) => {
      for (const text of texts) await guarded(session, context).run(text);
    });
    return true;
  } catch (error) {
    const text = `${engine.name(from)} could not be taken over, it is built anew: ${messageOf(error)}`;
    emit({ kind: "warning", at: now(), text });
    return false;
  }
}

/** Whatever may be recorded of a table. */
export const everything: Interval = [0, Date.UTC(9999, 11, 31)];

/** The rebuilt table takes the place of the live one, and with it what is recorded of it. */
export async function swapTable(context: ApplyContext, step: SwapStep): Promise<void> {
  const { engine, definitions, rebuilds } = context;
  const { table, dev } = step;
  const snapshot = definitions.snapshot(step.snapshot);
  const replaced = rebuilds.swapped.get(nameKey(table));
  const rebuilt = rebuiltName(context, table);
  const aside = replaced ?? replacedName(context, table);
  await commit(context, {
    step,
    table,
    stage: async (session) => {
      // Someone may have dropped the live table since, and its batches have run again.
      if (replaced === undefined || (await engine.objects([rebuilt])).size > 0)
        await exchangeTables(context, session, { from: rebuilt, to: table, aside });
    },
    forgotten: [{ snapshot, interval: everything, dev }],
    computed: step.intervals.map((interval) => ({ snapshot, interval, dev })),
  });
  if (!engine.traits.transactionalDdl) await dropQuietly(context, [aside], "table");
}
