/** `plan`, `cicd_bot` and `users`: checked values → settings with every default filled in (spec project-format 2.6, 2.7). */
import { SluiceError } from "../errors.ts";
import type { RawConfig } from "./config-file.ts";
import { isRecord } from "./merge.ts";
import type { BotSettings, CategorizeSettings, PlanSettings, User } from "./settings.ts";

type Checked = Readonly<Record<string, unknown>>;

export function toPlanSettings(plan: Checked): PlanSettings {
  return {
    autoCategorizeChanges: plan["auto_categorize_changes"] as CategorizeSettings,
    forwardOnly: plan["forward_only"] as boolean,
    includeUnmodified: plan["include_unmodified"] as boolean,
    enablePreview: (plan["enable_preview"] as boolean | null) ?? true,
    noDiff: plan["no_diff"] as boolean,
    noPrompts: plan["no_prompts"] as boolean,
    autoApply: plan["auto_apply"] as boolean,
    useFinalizedState: plan["use_finalized_state"] as boolean,
    alwaysRecreateEnvironment: plan["always_recreate_environment"] as boolean,
  };
}

/** null without `cicd_bot`. Throws CONFIG_INVALID where one key needs another. */
export function toBotSettings(value: unknown, plan: Checked, raw: RawConfig): BotSettings | null {
  if (!isRecord(value)) return null;
  const need = (key: string, needed: string, hint: string): never => {
    const line = raw.source.lineOf(["cicd_bot", key]);
    throw new SluiceError("CONFIG_INVALID", `cicd_bot.${key} needs ${needed}`, {
      place: { file: raw.file, ...(line ? { line } : {}) },
      hint,
    });
  };
  const bot = value as Checked;
  if (bot["enable_deploy_command"] === true && bot["merge_method"] === null) {
    need("enable_deploy_command", "merge_method", "Set merge_method to merge, squash or rebase.");
  }
  if (bot["command_namespace"] !== null && bot["enable_deploy_command"] !== true) {
    need("command_namespace", "enable_deploy_command", "Set enable_deploy_command: true.");
  }
  const branch = bot["prod_branch_name"] as string | null;
  return {
    invalidateEnvironmentAfterDeploy: bot["invalidate_environment_after_deploy"] as boolean,
    enableDeployCommand: bot["enable_deploy_command"] as boolean,
    mergeMethod: bot["merge_method"] as BotSettings["mergeMethod"],
    commandNamespace: bot["command_namespace"] as string | null,
    autoCategorizeChanges: (bot["auto_categorize_changes"] ??
      plan["auto_categorize_changes"]) as CategorizeSettings,
    defaultPrStart: bot["default_pr_start"] as string | null,
    skipPrBackfill: (bot["skip_pr_backfill"] as boolean | null) ?? true,
    prIncludeUnmodified: ((bot["pr_include_unmodified"] as boolean | null) ??
      plan["include_unmodified"]) as boolean,
    runOnDeployToProd: bot["run_on_deploy_to_prod"] as boolean,
    prEnvironmentName: bot["pr_environment_name"] as string | null,
    prMinIntervals: bot["pr_min_intervals"] as number | null,
    prodBranchNames: branch === null ? ["main", "master"] : [branch],
    forwardOnlyBranchSuffix: (bot["forward_only_branch_suffix"] as string | null) ?? "-forward-only",
    checkIfBlockedOnDeployToProd: bot["check_if_blocked_on_deploy_to_prod"] as boolean,
  };
}

export function toUsers(users: readonly Checked[]): User[] {
  return users.map((user) => ({
    username: user["username"] as string,
    ...(typeof user["github_username"] === "string" ? { githubUsername: user["github_username"] } : {}),
    ...(typeof user["email"] === "string" ? { email: user["email"] } : {}),
    roles: (user["roles"] as string[] | undefined) ?? [],
  }));
}
