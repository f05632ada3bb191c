/** Reads SQLMesh's state tables: a fixed number of queries, and not one statement that writes. */
import { type Engine, nameKey, type Row } from "../engine/engine.ts";
import { SluiceError } from "../errors.ts";
import { type ForeignProduction, foreignMembers, foreignProduction } from "./foreign-production.ts";

const tables = ["_environments", "_snapshots", "_intervals", "_versions"] as const;

export interface ForeignPlace {
  /** Where SQLMesh keeps its state. */
  readonly engine: Engine;
  readonly schema: string;
  /** Catalog of the warehouse that names without one belong to. */
  readonly defaultCatalog: string | undefined;
}

/** Throws STATE_INVALID where there is no such state or no production in it, PLAN_REFUSED for one that is half promoted. */
export async function readForeignProduction(place: ForeignPlace): Promise<ForeignProduction> {
  const { engine, schema } = place;
  await assertTables(place);
  const from = (table: (typeof tables)[number]): string => engine.name({ schema, table });
  const [environment] = await engine.query(`SELECT * FROM ${from("_environments")} WHERE name = 'prod'`);
  if (environment === undefined) {
    throw new SluiceError("STATE_INVALID", `SQLMesh's state in ${where(place)} has no environment prod`, {
      hint: "Only a production can be taken over.",
    });
  }
  const members = foreignMembers(environment);
  const list = (values: readonly string[]): string =>
    [...new Set(values)].map((value) => engine.literal(value)).join(", ");
  const select = async (table: (typeof tables)[number], key: string, values: readonly string[]) =>
    values.length === 0
      ? ([] as readonly Row[])
      : engine.query(`SELECT * FROM ${from(table)} WHERE ${key} IN (${list(values)})`);
  const snapshots = await select(
    "_snapshots",
    "identifier",
    members.map(({ identifier }) => identifier),
  );
  const intervals = await select(
    "_intervals",
    "name",
    members.map(({ name }) => name),
  );
  const [versions] = await engine.query(`SELECT * FROM ${from("_versions")}`);
  const production = foreignProduction(
    { versions, environment, snapshots, intervals },
    engine.family,
    place.defaultCatalog,
  );
  if (!production.finalized) {
    throw new SluiceError("PLAN_REFUSED", "SQLMesh's last promotion of prod is not complete", {
      hint: "Apply that plan with SQLMesh until it ends, then import.",
    });
  }
  return production;
}

async function assertTables(place: ForeignPlace): Promise<void> {
  const { engine, schema } = place;
  const names = tables.map((table) => ({ schema, table }));
  const found = await engine.objects(names);
  const missing = names.filter((name) => !found.has(nameKey(name)));
  const columns = missing.length > 0 ? [] : await engine.columnsOf({ schema, table: "_snapshots" });
  if (columns.some(({ name }) => name.toLowerCase() === "snapshot")) return;
  throw new SluiceError("STATE_INVALID", `there is no state of SQLMesh in ${where(place)}`, {
    hint: "Name its schema with --from when it is another one.",
  });
}

function where({ engine, schema }: ForeignPlace): string {
  return `schema ${schema} of ${engine.location}`;
}
