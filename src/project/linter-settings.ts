/** `linter`: which rules raise and which warn (spec project-format 12). */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { SluiceError } from "../errors.ts";
import { lintRules } from "../model/lint-rules.ts";
import { didYouMean } from "../model/nearest.ts";
import type { RawConfig } from "./config-file.ts";
import type { LinterSettings } from "./settings.ts";

/** Rule sets with `ALL` spelt out. Throws CONFIG_INVALID for unknown names, unless the project has rules of its own in Python. */
export function toLinterSettings(
  value: Readonly<Record<string, unknown>>,
  raw: RawConfig,
  root: string,
): LinterSettings {
  const ignored = new Set(namesOf(value["ignored_rules"], lintRules, "ignored_rules", raw, root));
  const available = lintRules.filter((rule) => !ignored.has(rule));
  const rules = namesOf(value["rules"], available, "rules", raw, root);
  const warnRules = namesOf(value["warn_rules"], available, "warn_rules", raw, root);
  const both = rules.find((rule) => warnRules.includes(rule));
  if (both)
    throw fault(
      raw,
      "warn_rules",
      `the lint rule ${both} stands in both rules and warn_rules`,
      "Keep it in one of them.",
    );
  return { enabled: value["enabled"] as boolean, rules, warnRules };
}

function namesOf(
  value: unknown,
  available: readonly string[],
  key: string,
  raw: RawConfig,
  root: string,
): string[] {
  const written =
    value === undefined || value === null ? [] : Array.isArray(value) ? (value as string[]) : [String(value)];
  const names = written.map((name) => name.toLowerCase());
  if (names.includes("all")) return [...available];
  const unknown = names.find((name) => !available.includes(name));
  if (unknown !== undefined && !hasPythonRules(root)) {
    const isIgnored = lintRules.includes(unknown);
    throw fault(
      raw,
      key,
      isIgnored
        ? `the lint rule ${unknown} is ignored, so it cannot stand in ${key}`
        : `there is no lint rule ${unknown}`,
      didYouMean(unknown, available, `The rules are ${lintRules.join(", ")}.`) ?? "",
    );
  }
  return names.filter((name) => available.includes(name));
}

function hasPythonRules(root: string): boolean {
  const folder = join(root, "linter");
  return (
    existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".py") && name !== "__init__.py")
  );
}

function fault(raw: RawConfig, key: string, message: string, hint: string): SluiceError {
  const line = raw.source.lineOf(["linter", key]);
  return new SluiceError("CONFIG_INVALID", message, {
    place: { file: raw.file, ...(line ? { line } : {}) },
    hint,
  });
}
