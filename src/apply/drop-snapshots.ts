/** Takes snapshots that nothing needs out of the warehouse and of state, some at a time. */
import type { Engine } from "../engine/engine.ts";
import { nameKey } from "../engine/engine.ts";
import type { ObsoleteSnapshot } from "../environment/cleanup.ts";
import { describeName } from "../environment/naming.ts";
import type { ModelName } from "../model/model.ts";
import type { SnapshotIdentifier, Version } from "../snapshot/snapshot.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { State, StateLock } from "../state/state.ts";
import { versionKeyOf } from "../state/state.ts";
import type { CleanFailure, DroppedObject } from "./drop-objects.ts";
import { dropObjects } from "./drop-objects.ts";

/** A version of a model that went, or would go. */
export interface CleanedSnapshot {
  readonly name: ModelName;
  readonly identifier: SnapshotIdentifier;
  readonly version: Version;
  /** Tables and physical views that existed, as dotted text. */
  readonly tables: readonly string[];
}

export interface CleanedSnapshots {
  readonly snapshots: readonly CleanedSnapshot[];
  readonly failures: readonly CleanFailure[];
}

const batchSize = 200;

/** `lock` null = only say what would be done. `checkpoint` runs between batches and may throw. */
export async function dropSnapshots(
  engine: Engine,
  state: State,
  lock: StateLock | null,
  obsolete: readonly ObsoleteSnapshot[],
  checkpoint: () => void,
): Promise<CleanedSnapshots> {
  const objects = await engine.objects(obsolete.flatMap(({ tables }) => tables));
  const snapshots: CleanedSnapshot[] = [];
  const failures: CleanFailure[] = [];
  const existing = (tables: readonly NameParts[]): readonly DroppedObject[] =>
    tables.flatMap((name) => {
      const type = objects.get(nameKey(name));
      return type === undefined ? [] : [{ name, type }];
    });
  for (let at = 0; at < obsolete.length; at += batchSize) {
    checkpoint();
    const batch = obsolete.slice(at, at + batchSize);
    const failed = lock === null ? [] : await dropBatch(engine, state, lock, batch, existing);
    failures.push(...failed);
    for (const one of withoutFailed(batch, failed)) {
      const { name, identifier, version } = one.snapshot;
      const tables = existing(one.tables).map((object) => describeName(object.name));
      snapshots.push({ name, identifier, version, tables });
    }
  }
  return { snapshots, failures };
}

/**
 * What was recorded goes first, the objects second, the snapshots last: killed in between, a snapshot is left of which
 * nothing is recorded, so whoever uses it again builds its table again.
 */
async function dropBatch(
  engine: Engine,
  state: State,
  lock: StateLock,
  batch: readonly ObsoleteSnapshot[],
  existing: (tables: readonly NameParts[]) => readonly DroppedObject[],
): Promise<readonly CleanFailure[]> {
  const keys = batch.flatMap(({ snapshot, endsVersion, endsDevVersion }) => [
    ...(endsVersion ? [versionKeyOf(snapshot, false)] : []),
    ...(endsDevVersion ? [versionKeyOf(snapshot, true)] : []),
  ]);
  await lock.assertHeld();
  await state.forgetIntervals(null, lock, keys);
  await state.forgetShapes(
    null,
    lock,
    batch.flatMap(({ tables }) => tables.map(describeName)),
  );
  const failures = await dropObjects(
    engine,
    batch.flatMap(({ tables }) => existing(tables)),
  );
  const gone = withoutFailed(batch, failures).map(({ snapshot }) => snapshot);
  await state.removeSnapshots(null, lock, gone);
  return failures;
}

/** A snapshot stays on record as long as one of its objects does, so that the next clean-up finds it. */
function withoutFailed(
  batch: readonly ObsoleteSnapshot[],
  failures: readonly CleanFailure[],
): readonly ObsoleteSnapshot[] {
  if (failures.length === 0) return batch;
  const failed = new Set(failures.map(({ what }) => what));
  return batch.filter(({ tables }) => !tables.some((table) => failed.has(describeName(table))));
}
