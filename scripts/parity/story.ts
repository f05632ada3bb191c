/** Plays one story through the library on a fresh folder and warehouse, and lists what differs from the record. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Context, type PlanOptions } from "../../src/context.ts";
import { parseEnvironmentName } from "../../src/environment/naming.ts";
import { messageOf, SluiceError } from "../../src/errors.ts";
import type { ApplyEvent } from "../../src/plan/events.ts";
import type { Outcome } from "../../src/plan/outcome.ts";
import type { Plan } from "../../src/plan/reviewed-plan.ts";
import type { Expectation, PlanParameters, Story, StoryStep, World } from "./case.ts";
import { comparePlan, compareWorld } from "./compare.ts";
import { describePlan } from "./plan-facts.ts";
import type { ParityWarehouse } from "./warehouse.ts";
import { readWorld } from "./world.ts";

type Phase = "load" | "plan" | "apply" | "run" | "invalidate" | "janitor";
const phases: readonly Phase[] = ["load", "plan", "apply", "run", "invalidate", "janitor"];

/** An action of a story went wrong in a known phase. */
class PhaseError extends Error {
  readonly phase: Phase;
  constructor(phase: Phase, cause: unknown) {
    super(messageOf(cause), { cause });
    this.phase = phase;
  }
}

export interface StoryResult {
  readonly id: string;
  /** Empty = agrees. */
  readonly differences: readonly string[];
  /** Why the story cannot be played on this engine; its differences then say nothing. */
  readonly notHere?: string;
}

/** Where a story is played. */
interface Stage {
  readonly folder: string;
  readonly warehouse: ParityWarehouse;
}

export async function playStory(story: Story, warehouse: ParityWarehouse): Promise<StoryResult> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-parity-"));
  const stage = { folder, warehouse };
  const before = process.cwd();
  process.chdir(folder);
  try {
    await warehouse.reset();
    await writeFiles(stage, story.project);
    const differences: string[] = [];
    for (const [index, step] of story.steps.entries()) {
      const found = await playStep(stage, step);
      differences.push(...found.map((line) => `step ${index + 1}: ${line}`));
      // What follows a wrong step is wrong because of it.
      if (found.length > 0) break;
    }
    return { id: story.id, differences };
  } catch (error) {
    if (error instanceof NotHere) return { id: story.id, differences: [], notHere: error.message };
    return {
      id: story.id,
      differences: [`crashed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`],
    };
  } finally {
    process.chdir(before);
    await rm(folder, { recursive: true, force: true });
  }
}

/** The engine has no such SQL, or no such feature: nothing to compare. */
class NotHere extends Error {}

async function playStep(stage: Stage, step: StoryStep): Promise<string[]> {
  if (step.edit) await writeFiles(stage, step.edit);
  const now = Date.parse(step.at);
  const expect = step.expect;
  try {
    if (step.sql) await runSql(stage, now, step.sql);
    if (step.plan) return await playPlan(stage, now, step, step.plan);
    if (step.run) return await playRun(stage, now, step);
    if (step.invalidate) return await playInvalidate(stage, now, step);
    if (step.janitor) return await playJanitor(stage, now, step);
    return [];
  } catch (error) {
    if (!(error instanceof PhaseError)) throw error;
    const notHere = expect.error ? null : stage.warehouse.notHere(error.cause);
    if (notHere !== null) throw new NotHere(notHere);
    return compareError(expect, error);
  }
}

function compareError(expect: Expectation, error: PhaseError): string[] {
  const cause = error.cause;
  // A fault of ours is never "the same refusal".
  if (!(cause instanceof SluiceError) || cause.code === "INTERNAL") {
    return [
      `crashed in ${error.phase}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
    ];
  }
  if (!expect.error) return [`refused in ${error.phase}: ${error.message}`];
  const expected = phases.indexOf(expect.error.phase as Phase);
  if (phases.indexOf(error.phase) > expected) {
    return [`expected to fail in ${expect.error.phase}, failed in ${error.phase}: ${error.message}`];
  }
  return [];
}

async function playPlan(
  stage: Stage,
  now: number,
  step: StoryStep,
  parameters: PlanParameters,
): Promise<string[]> {
  const { expect } = step;
  await using context = open(stage, now);
  await phase("load", () => context.load());
  const plan = await phase("plan", () =>
    context.plan(parameters.environment, planOptions(parameters, step.choices)),
  );
  const out = comparePlan(expect, await describePlan(context, plan));
  if (expect.error?.phase === "load" || expect.error?.phase === "plan") {
    return [`expected to be refused (${expect.error.about}), but a plan was built`];
  }
  if (step.meanwhile) {
    await context.close();
    if (step.meanwhile.edit) await writeFiles(stage, step.meanwhile.edit);
    await using other = open(stage, now);
    const otherPlan = await phase("plan", () =>
      other.plan(step.meanwhile?.plan.environment, planOptions(step.meanwhile?.plan ?? parameters)),
    );
    await phase("apply", async () => other.apply(otherPlan));
  }
  if (step.apply === false) return out;
  const events: ApplyEvent[] = [];
  await using applier = open(stage, now);
  const failure = await applyPlan(applier, plan, step, events);
  if (failure && !expect.error) return [...out, `apply failed: ${failure}`];
  if (!failure && expect.error)
    return [...out, `expected apply to fail (${expect.error.about}), but it succeeded`];
  if (expect.after_apply)
    out.push(...(await compareAfter(stage, applier, plan.environment, expect.after_apply, events)));
  return out;
}

async function applyPlan(
  context: Context,
  plan: Plan,
  step: StoryStep,
  events: ApplyEvent[],
): Promise<string | null> {
  let outcome: Outcome;
  try {
    outcome = await context.apply(plan, {
      onEvent: (event) => events.push(event),
      ...(step.circuit_breaker ? { circuitBreaker: () => false } : {}),
    });
  } catch (error) {
    if (error instanceof SluiceError && error.code !== "INTERNAL") return error.sentence;
    throw error;
  }
  if (outcome.reason === "internal-error") throw new Error(outcome.failure?.message ?? outcome.sentence);
  return ["applied", "nothing-to-do", "already-applied"].includes(outcome.reason) ? null : outcome.sentence;
}

async function compareAfter(
  { warehouse }: Stage,
  context: Context,
  environment: string,
  expected: World,
  events: readonly ApplyEvent[],
): Promise<string[]> {
  const actual = await context.inspect((engine, state) =>
    readWorld(warehouse, engine, state, parseEnvironmentName(environment), events),
  );
  return compareWorld(expected, actual);
}

async function playRun(stage: Stage, now: number, step: StoryStep): Promise<string[]> {
  await using context = open(stage, now);
  const events: ApplyEvent[] = [];
  const environment = step.run?.environment ?? "prod";
  const outcome = await phase("run", () =>
    context.run(environment, { onEvent: (event) => events.push(event) }),
  );
  const status =
    outcome.reason === "applied"
      ? "SUCCESS"
      : outcome.reason === "nothing-to-do"
        ? "NOTHING_TO_DO"
        : "FAILURE";
  const out =
    step.expect.status && step.expect.status !== status
      ? [`status: expected ${step.expect.status}, got ${status}: ${outcome.sentence}`]
      : [];
  if (step.expect.after_run)
    out.push(...(await compareAfter(stage, context, environment, step.expect.after_run, events)));
  return out;
}

async function playInvalidate(stage: Stage, now: number, step: StoryStep): Promise<string[]> {
  await using context = open(stage, now);
  const { environment = "", sync = false } = step.invalidate ?? {};
  await phase("invalidate", () => context.invalidate(environment, { sync }));
  return step.expect.after ? await compareAfter(stage, context, environment, step.expect.after, []) : [];
}

async function playJanitor(stage: Stage, now: number, step: StoryStep): Promise<string[]> {
  await using context = open(stage, now);
  const { ignore_ttl: ignoreTtl = false } = step.janitor ?? {};
  await phase("janitor", () => context.clean({ ignoreTtl }));
  return step.expect.after ? await compareAfter(stage, context, "prod", step.expect.after, []) : [];
}

async function runSql(stage: Stage, now: number, statements: readonly string[]): Promise<void> {
  const { warehouse } = stage;
  await using context = open(stage, now);
  await context.inspect(async (engine) => {
    for (const sql of statements) {
      await phase("plan", () => engine.run(warehouse.ownWords(sql)));
    }
  });
}

function open({ folder }: Stage, now: number): Context {
  return new Context({ paths: [folder], now: () => now, env: {} });
}

async function phase<T>(name: Phase, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new PhaseError(name, error);
  }
}

/** `no_gaps` → `noGaps`; values stay as they are. */
function planOptions(parameters: PlanParameters, choices?: StoryStep["choices"]): PlanOptions {
  const { environment: _, ...rest } = parameters;
  const camel = Object.entries(rest).map(([key, value]) => [
    key.replace(/_([a-z])/g, (_m, c: string) => c.toUpperCase()),
    value,
  ]);
  return { ...Object.fromEntries(camel), ...(choices ? { choices } : {}) } as PlanOptions;
}

async function writeFiles(
  { folder, warehouse }: Stage,
  files: Readonly<Record<string, string | null>>,
): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    if (text === null) await rm(file, { force: true });
    else {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, warehouse.ownFile(path, text));
    }
  }
}
