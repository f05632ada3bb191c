/** Snapshots as rows: what never changes is one JSON text, what does is in columns beside it. */
import type { Row, SqlValue } from "../engine/engine.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { StoredSnapshot } from "./state.ts";
import { snapshotKey } from "./state.ts";

export const snapshotColumns = [
  "snapshot_key",
  "name",
  "identifier",
  "version",
  "dev_version",
  "forward_only",
  "updated_at",
  "unpaused_at",
  "unrestorable",
  "record",
  "model",
] as const;

/** All that {@link snapshotOf} needs, without the definition. */
export const readColumns = "record, updated_at, unpaused_at, unrestorable";

export function snapshotRow({ snapshot, model }: StoredSnapshot): readonly SqlValue[] {
  return [
    snapshotKey(snapshot),
    snapshot.name,
    snapshot.identifier,
    snapshot.version,
    snapshot.devVersion,
    snapshot.forwardOnly ? 1 : 0,
    snapshot.updatedAt,
    snapshot.unpausedAt,
    snapshot.unrestorable ? 1 : 0,
    JSON.stringify(snapshot),
    JSON.stringify(model),
  ];
}

export function snapshotOf(row: Row): Snapshot {
  const recorded = JSON.parse(String(row["record"])) as Snapshot;
  const unpausedAt = row["unpaused_at"];
  return {
    ...recorded,
    updatedAt: Number(row["updated_at"]),
    unpausedAt: unpausedAt === null ? null : Number(unpausedAt),
    unrestorable: Number(row["unrestorable"]) === 1,
  };
}
