/** The fuse of impact (design 6): the plan's own size before the first step, rows right before views move. */
import type { Engine } from "../engine/engine.ts";
import { messageOf, SluiceError } from "../errors.ts";
import type { ModelFacts, ModelName } from "../model/model.ts";
import {
  type ImpactFinding,
  type ImpactLimits,
  impactSentence,
  judgePlan,
  judgeRows,
  needsMeasuring,
} from "../plan/impact.ts";
import type { Override } from "../plan/outcome.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { State } from "../state/state.ts";
import { snapshotKey } from "../state/state.ts";
import type { Fuse, FuseVerdict } from "./context.ts";
import { measureImpact } from "./measure-impact.ts";

export interface ImpactFuseOptions {
  readonly plan: PlanDocument;
  readonly limits: ImpactLimits;
  readonly engine: Engine;
  readonly state: State;
  /** Milliseconds that measuring may take; longer counts as a stop. */
  readonly timeLimit: number;
  readonly override: (fuse: Override["fuse"]) => Override | null;
}

export interface ImpactFuse extends Fuse {
  /** What was measured so far. */
  readonly findings: readonly ImpactFinding[];
}

export function impactFuse(options: ImpactFuseOptions): ImpactFuse {
  const { plan, limits, timeLimit } = options;
  let ofPlan: readonly ImpactFinding[] = [];
  let ofRows: readonly ImpactFinding[] = [];
  return {
    name: "The fuse of impact",
    // It keeps its own time.
    timeout: timeLimit + 60_000,
    get findings() {
      return [...ofPlan, ...ofRows];
    },
    async ask(moment) {
      if (moment === "start") {
        ofPlan = judgePlan(plan, limits, await factsIn(options));
        return verdictOn(impactSentence(ofPlan), options);
      }
      if (moment === "step" || !needsMeasuring(limits)) return { go: true };
      try {
        ofRows = judgeRows(await measureInTime(options), limits);
      } catch (error) {
        const advice = "Raise impact.time_limit_seconds, or override impact with a reason.";
        return verdictOn(`The impact could not be measured: ${messageOf(error)} ${advice}`, options);
      }
      return verdictOn(impactSentence(ofRows), options);
    },
  };
}

function verdictOn(sentence: string | null, { override }: ImpactFuseOptions): FuseVerdict {
  if (sentence === null || override("impact") !== null) return { go: true };
  return { go: false, reason: "impact", sentence };
}

async function factsIn({
  plan,
  state,
}: ImpactFuseOptions): Promise<(model: ModelName) => ModelFacts | undefined> {
  const facts = new Map<ModelName, ModelFacts>(
    plan.snapshots.map(({ snapshot }) => [snapshot.name, snapshot.facts]),
  );
  const computed = plan.steps.flatMap((step) =>
    (step.kind === "backfill" || step.kind === "load-seed") && !facts.has(step.model) ? [step.snapshot] : [],
  );
  for (const snapshot of (await state.readSnapshots(computed)).values())
    facts.set(snapshot.name, snapshot.facts);
  return (model) => facts.get(model);
}

/** When the time is over the query at hand is interrupted: nothing else runs right before the switch. */
async function measureInTime({ plan, limits, engine, state, timeLimit }: ImpactFuseOptions) {
  const snapshots = plan.steps.flatMap((step) =>
    step.kind === "switch" ? step.views.map((view) => view.snapshot) : [],
  );
  const models = limits.maxKeyLoss === undefined ? new Map() : await state.readModels(snapshots);
  const late = new SluiceError("ENGINE_FAILED", `it took longer than ${timeLimit / 1000} seconds`);
  let over = false;
  const timer = setTimeout(() => {
    over = true;
    void engine.interrupt();
  }, timeLimit);
  try {
    return await measureImpact(engine, {
      plan,
      limits,
      modelOf: (view) => models.get(snapshotKey(view.snapshot)) ?? null,
      checkpoint: () => {
        if (over) throw late;
      },
    });
  } catch (error) {
    throw over ? late : error;
  } finally {
    clearTimeout(timer);
  }
}
