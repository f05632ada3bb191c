/** Compares what we did with what was recorded; differences are lines a person can read. */
import type { Expectation, ExpectedModel, World } from "./case.ts";

/** `path: expected …, got …` for every leaf that differs. */
export function differences(path: string, expected: unknown, actual: unknown): string[] {
  if (JSON.stringify(expected) === JSON.stringify(actual)) return [];
  if (isRecord(expected) && isRecord(actual)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort();
    return keys.flatMap((key) => differences(`${path}.${key}`, expected[key], actual[key]));
  }
  return [`${path}: expected ${show(expected)}, got ${show(actual)}`];
}

export interface PlanFacts {
  readonly new_environment: boolean;
  readonly has_changes: boolean;
  readonly requires_backfill: boolean;
  readonly uncategorized: readonly string[];
  readonly restatements: Readonly<Record<string, unknown>>;
  readonly removed: readonly string[];
  readonly models: readonly ExpectedModel[];
}

export function comparePlan(expected: Expectation, actual: PlanFacts): string[] {
  const out: string[] = [];
  for (const key of [
    "new_environment",
    "has_changes",
    "requires_backfill",
    "uncategorized",
    "restatements",
    "removed",
  ] as const) {
    if (expected[key] !== undefined) out.push(...differences(key, expected[key], actual[key]));
  }
  if (expected.models) {
    const byName = (models: readonly ExpectedModel[]): Record<string, unknown> =>
      Object.fromEntries(models.map((model) => [model.name, model]));
    out.push(...differences("models", byName(expected.models), byName(actual.models)));
  }
  return out;
}

/** After an error in apply, production that the reference left half changed may be unchanged with us. */
export function compareWorld(expected: World, actual: World): string[] {
  const out: string[] = [];
  for (const key of Object.keys(expected) as (keyof World)[]) {
    out.push(
      ...differences(key, expected[key], key === "environment" ? promotedAs(expected, actual) : actual[key]),
    );
  }
  return out;
}

/** The record writes "every model" as null in some environments and as a list of all in others. */
function promotedAs(expected: World, actual: World): World["environment"] {
  if (actual.environment === null) return null;
  const { all, ...rest } = actual.environment;
  return all && expected.environment?.promoted === null ? { ...rest, promoted: null } : rest;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 240 ? `${text.slice(0, 240)}…` : text;
}
