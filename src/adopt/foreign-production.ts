/**
 * A production that SQLMesh built, as its own state tells it (spec plan-and-apply 1.7–1.9): read once, never written.
 * Belongs here: the records and how rows become them. Not here: whether they are what the project says (compare-*).
 */
import { crc32 } from "node:zlib";
import type { ModelName } from "../model/model.ts";
import { toModelName, toNameParts } from "../model/name.ts";
import type { DialectFamily } from "../sql/dialect.ts";
import { parseName } from "../sql/identifiers.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { Interval } from "../time/intervals.ts";
import { foreignIntervals, tableKey } from "./foreign-intervals.ts";
import { flagOf, listOf, objectOf, parseRecorded, type Recorded, textOf } from "./recorded.ts";

export interface ForeignSnapshot {
  readonly name: ModelName;
  readonly parts: NameParts;
  readonly version: string;
  readonly physicalSchema: string;
  readonly namingConvention: string;
  /** The table bears another name than the rules give: a migration left it as it was. */
  readonly oddlyNamed: boolean;
  readonly forwardOnly: boolean;
  /** The definition SQLMesh kept. */
  readonly node: Recorded;
  readonly intervals: readonly Interval[];
}

export interface ForeignProduction {
  /** Version of SQLMesh that wrote the state last. */
  readonly tool: string;
  readonly planId: string;
  /** Its last promotion was complete. */
  readonly finalized: boolean;
  readonly snapshots: ReadonlyMap<ModelName, ForeignSnapshot>;
  /** Names on record whose definitions are not, or cannot be read. */
  readonly unreadable: readonly string[];
}

/** One member of an environment, as its record names it. */
export interface ForeignMember {
  readonly name: string;
  readonly identifier: string;
  readonly version: string;
}

/** Members of an environment's row. */
export function foreignMembers(environment: Recorded): readonly ForeignMember[] {
  return listOf(parseRecorded(environment["snapshots"])).flatMap((one) => {
    const member = objectOf(one);
    const fingerprint = objectOf(member?.["fingerprint"]);
    const [name, version] = [textOf(member?.["name"]), textOf(member?.["version"])];
    if (fingerprint === null || name === null || version === null) return [];
    return [{ name, version, identifier: identifierOf(fingerprint) }];
  });
}

/** SQLMesh's own: a checksum over the four hashes. */
function identifierOf(fingerprint: Recorded): string {
  const hashes = ["data_hash", "metadata_hash", "parent_data_hash", "parent_metadata_hash"];
  return String(crc32(hashes.map((key) => textOf(fingerprint[key]) ?? "0").join(";")));
}

export interface ForeignRows {
  readonly versions: Recorded | undefined;
  readonly environment: Recorded;
  /** Rows of `_snapshots` and `_intervals`, of these members at least. */
  readonly snapshots: readonly Recorded[];
  readonly intervals: readonly Recorded[];
}

export function foreignProduction(
  rows: ForeignRows,
  family: DialectFamily,
  defaultCatalog: string | undefined,
): ForeignProduction {
  const intervals = foreignIntervals(rows.intervals);
  const bodies = new Map(rows.snapshots.map((row) => [`${row["name"]}\u0000${row["identifier"]}`, row]));
  const snapshots = new Map<ModelName, ForeignSnapshot>();
  const unreadable: string[] = [];
  for (const { name, identifier, version } of foreignMembers(rows.environment)) {
    const row = bodies.get(`${name}\u0000${identifier}`);
    const body = objectOf(parseRecorded(row?.["snapshot"]));
    const node = objectOf(body?.["node"]);
    if (row === undefined || body === null || node === null) {
      unreadable.push(name);
      continue;
    }
    const written = parseName(name, family);
    const key = toModelName(written, family, defaultCatalog);
    snapshots.set(key, {
      name: key,
      parts: toNameParts(written, family, defaultCatalog),
      version,
      physicalSchema: textOf(body["physical_schema"]) ?? "sqlmesh",
      namingConvention: textOf(body["table_naming_convention"]) ?? "schema_and_table",
      oddlyNamed: textOf(body["base_table_name_override"]) !== null,
      forwardOnly: flagOf(row["forward_only"] ?? body["forward_only"]),
      node,
      intervals: intervals.get(tableKey(name, version)) ?? [],
    });
  }
  return {
    tool: textOf(rows.versions?.["sqlmesh_version"]) ?? "unknown",
    planId: textOf(rows.environment["plan_id"]) ?? "",
    finalized: textOf(rows.environment["finalized_ts"]) !== null,
    snapshots,
    unreadable,
  };
}
