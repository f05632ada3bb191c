/** The fuses that `sluice.yaml` asks for, and leave to override them (design 6). */
import { calendarFuse } from "../apply/calendar-fuse.ts";
import type { ApplyOptions, Fuse } from "../apply/context.ts";
import { impactFuse } from "../apply/impact-fuse.ts";
import { SluiceError } from "../errors.ts";
import { didYouMean } from "../model/nearest.ts";
import { judgePlan, needsMeasuring } from "../plan/impact.ts";
import { type Override, overridable } from "../plan/outcome.ts";
import type { PlanDocument } from "../plan/plan.ts";
import { judgeCalendar } from "../plan/windows.ts";
import type { SluiceSettings } from "../project/sluice-settings.ts";
import type { Workspace } from "./workspace.ts";

export interface SettingsFuses {
  /** Cheap to ask. */
  readonly first: readonly Fuse[];
  /** Asked when all others agree. */
  readonly last: readonly Fuse[];
  readonly notes: NonNullable<ApplyOptions["notes"]>;
}

/** Throws USAGE for an override that nobody knows, that has no reason, or that `by` may not give. */
export async function settingsFuses(
  workspace: Workspace,
  plan: PlanDocument,
  overrides: readonly Override[],
): Promise<SettingsFuses> {
  const settings = workspace.sluiceSettings();
  for (const override of overrides) assertAllowed(override, settings);
  const used = new Set<Override>();
  const override = (fuse: Override["fuse"]): Override | null => {
    const found = overrides.find((one) => one.fuse === fuse) ?? null;
    if (found !== null) used.add(found);
    return found;
  };
  const calendar = calendarFuse({
    rules: settings,
    environment: plan.environment.name,
    now: workspace.options.now,
    override,
  });
  const impact = plan.environment.isDev
    ? null
    : impactFuse({
        plan,
        limits: settings.impact,
        engine: await workspace.engine(),
        state: await workspace.state(),
        timeLimit: settings.impactTimeLimitSeconds * 1000,
        override,
      });
  return {
    first: [calendar],
    last: impact === null ? [] : [impact],
    notes: () => ({
      ...(impact === null || impact.findings.length === 0 ? {} : { impact: impact.findings }),
      ...(used.size === 0 ? {} : { overrides: [...used] }),
    }),
  };
}

function assertAllowed({ fuse, reason, by }: Override, { overrides }: SluiceSettings): void {
  if (!overridable.includes(fuse)) {
    throw new SluiceError("USAGE", `"${fuse}" is no fuse that can be overridden`, {
      hint: didYouMean(fuse, overridable, `These can: ${overridable.join(", ")}.`) ?? "",
    });
  }
  if (reason.trim() === "") {
    throw new SluiceError("USAGE", `overriding ${fuse} needs a reason`, {
      hint: "Say why: it is kept with the plan.",
    });
  }
  const allowed = overrides[fuse];
  if (allowed === undefined || allowed.includes(by)) return;
  throw new SluiceError("PLAN_REFUSED", `${by} may not override ${fuse}`, {
    hint: `sluice.yaml names who may: ${allowed.join(", ") || "nobody"}.`,
  });
}

/** What sluice.yaml says about applying this plan now, one sentence for each fuse: for people who review it. */
export async function describeFuses(workspace: Workspace, plan: PlanDocument): Promise<readonly string[]> {
  const settings = workspace.sluiceSettings();
  const { impact } = settings;
  const calendar = judgeCalendar(settings, plan.environment.name, workspace.options.now());
  const lines = calendar.sentence === "" ? [] : [calendar.sentence];
  if (plan.environment.isDev) return lines;
  const { facts } = await workspace.project();
  for (const finding of judgePlan(plan, impact, (model) => facts.get(model))) {
    lines.push(finding.exceeded ? `Goes beyond a limit: ${finding.text}` : finding.text);
  }
  if (needsMeasuring(impact)) lines.push(`Measured right before the switch: ${limitsText(impact)}.`);
  return lines;
}

function limitsText(limits: SluiceSettings["impact"]): string {
  const share = (limit: number | undefined, text: string): readonly string[] =>
    limit === undefined ? [] : [`${text} by at most ${Number((limit * 100).toFixed(2))} %`];
  return [
    ...share(limits.maxRowChange, "rows of a model may change in number"),
    ...share(limits.maxRowLoss, "rows may become fewer"),
    ...share(limits.maxKeyLoss, "keys may become fewer"),
    ...share(limits.maxNullRateChange, "the share of NULLs in a column may change"),
  ].join(", ");
}
