/**
 * Leave to change a live table's columns against its model's policy. It names its models and stands in one plan, whose digest
 * covers it: another plan needs its own.
 */
import type { NormalisedOptions } from "./plan.ts";

export interface Permission {
  readonly change: "destructive" | "additive";
  /** Names of models, without wildcards. */
  readonly models: readonly string[];
  /** Who gives it, for example `pull request 12 (alice)`. */
  readonly by: string;
}

type Given = Pick<NormalisedOptions, "allowDestructiveModels" | "allowAdditiveModels" | "permissions">;

/** Every permission of a plan, those of its options among them. */
export function permissionsOf(options: Given): readonly Permission[] {
  const by = "the options of the plan";
  const own: readonly Permission[] = [
    { change: "destructive", models: options.allowDestructiveModels, by },
    { change: "additive", models: options.allowAdditiveModels, by },
  ];
  return [...own.filter(({ models }) => models.length > 0), ...(options.permissions ?? [])];
}

/** Models that may change so. */
export function permittedModels(options: Given, change: Permission["change"]): ReadonlySet<string> {
  return new Set(permissionsOf(options).flatMap((one) => (one.change === change ? one.models : [])));
}
