/**
 * Names of what is built beside something before it takes its place. They bear the environment and the fencing token
 * of whoever builds: two applies never write into one scratch table, and what a dead or paused one left is known by its
 * older token and dropped, so that it can never take the place any more.
 */
import type { Engine } from "../engine/engine.ts";
import { temporaryName, temporaryPrefix } from "../environment/naming.ts";
import { messageOf } from "../errors.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { ApplyContext } from "./context.ts";
import { shownViews } from "./rendering.ts";

/** What a temporary name is for; `next` and `aside` are of views. */
export type Purpose = "build" | "old" | "batch" | "content" | "next" | "aside";

const tablePurposes: readonly Purpose[] = ["build", "old", "batch", "content"];
const viewPurposes: readonly Purpose[] = ["next", "aside"];

type Holder = Pick<ApplyContext, "plan" | "lock">;

export function scratchName({ plan, lock }: Holder, target: NameParts, purpose: Purpose): NameParts {
  return temporaryName(target, purpose, { environment: plan.environment.name, token: lock.token });
}

/** Tables and views that something may have been built beside. */
export interface Targets {
  readonly tables: readonly NameParts[];
  readonly views: readonly NameParts[];
}

/** What stands under a temporary name. */
export interface Temporary {
  readonly name: NameParts;
  readonly type: "table" | "view";
}

/** Drops what earlier holders of the lock left of one step; what cannot be dropped is told, and harmless. */
export function dropLeftovers(
  context: Dropper,
  targets: Targets,
  found: readonly Temporary[],
): Promise<void> {
  return dropScratch(context, targets, found, (token) => token < context.lock.token);
}

/**
 * Drops what this holder itself left, once it has lost the lock: a statement that was on its way while the lease changed hands
 * may have made it after the next holder looked for leftovers. Nobody else uses these names.
 */
export async function dropOwnScratch(context: Dropper, targets: Targets): Promise<void> {
  const { engine, lock } = context;
  // Where DDL is part of a transaction it went with it.
  if (engine.traits.transactionalDdl) return;
  const found = await findTemporary(engine, [...targets.tables, ...targets.views]);
  await dropScratch(context, targets, found, (token) => token === lock.token);
}

type Dropper = Holder & Pick<ApplyContext, "engine" | "emit" | "now">;

async function dropScratch(
  context: Dropper,
  targets: Targets,
  found: readonly Temporary[],
  isMeant: (token: number) => boolean,
): Promise<void> {
  const prefixes = prefixesOf(context, targets);
  const left = found.filter(({ name }) => {
    const [, prefix = "", token] = /^(.*)_(\d+)$/.exec(name.table) ?? [];
    return prefixes.has(`${name.schema ?? ""}.${prefix}`) && isMeant(Number(token));
  });
  for (const type of ["table", "view"] as const) {
    const names = left.filter((one) => one.type === type).map(({ name }) => name);
    await dropQuietly(context, names, type);
  }
}

/** So many names go into one statement. */
const namesAtOnce = 100;

/** Drops what nobody reads any more; failing is told and left to the next apply. */
export async function dropQuietly(
  { engine, emit, now }: Pick<ApplyContext, "engine" | "emit" | "now">,
  names: readonly NameParts[],
  type: "table" | "view",
): Promise<void> {
  for (let at = 0; at < names.length; at += namesAtOnce) {
    const some = names.slice(at, at + namesAtOnce);
    try {
      await engine.politely(async (session) => {
        for (const text of engine.statements.dropAll(some, type)) await session.run(text);
      });
    } catch (error) {
      const text = `${some.map((name) => engine.name(name)).join(", ")} could not be dropped: ${messageOf(error)}`;
      emit({ kind: "warning", at: now(), text });
    }
  }
}

/** Everything this plan, or one before it, may have built something beside. */
export function temporaryTargets(context: Pick<ApplyContext, "plan" | "after" | "definitions">): Targets {
  const { steps } = context.plan;
  const switched = steps.flatMap((step) =>
    step.kind === "switch" ? [...step.views.map(({ view }) => view), ...step.drops, step.pointer] : [],
  );
  return {
    tables: steps.flatMap((step) => ("table" in step ? [step.table] : [])),
    views: [...switched, ...shownViews(context)],
  };
}

function prefixesOf({ plan }: Holder, targets: Targets): ReadonlySet<string> {
  const prefixes = (names: readonly NameParts[], purposes: readonly Purpose[]): readonly string[] =>
    names.flatMap((name) =>
      purposes.map(
        (purpose) => `${name.schema ?? ""}.${temporaryPrefix(name, purpose, plan.environment.name)}`,
      ),
    );
  return new Set([...prefixes(targets.tables, tablePurposes), ...prefixes(targets.views, viewPurposes)]);
}

/** Temporary names in the schemas of these objects. */
export function findTemporary(engine: Engine, beside: readonly NameParts[]): Promise<readonly Temporary[]> {
  const schemas = new Set(beside.flatMap((name) => (name.schema === undefined ? [] : [name.schema])));
  if (schemas.size === 0) return Promise.resolve([]);
  return engine.listObjects([...schemas], "sluice__");
}
