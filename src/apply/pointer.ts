/** The pointer view of an environment: one row that says which plan its views show, moved together with them (design D6). */
import type { Engine } from "../engine/engine.ts";
import { failedFor } from "../engine/name-fault.ts";
import type { Environment } from "../environment/environment.ts";
import { temporaryPrefix } from "../environment/naming.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { ApplyContext } from "./context.ts";
import { findTemporary } from "./scratch.ts";

export function pointerQuery({ engine, after, now }: ApplyContext): string {
  return pointerStatement(engine, after, now());
}

/** What the pointer view of an environment selects; `promotedAt` in UTC epoch milliseconds. */
export function pointerStatement(engine: Engine, environment: Environment, promotedAt: number): string {
  const text = (value: string): string => engine.literal(value);
  const { planId, planDigest, version } = environment;
  const at = new Date(promotedAt).toISOString().replace("T", " ").slice(0, 19);
  return `SELECT ${text(planId)} AS plan_id, ${text(planDigest)} AS plan_digest, ${version} AS environment_version, ${text(at)} AS promoted_at`;
}

/** Id of the plan the views show; null when nothing was promoted yet. Waits for a rename that is under way. */
export async function readPointer(engine: Engine, pointer: NameParts): Promise<string | null> {
  try {
    const [row] = await engine.query(`SELECT plan_id FROM ${engine.name(pointer)}`);
    return row === undefined ? null : String(row["plan_id"]);
  } catch (error) {
    if (failedFor(error, "missing")) return null;
    throw error;
  }
}

/** Whether views that are renamed show this plan, after a switch that failed: it may have failed after they moved. */
export async function showsPlan({ engine, plan }: ApplyContext, pointer: NameParts): Promise<boolean> {
  if (engine.traits.switch !== "rename") return false;
  return (await readPointer(engine, pointer).catch(() => null)) === plan.id;
}

/**
 * Makes the switch of every earlier holder of the lock impossible, then tells which plan the views show. A switch moves
 * the pointer view it has built into place, under a name with its token: with that view dropped it fails as a whole.
 */
export async function fencePointer(
  context: Pick<ApplyContext, "engine" | "lock" | "plan">,
  pointer: NameParts,
): Promise<string | null> {
  const { engine } = context;
  await dropForeignPointers(context, pointer);
  // A switch that is under way at this moment ends before the pointer can be read; when it fails its view is back.
  const live = await readPointer(engine, pointer);
  await dropForeignPointers(context, pointer);
  return live;
}

async function dropForeignPointers(
  { engine, lock, plan }: Pick<ApplyContext, "engine" | "lock" | "plan">,
  pointer: NameParts,
): Promise<void> {
  const prefix = `${temporaryPrefix(pointer, "next", plan.environment.name)}_`;
  for (const { name, type } of await findTemporary(engine, [pointer])) {
    if (!name.table.startsWith(prefix) || Number(name.table.slice(prefix.length)) >= lock.token) continue;
    await engine.politely((session) => session.run(engine.statements.drop(name, type)));
  }
}
