/** Descriptions kept in the warehouse, on production tables and views only (spec plan-and-apply 10.9, 12.2). */
import { type ObjectType, runAll, type Session } from "../engine/engine.ts";
import type { Model } from "../model/model.ts";
import type { Column, NameParts } from "../sql/name-parts.ts";
import type { ApplyContext } from "./context.ts";

/** Whether there is anything to write. */
export function hasComments({ engine }: Pick<ApplyContext, "engine">, model: Model): boolean {
  return engine.registerComments && (model.description !== undefined || describesColumns(model));
}

function describesColumns({ columnDescriptions }: Model): boolean {
  return Object.keys(columnDescriptions).length > 0;
}

/** Comments on the object and those of its columns that exist. */
export async function writeComments(
  context: ApplyContext,
  session: Session,
  object: NameParts,
  type: ObjectType,
  model: Model,
): Promise<void> {
  if (!hasComments(context, model)) return;
  const { engine } = context;
  const present = describesColumns(model) ? await engine.columnsOf(object, session) : [];
  const types = present.flatMap(({ name, type }) => (type === null ? [] : [[name, type] as const]));
  const comments = {
    ...(model.description === undefined ? {} : { description: model.description }),
    columns: columnComments(present, model),
    types: Object.fromEntries(types),
  };
  await runAll(session, engine.statements.comment(object, type, comments));
}

function columnComments(columns: readonly Column[], model: Model): Readonly<Record<string, string>> {
  const wanted = new Map(
    Object.entries(model.columnDescriptions).map(([name, text]) => [name.toLowerCase(), text]),
  );
  return Object.fromEntries(
    columns.flatMap(({ name }) => {
      const text = wanted.get(name.toLowerCase());
      return text === undefined ? [] : [[name, text] as const];
    }),
  );
}
