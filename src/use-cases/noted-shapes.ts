/** What the catalogs say of physical objects beside what was noted when Sluice made them: one more read of state at the most. */
import { type Engine, nameKey } from "../engine/engine.ts";
import type { NotedShape, RecordedModel } from "../environment/drift.ts";
import { describeName } from "../environment/naming.ts";
import { type ObjectShape, tableDigest, viewDigest } from "../environment/object-shape.ts";
import { isPlainView } from "../snapshot/kind.ts";
import type { DialectFamily } from "../sql/dialect.ts";
import type { State } from "../state/state.ts";

export interface Present {
  readonly models: readonly RecordedModel[];
  /** What the engine says of tables' columns, by {@link nameKey}; null = not asked. */
  readonly tables: ReadonlyMap<string, string> | null;
  /** Of views, by {@link nameKey}. */
  readonly texts: ReadonlyMap<string, string>;
  /** What was noted of them, without columns. */
  readonly shapes: ReadonlyMap<string, ObjectShape>;
}

/** By dotted name. What is not there, was not noted, or was noted by another version of the engine is left out. */
export async function readNoted(
  engine: Engine,
  state: State,
  present: Present,
): Promise<ReadonlyMap<string, NotedShape>> {
  const digests = presentDigests(present, engine.family);
  const known = [...present.shapes.values()].filter(
    (shape) => digests.has(shape.object) && shape.engine === engine.version,
  );
  const other = known.filter(({ object, digest }) => digest !== digests.get(object));
  const details = await state.readShapes(
    other.map(({ object }) => object),
    { columns: true },
  );
  return new Map(
    known.map(({ object }) => [
      object,
      { same: !details.has(object), columns: details.get(object)?.columns ?? null },
    ]),
  );
}

function presentDigests(
  { models, tables, texts }: Present,
  family: DialectFamily,
): ReadonlyMap<string, string> {
  return new Map(
    models.flatMap(({ snapshot, table }) => {
      const object = describeName(table);
      if (isPlainView(snapshot.facts)) {
        const text = texts.get(nameKey(table));
        const digest = text === undefined ? null : viewDigest(text, family);
        return digest === null ? [] : [[object, digest] as const];
      }
      const text = tables?.get(nameKey(table));
      return text === undefined ? [] : [[object, tableDigest(text)] as const];
    }),
  );
}
