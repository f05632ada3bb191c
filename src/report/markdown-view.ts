/**
 * The view model as Markdown fragments: every string here is escaped, so that a template, ours or the user's, only
 * has to print it. `Limits` say how much of each part is shown; what is left out is counted.
 */
import {
  commentWord,
  fencedCode,
  markdownCode,
  markdownMarked,
  markdownPhrase,
  markdownText,
  shorten,
  visible,
} from "./escape.ts";
import { factsOf, linksOf } from "./markdown-facts.ts";
import { diffPart, lineagePart } from "./markdown-parts.ts";
import type { ModelRow, RowTone } from "./model-row.ts";
import type { GroupState } from "./outcome-view.ts";
import { count, groupDigits } from "./phrase.ts";
import type { Tone } from "./verdict.ts";
import type { PlanView, RequiredCheck } from "./view.ts";

/** How much of each part is shown. Numbers of entries, but `diffBytes`: UTF-8 bytes of all diffs together. */
export interface Limits {
  readonly destructive: number;
  readonly direct: number;
  readonly indirect: number;
  readonly warnings: number;
  readonly details: number;
  readonly lineage: boolean;
  readonly diffBytes: number;
}

export const everything: Limits = {
  destructive: Number.POSITIVE_INFINITY,
  direct: Number.POSITIVE_INFINITY,
  indirect: Number.POSITIVE_INFINITY,
  warnings: Number.POSITIVE_INFINITY,
  details: Number.POSITIVE_INFINITY,
  lineage: true,
  diffBytes: Number.POSITIVE_INFINITY,
};

/** Changed models shown open; more are folded. */
const openRows = 12;
const openDestructive = 25;

const verdictSigns: Record<Tone, string> = {
  good: "🟢",
  danger: "🔴",
  attention: "🟡",
  quiet: "⚪",
  busy: "🔵",
};
const rowSigns: Record<RowTone, string> = { danger: "🔴", attention: "🟠", good: "🟢", quiet: "⚪" };
const checkSigns: Record<RequiredCheck["state"], string> = {
  success: "✅",
  pending: "⏳",
  failure: "❌",
  missing: "❔",
};
const lineSigns: Record<GroupState, string> = {
  done: "✅",
  running: "🔵",
  failed: "❌",
  waiting: "⬜",
  skipped: "➖",
};

/** What a template may read (docs/templates.md lists every field), escaped and cut. */
export function markdownView(view: PlanView, limits: Limits) {
  const outcome = view.outcome;
  return {
    marker: marker(view),
    project: markdownCode(view.project),
    environment: markdownCode(view.environment),
    state: view.state,
    sign: verdictSigns[view.verdict.tone],
    word: markdownText(view.verdict.word),
    sentence: markdownPhrase(view.verdict.sentence, { table: false }),
    because: view.verdict.because.map((sentence) => markdownMarked(sentence, { table: false })),
    counts: countsLine(view),
    destructive: part(view.destructive, limits.destructive, (each) =>
      markdownPhrase(each.text, { table: false }),
    ),
    destructiveFolded: view.destructive.length > openDestructive,
    destructiveTitle: destructiveTitle(view),
    permissions: view.permissions.map(
      (each) =>
        `${each.models.map((name) => markdownCode(name, { table: false })).join(", ")}: ${each.change} changes, by ${markdownText(each.by)}`,
    ),
    restatements: part(
      view.restatements,
      limits.direct,
      (each) => `${markdownCode(each.name, { table: false })}: ${each.interval}`,
    ),
    restateRequests: view.restateRequests.map(
      (each) => `${markdownText(each.askedBy)}: ${markdownText(each.what)}`,
    ),
    forgetting: part(
      view.forgetting,
      limits.details,
      (each) =>
        `${markdownCode(each.name, { table: false })} (${markdownText(each.where)}): ${each.interval}`,
    ),
    direct: part(view.direct, limits.direct, (row) => modelCells(row)),
    indirect: part(view.indirect, limits.indirect, (row) => modelCells(row)),
    directDownstream: view.direct.some((row) => row.downstream > 0),
    indirectDownstream: view.indirect.some((row) => row.downstream > 0),
    directFolded: view.direct.length > openRows * 4,
    indirectFolded: view.indirect.length > openRows || view.direct.length > openRows,
    indirectTitle: indirectTitle(view),
    estimate: outcome === null ? markdownText(view.estimate) : "",
    actions: view.actions.map((group) => ({
      title: markdownPhrase(group.title, { table: false }),
      details: part(group.details, Math.min(limits.details, 50), (detail) =>
        markdownPhrase(detail.text, { table: false }),
      ),
    })),
    progress: (outcome?.lines ?? []).map((line) => ({
      sign: lineSigns[line.state],
      text: markdownPhrase(line.text),
      tally:
        line.total > 1 && line.state !== "waiting"
          ? `${groupDigits(line.done)} of ${groupDigits(line.total)}`
          : "",
      seconds: line.seconds,
    })),
    outcome: outcome && {
      reason: outcome.reason ?? "",
      production: markdownPhrase(outcome.production, { table: false }),
      steps: `${groupDigits(outcome.stepsDone)} of ${count(outcome.stepsTotal, "step")}`,
      resumed: outcome.resumed,
      duration: outcome.duration,
      finishedAt: outcome.finishedAt,
      audits: part(outcome.audits, limits.warnings, (audit) => markdownText(audit)),
      warnings: part(outcome.warnings, limits.warnings, (warning) => markdownText(shorten(warning, 600))),
      extraIntervals: part(outcome.extraIntervals, limits.warnings, (each) => markdownText(each)),
    },
    failure: outcome?.failure && {
      model: outcome.failure.model === "" ? "" : markdownCode(outcome.failure.model, { table: false }),
      step: markdownText(outcome.failure.step),
      message: fencedCode(shorten(visible(outcome.failure.message), 2000), "text"),
      statement:
        outcome.failure.statement === ""
          ? ""
          : fencedCode(shorten(visible(outcome.failure.statement), 3000), "sql"),
    },
    checks: view.checks.map(
      (check) => `${checkSigns[check.state]} ${markdownCode(check.name, { table: false })}`,
    ),
    fuses: view.fuses.map((fuse) => markdownText(fuse)),
    tests: testsLine(view),
    gate: hasGate(view),
    folded: hasGate(view) || hasContent(view),
    warnings: part(view.warnings, limits.warnings, (warning) => {
      const place =
        warning.file === undefined
          ? ""
          : ` ${markdownCode(`${warning.file}${warning.line === undefined ? "" : `:${warning.line}`}`, { table: false })}`;
      return `${markdownText(shorten(warning.text, 600))}${place}`;
    }),
    lineage: lineagePart(view.lineage, limits.lineage),
    diffs: diffPart(view.diffs, limits.diffBytes),
    next: view.next.map((sentence) => markdownPhrase(sentence, { table: false })),
    facts: factsOf(view),
    links: linksOf(view),
  };
}

/** What stands between a plan and production: of no interest where there is nothing to apply. */
function hasGate(view: PlanView): boolean {
  if (view.state === "nothing-to-do") return false;
  return testsLine(view) !== "" || view.checks.length > 0 || view.fuses.length > 0;
}

function hasContent(view: PlanView): boolean {
  const { destructive, permissions, restatements, direct, indirect, diffs, warnings } = view;
  return [destructive, permissions, restatements, direct, indirect, diffs, warnings].some(
    (each) => each.length > 0,
  );
}

/** The hidden first line by which a comment is found again. */
export function markerPrefix(project: string, environment: string): string {
  return `<!-- sluice:${commentWord(project)}:${commentWord(environment)} `;
}

function marker(view: PlanView): string {
  const words = [
    `state=${view.state}`,
    `digest=${commentWord(view.facts.digest)}`,
    `base=${view.facts.from}`,
    view.facts.headSha === "" ? "" : `head=${commentWord(view.facts.headSha)}`,
  ].filter((word) => word !== "");
  return `${markerPrefix(view.project, view.environment)}${words.join(" ")} -->`;
}

function part<T, R>(all: readonly T[], limit: number, show: (each: T) => R) {
  const shown = all.slice(0, limit).map(show);
  const omitted = all.length - shown.length;
  return {
    shown,
    omitted: omitted === 0 ? "" : groupDigits(omitted),
    total: groupDigits(all.length),
    any: all.length > 0,
  };
}

/** A row is printed many times while a text is fitted into its place, and escaped once. */
const knownCells = new WeakMap<ModelRow, ReturnType<typeof escapeCells>>();

function modelCells(row: ModelRow) {
  const known = knownCells.get(row) ?? escapeCells(row);
  knownCells.set(row, known);
  return known;
}

function escapeCells(row: ModelRow) {
  const reasons = row.reasons.slice(0, 3).map((reason) => markdownMarked(shorten(reason, 240)));
  const columns = row.columns === "" ? "" : markdownCode(shorten(row.columns, 160));
  const why = [reasons.join("<br>"), columns].filter((each) => each !== "").join("<br>");
  return {
    model: markdownCode(shorten(row.name, 120)),
    kind: row.kind.toLowerCase().replaceAll("_", " "),
    change: `${rowSigns[row.tone]}&nbsp;${markdownText(row.label)}`,
    why,
    downstream: row.downstream === 0 ? "" : groupDigits(row.downstream),
    work: `${markdownText(row.work)}${row.preview ? " (preview)" : ""}`,
    estimate: markdownText(row.estimate),
    owner: markdownText(row.owner),
  };
}

function countsLine(view: PlanView): readonly string[] {
  const { counts } = view;
  const words: readonly (readonly [number, string])[] = [
    [counts.breaking, "breaking"],
    [counts.nonBreaking, "non-breaking"],
    [counts.uncategorised, "not categorised"],
    [counts.forwardOnly, "forward-only"],
    [counts.added, "added"],
    [counts.removed, "removed"],
    [counts.metadata, "metadata"],
    [counts.indirect, "downstream"],
    [counts.destructive, "destructive"],
  ];
  return words.filter(([amount]) => amount > 0).map(([amount, word]) => `**${groupDigits(amount)}** ${word}`);
}

function destructiveTitle(view: PlanView): string {
  const data = view.destructive.filter((each) => each.loses === "data").length;
  const total = count(view.destructive.length, "destructive change");
  return data > 0
    ? `${total}: data of live tables is lost and cannot be brought back`
    : `${total}: what readers use today goes away`;
}

function indirectTitle(view: PlanView): string {
  const repaired = view.indirect.filter((row) => row.repaired).length;
  const computed = view.indirect.filter((row) => row.change === "unmodified").length - repaired;
  const changed = view.indirect.length - computed - repaired;
  const parts = [
    changed > 0 ? `${count(changed, "model")} downstream` : "",
    repaired > 0 ? `${count(repaired, "unchanged model")} changed by hand in the warehouse, set right` : "",
    computed > 0 ? `${count(computed, "unchanged model")} with missing intervals` : "",
  ];
  return parts.filter((each) => each !== "").join(", ");
}

function testsLine(view: PlanView): string {
  const { ran, failed, skipped } = view.tests;
  if (skipped) return "⚠️ unit tests skipped";
  if (ran === 0) return "";
  return failed > 0
    ? `❌ ${failed} of ${count(ran, "unit test")} failed`
    : `✅ ${count(ran, "unit test")} passed`;
}
