/** Drops what no environment, open plan or time to live needs any more (spec plan-and-apply 13). */
import { type CleanReport, cleanUp } from "../apply/clean-up.ts";
import type { EnvironmentName } from "../environment/environment.ts";
import type { Workspace } from "./workspace.ts";

export interface CleanOptions {
  /** Everything nobody refers to, however young: no rollback to it is possible afterwards. */
  readonly ignoreTtl?: boolean;
  /** Only say what would be dropped. */
  readonly dryRun?: boolean;
  /** Milliseconds to wait until nobody applies. Default one minute. */
  readonly lockWait?: number;
  readonly signal?: AbortSignal;
}

export interface CleanRequest extends CleanOptions {
  readonly owner: string;
  /** Only this environment, which must have expired, and no versions. */
  readonly only?: EnvironmentName;
}

/** Throws LOCK_HELD while somebody applies. What cannot be dropped is in the report, not thrown. */
export async function cleanWorkspace(workspace: Workspace, request: CleanRequest): Promise<CleanReport> {
  const { owner, only, signal } = request;
  try {
    return await cleanUp({
      engine: await workspace.engine(),
      state: await workspace.state(),
      now: workspace.options.now,
      owner,
      ignoreTtl: request.ignoreTtl ?? false,
      dryRun: request.dryRun ?? false,
      lockWait: request.lockWait ?? 60_000,
      ...(only === undefined ? {} : { only }),
      ...(signal === undefined ? {} : { signal }),
    });
  } finally {
    workspace.forget();
  }
}
