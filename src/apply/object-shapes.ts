/**
 * Notes what physical objects look like in the catalogs once this plan has made or altered them, so that what is changed by
 * hand later is seen. Forgotten before the first of them is touched: a plan that does not arrive leaves nothing known.
 */
import { nameKey } from "../engine/engine.ts";
import { describeName } from "../environment/naming.ts";
import { longestObjectName, type ObjectShape, tableDigest, viewDigest } from "../environment/object-shape.ts";
import type { Step } from "../plan/step.ts";
import { isOnlyExecutionTime, isPlainView } from "../snapshot/kind.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { ApplyContext } from "./context.ts";

interface Shaped {
  readonly object: string;
  readonly name: NameParts;
  readonly isView: boolean;
}

export async function forgetShapes(context: ApplyContext): Promise<void> {
  // What gets its types back becomes what is known of it, whenever that ends.
  const changing = context.plan.steps.filter(
    (step) => !(step.kind === "evolve-table" && step.phase === "restore"),
  );
  const objects = shapedBy(context, changing).map(({ object }) => object);
  await context.state.forgetShapes(null, context.lock, objects);
}

/** Three catalog queries at the most, however many objects there are. */
export async function readShapes(context: ApplyContext): Promise<readonly ObjectShape[]> {
  const { engine } = context;
  const shaped = shapedBy(context, context.plan.steps);
  const [views, tables] = [true, false].map((isView) => shaped.filter((one) => one.isView === isView));
  const names = (tables ?? []).map(({ name }) => name);
  const listed = engine.columnsOfAll(names);
  const [texts, columns, told] = await Promise.all([
    // Servers that move views one by one are known from their documents only.
    engine.traits.switch === "per-view"
      ? new Map<string, string>()
      : engine.viewTexts((views ?? []).map(({ name }) => name)),
    listed,
    engine.tableTexts(names, listed),
  ]);
  return shaped.flatMap(({ object, name, isView }): readonly ObjectShape[] => {
    const known = { object, engine: engine.version };
    if (isView) {
      const text = texts.get(nameKey(name));
      const digest = text === undefined ? null : viewDigest(text, engine.family);
      return digest === null ? [] : [{ ...known, digest, columns: null }];
    }
    const [list, text] = [columns.get(nameKey(name)), told.get(nameKey(name))];
    return list === undefined || text === undefined
      ? []
      : [{ ...known, digest: tableDigest(text), columns: list }];
  });
}

/** What the plan's steps make or alter. Rows that are added to a table that is there leave it as somebody may have changed it. */
function shapedBy({ definitions }: ApplyContext, steps: readonly Step[]): readonly Shaped[] {
  const found = new Map<string, Shaped>();
  for (const step of steps) {
    if (
      step.kind !== "create-table" &&
      step.kind !== "load-seed" &&
      step.kind !== "swap-table" &&
      step.kind !== "evolve-table" &&
      step.kind !== "backfill"
    )
      continue;
    const { facts } = definitions.snapshot(step.snapshot);
    if (step.kind === "backfill" && !step.first && !isOnlyExecutionTime(facts.kind)) continue;
    const object = describeName(step.table);
    if (object.length > longestObjectName || facts.node === "audit") continue;
    found.set(object, { object, name: step.table, isView: isPlainView(facts) });
  }
  return [...found.values()];
}
