/** An engine for plans without credentials: DuckDB in memory for its own models, else facts alone that refuse every statement. */
import type { OpenOptions } from "../engine/connection.ts";
import type { Engine } from "../engine/engine.ts";
import { openEngine } from "../engine/open.ts";
import { SluiceError } from "../errors.ts";
import type { DialectFamily } from "../sql/dialect.ts";

export async function openOffline(family: DialectFamily, options: OpenOptions): Promise<Engine> {
  if (family === "duckdb") return openEngine({ type: "duckdb", database: null }, options);
  return factsOnly(family);
}

/** What building a plan reads of an engine; everything else throws. */
function factsOnly(family: DialectFamily): Engine {
  const facts = {
    type: family,
    flavour: family,
    version: "",
    location: "no warehouse",
    family,
    traits: {
      transactionalDdl: false,
      transactions: true,
      crossCatalogTransactions: true,
      switch: "rename",
      maxIdentifierLength: 64,
      catalogs: false,
      userLocks: false,
      singleProcess: false,
      everyViewText: false,
      renameWaits: false,
      lockingInsert: false,
      concurrency: 1,
    },
    defaultCatalog: undefined,
    registerComments: true,
    [Symbol.asyncDispose]: async () => {},
  } as const;
  return new Proxy(facts as unknown as Engine, {
    get(target, key) {
      if (key in target) return Reflect.get(target, key) as unknown;
      // A promise asks every value whether it is one.
      if (key === "then") return undefined;
      throw new SluiceError("NOT_SUPPORTED", "this plan is made without a warehouse, which cannot be asked", {
        hint: "Give the job credentials, or leave out what needs them.",
        details: { asked: String(key) },
      });
    },
  });
}
