/** Configuration → the settings a plan is computed with: texts become numbers, patterns and sanitised names. */
import { parseEnvironmentName } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import type { PlanningSettings } from "../plan/settings.ts";
import type { Settings } from "../project/settings.ts";
import { readInstant } from "../time/instant.ts";
import { unitFloor } from "../time/unit.ts";

export function planningSettings(settings: Settings, now: number): PlanningSettings {
  const { sql, seed, external } = settings.plan.autoCategorizeChanges;
  return {
    autoCategorization: { sql, seed, external },
    suffixTarget: settings.environmentSuffixTarget,
    catalogMapping: settings.environmentCatalogMapping.map(({ pattern, catalog }) => ({
      // SQLMesh matches at the start of the name.
      pattern: new RegExp(`^(?:${pattern})`),
      catalog,
    })),
    ...(settings.defaultCatalog === undefined ? {} : { defaultCatalog: settings.defaultCatalog }),
    snapshotTtl: duration("snapshot_ttl", settings.snapshotTtl, now),
    environmentTtl:
      settings.environmentTtl === null ? null : duration("environment_ttl", settings.environmentTtl, now),
    pinnedEnvironments: settings.pinnedEnvironments.map(parseEnvironmentName),
    useFinalizedState: settings.plan.useFinalizedState,
    alwaysRecreateEnvironment: settings.plan.alwaysRecreateEnvironment,
    statements: { beforeAll: settings.beforeAll, afterAll: settings.afterAll },
  };
}

/**
 * `in 1 week` → milliseconds. Counted from midnight, so that plans of one day are equal whatever the hour; where a number of
 * days is added to a moment, it counts from that moment's midnight as well.
 */
function duration(key: string, text: string, now: number): number {
  const midnight = unitFloor("day", now);
  const instant = readInstant(text, midnight);
  if (instant === null || instant.at <= midnight) {
    throw new SluiceError("CONFIG_INVALID", `${key} must lie in the future, "${text}" does not`, {
      hint: "Write, for example, in 1 week.",
    });
  }
  return instant.at - midnight;
}
