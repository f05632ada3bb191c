/** Findings on lines of files, for the diff view: lint, tests, destructive changes, faults (design 7). Pure. */
import { SluiceError } from "../errors.ts";
import type { PlanDocument } from "../plan/plan.ts";
import { destructiveChanges } from "../report/destructive.ts";
import { visible } from "../report/escape.ts";
import { asSentence, plain } from "../report/phrase.ts";

export interface Annotation {
  /** From the root of the repository. */
  readonly path: string;
  readonly line: number;
  readonly level: "notice" | "warning" | "failure";
  readonly title: string;
  /** Plain text: GitHub shows it as it is. */
  readonly message: string;
}

/** `project` is the project's path in the repository. */
export function planAnnotations(plan: PlanDocument, project: string): readonly Annotation[] {
  const paths = new Map(plan.models.map((model) => [model.displayName, model.path]));
  // A removed model has no file to show it on.
  const destructive = destructiveChanges(plan).flatMap(({ model, loses, text }) => {
    const file = paths.get(model) ?? "";
    if (loses === "view" || file === "") return [];
    const level = loses === "data" ? "warning" : "notice";
    return [annotation(project, { file }, level, "Destructive change", `${plain(text)}.`)];
  });
  const warnings = plan.warnings.flatMap((warning) =>
    warning.file === undefined
      ? []
      : [
          annotation(
            project,
            { file: warning.file, ...(warning.line === undefined ? {} : { line: warning.line }) },
            "warning",
            titleOf(warning.code),
            warning.text,
          ),
        ],
  );
  return [...destructive, ...warnings];
}

interface Place {
  readonly file: string;
  readonly line?: number;
}

interface Violation {
  readonly path: string;
  readonly line?: number;
  readonly rule: string;
  readonly text: string;
  readonly model: string;
}

interface FailedTest {
  readonly name: string;
  readonly place: Place;
  readonly message: string | null;
}

/** A change of a model that the model's own policy does not allow. */
export interface Refused {
  readonly path: string;
  readonly text: string;
  readonly model: string;
  readonly change: "destructive" | "additive";
}

/** Of a plan that could not be made: every lint violation and failed test, or the place the error names. */
export function errorAnnotations(error: unknown, project: string): readonly Annotation[] {
  if (!(error instanceof SluiceError)) return [];
  const { violations, results, refused } = error.details as {
    violations?: readonly Violation[];
    results?: readonly FailedTest[];
    refused?: readonly Refused[];
  };
  if (violations !== undefined) {
    return violations.map((each) =>
      annotation(
        project,
        { file: each.path, ...(each.line === undefined ? {} : { line: each.line }) },
        "failure",
        `Lint: ${each.rule}`,
        `${each.model}: ${each.text}`,
      ),
    );
  }
  if (results !== undefined) {
    return results.map((each) =>
      annotation(
        project,
        each.place,
        "failure",
        `Unit test ${each.name}`,
        each.message ?? "The rows differ.",
      ),
    );
  }
  if (refused !== undefined) {
    return refused.map(({ path, text }) =>
      annotation(project, { file: path }, "failure", "Refused", asSentence(text)),
    );
  }
  if (error.place === undefined) return [];
  return [annotation(project, error.place, "failure", "Sluice", error.sentence)];
}

function annotation(
  project: string,
  place: Place,
  level: Annotation["level"],
  title: string,
  message: string,
): Annotation {
  const file = place.file.replaceAll("\\", "/").replace(/^\.\//, "");
  return {
    path: project === "." || file.startsWith("/") ? file : `${project}/${file}`,
    line: place.line ?? 1,
    level,
    title: visible(title),
    message: visible(message),
  };
}

function titleOf(code: string): string {
  return code.startsWith("lint:") ? `Lint: ${code.slice(5)}` : code.replaceAll("-", " ");
}
