/** Readers and writers that hammer a server while something else happens. DuckDB lets one process in, so there is none. */
import { openWarehouse, type Warehouse } from "./warehouse.ts";

export interface Load {
  /** What was read, each state once; throws for the first read that failed. */
  stop(): Promise<{ readonly seen: ReadonlySet<string>; readonly reads: number }>;
}

export async function putLoad(warehouse: Warehouse, reads: string): Promise<Load> {
  if (warehouse.type === "duckdb") return { stop: async () => ({ seen: new Set(), reads: 0 }) };
  const engine = await openWarehouse(warehouse);
  const seen = new Set<string>();
  let count = 0;
  let stopped = false;
  const reading = async () => {
    while (!stopped) {
      seen.add(JSON.stringify((await engine.query(reads)).map(asText)));
      count++;
    }
  };
  const writing = async () => {
    while (!stopped) {
      await engine.run("INSERT INTO marks.log VALUES (0, 'load')");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const working = Promise.all([reading(), reading(), writing()]);
  // Told when it is stopped.
  working.catch(() => {});
  return {
    async stop() {
      stopped = true;
      try {
        await working;
      } finally {
        await engine[Symbol.asyncDispose]();
      }
      return { seen, reads: count };
    },
  };
}

/** Values as text, so that drivers do not differ. */
export function asText(row: Readonly<Record<string, unknown>>): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value === null ? null : value instanceof Date ? value.toISOString() : String(value),
    ]),
  );
}
