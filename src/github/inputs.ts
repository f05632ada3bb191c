/** Inputs of the Action: read once at the door, checked against inputs.schema.json, typed after (spec github-platform 1). */
import type { ErrorObject } from "ajv";
import { parse as parseYaml } from "yaml";
import { SluiceError } from "../errors.ts";
import { optionKey, type PlanOptions } from "../plan/options.ts";
import type { Override } from "../plan/outcome.ts";
import schema from "./inputs.schema.json" with { type: "json" };
import { ownSchema } from "./own-schema.ts";
import { type CheckName, parseCheckNames } from "./required-checks.ts";

export type Command =
  | "auto"
  | "plan"
  | "apply"
  | "run"
  | "status"
  | "drift"
  | "breaker-open"
  | "breaker-close"
  | "unlock"
  | "rollback"
  | "clean";

export interface Inputs {
  readonly command: Command;
  /** Path of the project in the repository, `/` between folders, `.` for the root. */
  readonly project: string;
  readonly environment: string;
  readonly gateway: string | null;
  readonly token: string;
  /** null = the repository's default branch. */
  readonly productionBranch: string | null;
  /** Path of the workflow whose runs make plans; null = the workflow that runs now. */
  readonly planWorkflow: string | null;
  readonly planOptions: PlanOptions;
  /** `auto` = what the branch's rules require. */
  readonly requiredChecks: readonly CheckName[] | "auto";
  readonly requiredChecksOn: "head" | "merge" | "both";
  /** Minutes; null = what sluice.yaml says. */
  readonly requiredChecksGrace: number | null;
  /** Name of the pull request's own environment; `{pr}` stands for the number. null = none. */
  readonly reviewEnvironment: string | null;
  readonly deploymentEnvironment: string | null;
  readonly comment: boolean;
  readonly commentAuthor: string;
  readonly openPullRequests: "replan" | "mark" | "ignore";
  /** Minutes to wait for another apply. */
  readonly lockWait: number;
  readonly pr: number | null;
  readonly planRunId: number | null;
  readonly planDigest: string | null;
  /** Version of the environment that a rollback goes back to; null = the last one that showed something else. */
  readonly rollbackTo: number | null;
  /** Fuses of sluice.yaml that an apply by dispatch goes past; the library checks names, reason and who may. */
  readonly override: readonly Override["fuse"][];
  readonly reason: string;
}

export const inputNames: readonly string[] = Object.keys(schema.properties);

type Raw = Readonly<Record<string, string>>;

const inputsFit = ownSchema<Raw>(schema, { useDefaults: true });

/** `read` gives an input's text, empty when it was not set. Throws INPUT_INVALID naming the input. */
export function parseInputs(read: (name: string) => string): Inputs {
  const given = Object.fromEntries(
    inputNames.map((name) => [name, read(name).trim()]).filter(([, value]) => value !== ""),
  ) as Record<string, string>;
  const validate = inputsFit();
  if (!validate(given)) throw invalid(validate.errors?.[0]);
  return toInputs(given);
}

function toInputs(raw: Raw): Inputs {
  const text = (name: string): string | null => raw[name] ?? null;
  const number = (name: string): number | null => (raw[name] === undefined ? null : Number(raw[name]));
  const checks = raw["required-checks"] ?? "";
  return {
    command: raw["command"] as Command,
    project: parseProjectPath(raw["project"] as string),
    environment: (raw["environment"] as string).toLowerCase(),
    gateway: text("gateway"),
    token: raw["github-token"] as string,
    productionBranch: text("production-branch"),
    planWorkflow: text("plan-workflow"),
    planOptions: parsePlanOptions(raw["plan-options"] ?? ""),
    requiredChecks: checks.trim() === "auto" ? "auto" : parseCheckNames(checks),
    requiredChecksOn: raw["required-checks-on"] as Inputs["requiredChecksOn"],
    requiredChecksGrace: number("required-checks-grace"),
    reviewEnvironment: text("review-environment"),
    deploymentEnvironment: text("deployment-environment"),
    comment: raw["comment"] === "true",
    commentAuthor: raw["comment-author"] as string,
    openPullRequests: raw["open-pull-requests"] as Inputs["openPullRequests"],
    lockWait: Number(raw["lock-wait"]),
    pr: number("pr"),
    planRunId: number("plan-run-id"),
    planDigest: text("plan-digest"),
    rollbackTo: number("rollback-to"),
    override: words(raw["override"] ?? "") as Override["fuse"][],
    reason: raw["reason"] ?? "",
  };
}

function words(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}

/** A path inside the repository: no way out of it. */
export function parseProjectPath(text: string): string {
  const parts = text
    .replaceAll("\\", "/")
    .split("/")
    .filter((part) => part !== "" && part !== ".");
  if (text.startsWith("/") || parts.includes("..")) {
    throw new SluiceError("INPUT_INVALID", `the input project is "${text}", which leaves the repository`, {
      hint: "Write the path of the project's folder from the root of the repository.",
    });
  }
  return parts.length === 0 ? "." : parts.join("/");
}

/** YAML with SQLMesh's names, `no_gaps: true` or `noGaps: true`; what they mean is checked when the plan is made. */
export function parsePlanOptions(text: string): PlanOptions {
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = parseYaml(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw new SluiceError("INPUT_INVALID", "the input plan-options is not YAML", {
      hint: "Write one option per line, such as no_gaps: true.",
      cause,
    });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SluiceError("INPUT_INVALID", "the input plan-options holds no options", {
      hint: "Write one option per line, such as no_gaps: true.",
    });
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, option]) => [optionKey(name), option as unknown]),
  ) as PlanOptions;
}

function invalid(error: ErrorObject | undefined): SluiceError {
  const name = error?.instancePath.slice(1) || String(error?.params["missingProperty"] ?? "?");
  if (error?.keyword === "enum") {
    const allowed = error.params["allowedValues"] as readonly string[];
    return new SluiceError("INPUT_INVALID", `the input ${name} must be one of ${allowed.join(", ")}`, {
      hint: "Correct it in the workflow file.",
    });
  }
  const what = error?.keyword === "required" ? "is missing" : "has a value that does not fit";
  return new SluiceError("INPUT_INVALID", `the input ${name} ${what}`, {
    hint: hints[name] ?? "The README describes every input.",
  });
}

const hints: Readonly<Record<string, string>> = {
  "github-token": "Leave it out: its default is the workflow's own token.",
  pr: "Write the number of the pull request.",
  "plan-run-id": "Write the number at the end of the plan run's address.",
  "rollback-to": "Write the version as status shows it, a whole number.",
  override: "Write window, freeze or impact; several with commas.",
  "plan-digest": "Write all 64 hexadecimal digits.",
  environment: "Names of environments hold letters, digits and underscores.",
  "plan-workflow": "Write its path, such as .github/workflows/sluice.yml.",
};
