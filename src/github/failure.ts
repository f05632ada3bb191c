/** What was thrown, as a reason of the closed list, and as Markdown for comment, check and summary. Pure. */
import { type ErrorCode, messageOf, SluiceError } from "../errors.ts";
import { type OutcomeReason, reasons } from "../plan/outcome.ts";
import { markdownCode, markdownMarked, markdownPhrase, markdownText, shorten } from "../report/escape.ts";
import type { Phrase } from "../report/phrase.ts";
import { markerPrefix } from "../report/report.ts";
import type { Annotation } from "./annotations.ts";

const byCode: Partial<Record<ErrorCode, OutcomeReason>> = {
  NO_CHANGES: "nothing-to-do",
  TESTS_FAILED: "tests-failed",
  LINT_FAILED: "lint-failed",
  ENGINE_MISSING: "engine-error",
  ENGINE_LOCKED: "engine-error",
  ENGINE_FAILED: "engine-error",
  LOCK_HELD: "locked",
  LOCK_LOST: "locked",
  AUDIT_FAILED: "audit-failed",
  BREAKER_OPEN: "breaker-open",
  CANCELLED: "cancelled",
  GITHUB_FAILED: "github-error",
  PLAN_FILE_INVALID: "plan-untrusted",
  INTERNAL: "internal-error",
};

export function reasonOfError(error: unknown): OutcomeReason {
  if (!(error instanceof SluiceError)) return "internal-error";
  const told = reasons.find((reason) => reason === error.details["reason"]);
  return told ?? byCode[error.code] ?? "config-error";
}

/** One sentence for people; what is no SluiceError is a fault of ours and says so. */
export function sentenceOfError(error: unknown): string {
  if (error instanceof SluiceError) return error.sentence;
  return `This is a fault of Sluice: ${messageOf(error)}. Run the job again with debug logging, and report what it prints.`;
}

export interface Notice {
  readonly project: string;
  readonly environment: string;
  /** Word of the hidden marker: `failed`, `refused`, `closed`, `replanning`. */
  readonly state: string;
  readonly headSha: string;
  readonly sign: string;
  readonly title: string;
  readonly sentence: string;
  readonly findings?: readonly Annotation[];
  /** What is true of production now, one sentence. */
  readonly production?: string;
  readonly next: readonly (string | Phrase)[];
  readonly runUrl: string;
  /** `2024-01-31 10:00`. */
  readonly at: string;
}

const shownFindings = 30;

/** A short report where there is no plan to show. */
export function renderNotice(notice: Notice): string {
  const { findings = [] } = notice;
  const lines = findings
    .slice(0, shownFindings)
    .map(
      (each) =>
        `- ${markdownCode(`${each.path}:${each.line}`, { table: false })} **${markdownText(each.title)}** ${markdownText(shorten(each.message.trim().replace(/\s*\n\s*/g, "; "), 400))}`,
    );
  const more = findings.length - lines.length;
  const parts = [
    `${markerPrefix(notice.project, notice.environment)}state=${notice.state} head=${notice.headSha.replace(/[^0-9a-f]/g, "")} -->`,
    `## ${notice.sign} ${notice.title}: ${markdownCode(notice.environment, { table: false })}`,
    markdownMarked(shorten(notice.sentence, 4000), { table: false }),
    [...lines, ...(more > 0 ? [`- … and ${more} more`] : [])].join("\n"),
    notice.production === undefined ? "" : markdownText(notice.production),
    notice.next.length === 0
      ? ""
      : `### What happens next\n\n${notice.next.map((each) => `- ${typeof each === "string" ? markdownText(each) : markdownPhrase(each, { table: false })}`).join("\n")}`,
    `---\n<sub>commit ${markdownCode(notice.headSha.slice(0, 7), { table: false })} · ${notice.at} UTC · [run](${notice.runUrl})</sub>`,
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
