/**
 * What somebody changed by hand beneath the target, and what this plan does about it: views are set right by its switch,
 * tables that are gone are computed again, and what only a person can decide is refused by name.
 */
import type { DriftFinding, RetypedColumn } from "../environment/drift.ts";
import { describeName, physicalName, prod } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import type { ModelName } from "../model/model.ts";
import { hasPhysicalObject, isRestatementDisabled } from "../snapshot/kind.ts";
import type { Decided, DecidedNodes } from "./categorise.ts";
import type { Comparison } from "./comparison.ts";
import type { PlanWarning, Reason } from "./plan.ts";
import { nothingRecorded, type Recorded } from "./recorded.ts";
import type { PlanShape } from "./shape.ts";

/** Findings by what they are about. */
export interface PlanDrift {
  /** Models whose view does not show what it should. */
  readonly views: ReadonlyMap<ModelName, string>;
  /** By dotted name, tables and physical views that are gone, and physical views that were defined otherwise: made again. */
  readonly lost: ReadonlyMap<string, LostObject>;
  /** By dotted name, tables whose columns get the types back that they were made with. */
  readonly retyped: ReadonlyMap<string, RetypedTable>;
  /** By dotted name, tables with other columns: what was meant is for a person to say. */
  readonly left: ReadonlyMap<string, string>;
  readonly pointer: string | null;
}

export interface LostObject {
  /** Names the object, without a full stop. */
  readonly text: string;
  /** It is there, and is not what the model says. */
  readonly redefined: boolean;
}

export interface RetypedTable {
  readonly text: string;
  readonly columns: readonly RetypedColumn[];
}

/** Views are made anew in development anyway; their tables are looked at as everywhere. */
export function planDrift(findings: readonly DriftFinding[]): PlanDrift {
  const of = (...kinds: readonly DriftFinding["kind"][]) =>
    findings.filter(({ kind }) => kinds.includes(kind));
  return {
    views: new Map(
      of("view-missing", "view-changed").flatMap(({ model, text }) =>
        model === null ? [] : [[model, text] as const],
      ),
    ),
    lost: new Map(
      of("table-missing", "table-redefined").map(({ kind, object, text }) => [
        object,
        { text, redefined: kind === "table-redefined" },
      ]),
    ),
    retyped: new Map(
      of("table-retyped").map(({ object, text, retyped = [] }) => [object, { text, columns: retyped }]),
    ),
    left: new Map(of("table-changed").map(({ object, text }) => [object, text])),
    pointer: of("pointer-missing", "pointer-changed")[0]?.text ?? null,
  };
}

/** The table this node is kept in is gone. */
export function isLost({ snapshot }: Pick<Decided, "snapshot">, dev: boolean, drift: PlanDrift): boolean {
  if (drift.lost.size === 0 || !hasPhysicalObject(snapshot.facts)) return false;
  return drift.lost.has(describeName(physicalName(snapshot, dev)));
}

/**
 * Columns of production's table that this plan gives their types back. A change that keeps the table and alters it says
 * itself what becomes of them.
 */
export function typesToRestore(node: Decided, drift: PlanDrift, altered: boolean): readonly RetypedColumn[] {
  if (altered || drift.retyped.size === 0 || !hasPhysicalObject(node.snapshot.facts)) return [];
  return drift.retyped.get(describeName(physicalName(node.snapshot, false)))?.columns ?? [];
}

/** What was recorded of a table that is gone is gone as well. */
export function withoutLost(recorded: Recorded, decided: DecidedNodes, drift: PlanDrift): Recorded {
  if (drift.lost.size === 0) return recorded;
  return new Map(
    [...decided].map(([name, node]) => {
      const own = recorded.get(name) ?? nothingRecorded;
      return [
        name,
        {
          intervals: isLost(node, false, drift) ? [] : own.intervals,
          devIntervals: isLost(node, true, drift) ? [] : own.devIntervals,
        },
      ];
    }),
  );
}

/** What the plan repairs of this model, for its reasons. */
export function driftReasons(node: Decided, drift: PlanDrift): readonly Reason[] {
  if (drift.views.size + drift.lost.size + drift.retyped.size === 0) return [];
  const texts = [
    drift.views.get(node.snapshot.name),
    ...[false, true].map((dev) =>
      isLost(node, dev, drift)
        ? drift.lost.get(describeName(physicalName(node.snapshot, dev)))?.text
        : undefined,
    ),
    typesToRestore(node, drift, false).length > 0
      ? drift.retyped.get(describeName(physicalName(node.snapshot, false)))?.text
      : undefined,
  ];
  return texts.flatMap((text) => (text === undefined ? [] : [{ code: "drift", text }]));
}

export function isRepair(drift: PlanDrift, decided: DecidedNodes): boolean {
  return drift.pointer !== null || [...decided.values()].some((node) => driftReasons(node, drift).length > 0);
}

/** One sentence for all of it. */
export function driftWarnings(drift: PlanDrift, decided: DecidedNodes): readonly PlanWarning[] {
  const texts = [
    ...(drift.pointer === null ? [] : [drift.pointer]),
    ...[...decided.values()].flatMap((node) =>
      driftReasons(node, drift).map(({ text }) => `${node.snapshot.name}: ${text}`),
    ),
  ];
  const left = [...decided.values()].flatMap((node) => {
    if (drift.left.size === 0 || !hasPhysicalObject(node.snapshot.facts)) return [];
    const text = drift.left.get(describeName(physicalName(node.snapshot, false)));
    return text === undefined ? [] : [`${node.snapshot.name}: ${text}`];
  });
  return [
    ...warningOf("Changed by hand in the warehouse, and set right by this plan", texts),
    ...warningOf("Changed by hand in the warehouse, and left for somebody to decide", left),
  ];
}

function warningOf(what: string, texts: readonly string[]): readonly PlanWarning[] {
  if (texts.length === 0) return [];
  const more = texts.length > 5 ? ` and ${texts.length - 5} more` : "";
  return [{ code: "drift", text: `${what}: ${texts.slice(0, 5).join("; ")}${more}.` }];
}

/** Throws PLAN_REFUSED for what no plan can put right. */
export function refuseDrift(
  findings: readonly DriftFinding[],
  comparison: Comparison,
  decided: DecidedNodes,
): void {
  for (const finding of findings) {
    const node = finding.model === null ? undefined : decided.get(finding.model);
    if (node === undefined) continue;
    if (finding.kind === "view-is-table" || finding.kind === "table-is-view") {
      throw refusal(node, finding.text, "Rename or drop what stands there, then plan again.");
    }
    if (finding.kind !== "table-missing" && finding.kind !== "table-redefined") continue;
    const dev = [false, true].find(
      (one) => describeName(physicalName(node.snapshot, one)) === finding.object,
    );
    if (dev === undefined) continue;
    const { snapshot } = node;
    const what = lostWords(node, dev, finding.kind === "table-redefined");
    if (comparison.input.environment !== prod && !dev && snapshot.unpausedAt !== null)
      throw refusal(
        node,
        `${what}, and production shows it`,
        `Plan and apply prod first: its plan ${finding.kind === "table-redefined" ? "makes the view" : "computes the table"} again.`,
      );
    if (!dev && isRestatementDisabled(snapshot.facts.kind)) {
      throw refusal(
        node,
        `${what}, and the model does not allow its history to be computed again`,
        "Restore the table from a backup, or set disable_restatement to false and plan again.",
      );
    }
  }
}

/** Throws PLAN_REFUSED for a table that is gone and that this plan would leave so, or empty. */
export function refuseUnrepaired(shape: PlanShape): void {
  const { skipBackfill, emptyBackfill } = shape.input.comparison.input.options;
  for (const [name, node] of shape.decided) {
    const dev = [false, true].find((one) => isLost(node, one, shape.drift));
    if (dev === undefined || (shape.missing.has(name) && !skipBackfill && !emptyBackfill)) continue;
    const { redefined = false } = shape.drift.lost.get(describeName(physicalName(node.snapshot, dev))) ?? {};
    throw refusal(
      node,
      `${lostWords(node, dev, redefined)}, and this plan does not ${redefined ? "make it again" : "compute it"}`,
      `Plan without skip_backfill, empty_backfill and selections: the ${redefined ? "view is made" : "table is computed"} again then.`,
    );
  }
}

function lostWords({ snapshot }: Decided, dev: boolean, redefined: boolean): string {
  const object = describeName(physicalName(snapshot, dev));
  return redefined
    ? `the physical view ${object} of ${snapshot.name} was changed by hand`
    : `the table ${object} of ${snapshot.name} is gone`;
}

function refusal({ snapshot }: Decided, message: string, hint: string): SluiceError {
  return new SluiceError("PLAN_REFUSED", message, {
    place: { file: snapshot.facts.path },
    hint,
    details: { model: snapshot.name },
  });
}
