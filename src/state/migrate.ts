/** Brings the state tables to this Sluice's version, or refuses those of a newer one. */
import { type Engine, runAll, type Session } from "../engine/engine.ts";
import { SluiceError } from "../errors.ts";
import { alone } from "./presence.ts";
import { migrations, tablesIn, versionColumns } from "./tables.ts";

/** Version of the tables as they are; 0 = none yet. Throws STATE_NEWER. */
export async function readSchemaVersion(engine: Engine, schema: string): Promise<number> {
  const table = { schema, table: "_versions" };
  const columns = await engine.columnsOf(table);
  if (columns.length === 0) return 0;
  if (!columns.some(({ name }) => name.toLowerCase() === "tool")) throw foreignState(schema);
  const rows = await engine.query(`SELECT version, tool FROM ${engine.name(table)} ORDER BY version DESC`);
  const version = Number(rows[0]?.["version"] ?? 0);
  const known = migrations(engine, schema).length;
  if (version > known) {
    throw new SluiceError(
      "STATE_NEWER",
      `The state in schema ${schema} has version ${version}, written by Sluice ${rows[0]?.["tool"]}; this Sluice knows up to ${known}.`,
      { hint: "Use the newer Sluice." },
    );
  }
  return version;
}

function foreignState(schema: string): SluiceError {
  return new SluiceError("STATE_INVALID", `The schema ${schema} holds the state of another tool.`, {
    hint: "Give state_schema in config.yaml a name of its own; sluice import-state takes over what SQLMesh built.",
  });
}

/**
 * Runs what is missing, in one transaction where DDL has them; every statement bears repeating where it has not. The version that is reached.
 * Throws STATE_NEWER.
 */
export async function migrateState(engine: Engine, schema: string, tool: string): Promise<number> {
  const from = await readSchemaVersion(engine, schema);
  const all = migrations(engine, schema);
  if (from === all.length) return from;
  await engine.run(engine.statements.createSchema({ schema }));
  await alone(engine, `migrate ${schema}`, () => runMigrations(engine, schema, tool, all));
  // Another process may have gone further meanwhile.
  return readSchemaVersion(engine, schema);
}

function runMigrations(
  engine: Engine,
  schema: string,
  tool: string,
  all: ReturnType<typeof migrations>,
): Promise<void> {
  return engine.transaction(async (session) => {
    await session.run(
      engine.statements.createTable({ schema, table: "_versions" }, versionColumns, { ifNotExists: true }),
    );
    // Another process may have been faster.
    const reached = await reachedIn(session, engine, schema);
    for (let version = reached + 1; version <= all.length; version++) {
      await runAll(session, all[version - 1] ?? []);
      await session.run(
        `INSERT INTO ${tablesIn(engine, schema)("_versions")} (version, tool) VALUES (${version}, ${engine.literal(tool)})`,
      );
    }
  });
}

async function reachedIn(session: Session, engine: Engine, schema: string): Promise<number> {
  const rows = await session.query(
    `SELECT MAX(version) AS version FROM ${tablesIn(engine, schema)("_versions")}`,
  );
  return Number(rows[0]?.["version"] ?? 0);
}
