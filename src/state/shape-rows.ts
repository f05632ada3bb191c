/** Shapes of physical objects as rows: read by digest for all of them, in full for the few that differ. */
import type { Row, SqlValue } from "../engine/engine.ts";
import type { ObjectShape } from "../environment/object-shape.ts";
import type { Column } from "../sql/name-parts.ts";

/** Version of the state tables that brought the table of shapes. */
export const shapesSince = 2;

export const shapeColumns = ["object", "engine", "digest", "columns"] as const;

export function shapeRow({ object, engine, digest, columns }: ObjectShape): readonly SqlValue[] {
  return [object, engine, digest, columns === null ? null : JSON.stringify(columns)];
}

/** `columns` is null where they were not read. */
export function shapeOf(row: Row): ObjectShape {
  const columns = row["columns"] ?? null;
  return {
    object: String(row["object"]),
    engine: String(row["engine"]),
    digest: String(row["digest"]),
    columns: columns === null ? null : (JSON.parse(String(columns)) as readonly Column[]),
  };
}
