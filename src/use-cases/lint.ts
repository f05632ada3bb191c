/** Lint rules over the project (spec project-format 12). Errors stop a plan; warnings are shown in it. */
import { SluiceError } from "../errors.ts";
import { analysedRules, type LintViolation, lintModels } from "../model/lint.ts";
import type { PlanWarning } from "../plan/plan.ts";
import type { Project } from "../project/project.ts";
import { openAnalyser } from "../sql/analysis/analyser.ts";
import type { Workspace } from "./workspace.ts";

export interface LintReport {
  readonly violations: readonly LintViolation[];
}

/** Every violation; empty when the linter is off. */
export async function lintProject(workspace: Workspace): Promise<LintReport> {
  const project = await workspace.project();
  return { violations: await violationsOf(project) };
}

/** For a plan: warnings to show. Throws LINT_FAILED listing the errors. */
export async function lintForPlan(project: Project): Promise<readonly PlanWarning[]> {
  const violations = await violationsOf(project);
  const errors = violations.filter((violation) => violation.level === "error");
  if (errors.length > 0) {
    const [first] = errors;
    throw new SluiceError(
      "LINT_FAILED",
      `${errors.length === 1 ? "a lint rule is" : `${errors.length} lint rules are`} violated: ${errors
        .map((v) => `${v.model} (${v.rule}: ${v.text})`)
        .slice(0, 5)
        .join("; ")}`,
      {
        hint: "Correct the models, or list the rule under ignored_rules.",
        details: { violations: errors },
        ...(first ? { place: { file: first.path } } : {}),
      },
    );
  }
  return violations.map((violation) => ({
    code: `lint:${violation.rule}`,
    text: `${violation.model}: ${violation.text}`,
    file: violation.path,
  }));
}

async function violationsOf(project: Project): Promise<readonly LintViolation[]> {
  if (!project.settings.linter.enabled) return [];
  const { rules, warnRules } = project.settings.linter;
  if (!analysedRules.some((rule) => rules.includes(rule) || warnRules.includes(rule)))
    return lintModels(project);
  await using analyser = openAnalyser();
  return await lintModels(project, analyser);
}
