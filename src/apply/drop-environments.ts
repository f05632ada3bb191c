/** Takes expired environments out of the warehouse and then out of state: our views, and the schemas left empty. */
import type { Engine } from "../engine/engine.ts";
import { nameKey } from "../engine/engine.ts";
import type { ObsoleteEnvironment } from "../environment/cleanup.ts";
import type { EnvironmentName } from "../environment/environment.ts";
import { describeName } from "../environment/naming.ts";
import { messageOf, SluiceError } from "../errors.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { CleanFailure, DroppedObject } from "./drop-objects.ts";
import { dropObjects } from "./drop-objects.ts";

/** What went, or would go, with one environment; names as dotted text. */
export interface CleanedEnvironment {
  readonly name: EnvironmentName;
  readonly version: number;
  readonly views: readonly string[];
  readonly schemas: readonly string[];
  /** Schemas that stay because of what others put there. */
  readonly keptSchemas: readonly { readonly schema: string; readonly holds: readonly string[] }[];
  /** Empty when all of it went. */
  readonly failures: readonly CleanFailure[];
}

/**
 * `forget` takes the environment's record away once its views are gone; null = only say what would be done.
 * An environment that fails stays as it is on record, and does not keep the others.
 */
export async function dropEnvironments(
  engine: Engine,
  obsolete: readonly ObsoleteEnvironment[],
  forget: ((name: EnvironmentName) => Promise<void>) | null,
): Promise<readonly CleanedEnvironment[]> {
  const objects = await engine.objects(obsolete.flatMap(({ views }) => views));
  const cleaned: CleanedEnvironment[] = [];
  for (const one of obsolete) {
    // A table under the name of a view is somebody else's.
    const views = one.views.filter((view) => objects.get(nameKey(view)) === "view");
    cleaned.push(await dropOne(engine, one, views, forget));
  }
  return cleaned;
}

async function dropOne(
  engine: Engine,
  { environment, schemas }: ObsoleteEnvironment,
  views: readonly NameParts[],
  forget: ((name: EnvironmentName) => Promise<void>) | null,
): Promise<CleanedEnvironment> {
  const { name, version } = environment;
  const result = { name, version, views: views.map(describeName) };
  const dry = forget === null;
  const failures: CleanFailure[] = [];
  const dropped: string[] = [];
  const kept: CleanedEnvironment["keptSchemas"][number][] = [];
  try {
    const objects = views.map((view): DroppedObject => ({ name: view, type: "view" }));
    if (!dry) failures.push(...(await dropObjects(engine, objects)));
    for (const schema of failures.length > 0 ? [] : schemas) {
      const text = schemaText(schema);
      // Looked at right before it is dropped: not every warehouse refuses to drop a schema that is in use.
      const holds = foreignTo(schema, await contentsOf(engine, schema), dry ? views : []);
      if (holds.length > 0) kept.push({ schema: text, holds });
      else {
        if (!dry) await engine.run(engine.statements.dropSchema(schema));
        dropped.push(text);
      }
    }
    if (!dry && failures.length === 0) await forget(name);
  } catch (error) {
    if (error instanceof SluiceError && (error.code === "LOCK_LOST" || error.code === "CANCELLED"))
      throw error;
    failures.push({ what: name, message: messageOf(error) });
  }
  return { ...result, schemas: dropped, keptSchemas: kept, failures };
}

async function contentsOf(engine: Engine, schema: NameParts): Promise<readonly string[]> {
  const rows = await engine.query(engine.statements.listSchema(schema));
  return rows.map((row) => String(row["name"])).sort();
}

/** Without the views of ours that are about to go. */
function foreignTo(
  schema: NameParts,
  contents: readonly string[],
  views: readonly NameParts[],
): readonly string[] {
  const ours = views.filter((view) => schemaText(view) === schemaText(schema));
  const names = new Set(ours.map(({ table }) => table.toLowerCase()));
  return contents.filter((name) => !names.has(name.toLowerCase()));
}

function schemaText({ catalog, schema }: NameParts): string {
  return [catalog, schema].filter((part) => part !== undefined).join(".");
}
