/** Drops tables and views that nothing needs any more; what cannot be dropped is told, and does not keep the rest. */

import type { Engine, ObjectType } from "../engine/engine.ts";
import { describeName } from "../environment/naming.ts";
import { messageOf } from "../errors.ts";
import { groupBy } from "../group-by.ts";
import type { NameParts } from "../sql/name-parts.ts";

export interface DroppedObject {
  readonly name: NameParts;
  readonly type: ObjectType;
}

export interface CleanFailure {
  /** Name of the object or environment that stays. */
  readonly what: string;
  readonly message: string;
}

/** So many in one transaction, where dropping is transactional: each commit there waits for the disk. */
const together = 500;

export async function dropObjects(
  engine: Engine,
  objects: readonly DroppedObject[],
): Promise<readonly CleanFailure[]> {
  const failures: CleanFailure[] = [];
  for (const group of groupsOf(engine, objects)) {
    const texts = group.map(({ name, type }) => engine.statements.drop(name, type));
    const done =
      group.length > 1 &&
      (await engine
        .transaction(async (session) => {
          for (const text of texts) await session.run(text);
          return true;
        })
        .catch(() => false));
    if (!done) failures.push(...(await dropOneByOne(engine, group)));
  }
  return failures;
}

async function dropOneByOne(
  engine: Engine,
  objects: readonly DroppedObject[],
): Promise<readonly CleanFailure[]> {
  const failures: CleanFailure[] = [];
  for (const { name, type } of objects) {
    try {
      await engine.run(engine.statements.drop(name, type));
    } catch (error) {
      failures.push({ what: describeName(name), message: messageOf(error) });
    }
  }
  return failures;
}

/** What may be dropped in one transaction: of one catalog, where transactions do not reach further. */
function groupsOf(engine: Engine, objects: readonly DroppedObject[]): readonly (readonly DroppedObject[])[] {
  if (!engine.traits.transactionalDdl) return objects.map((object) => [object]);
  const byCatalog = groupBy(objects, ({ name }) => name.catalog ?? "");
  const groups: (readonly DroppedObject[])[] = [];
  for (const list of byCatalog.values()) {
    for (let at = 0; at < list.length; at += together) groups.push(list.slice(at, at + together));
  }
  return groups;
}
