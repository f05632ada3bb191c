/** From connection connection to an open engine; each driver is loaded only when its type is asked for. */
import type { Connection, OpenOptions } from "./connection.ts";
import type { Engine } from "./engine.ts";

/** Throws whatever the engine throws while opening. */
export async function openEngine(connection: Connection, options: OpenOptions): Promise<Engine> {
  switch (connection.type) {
    case "duckdb": {
      const { openDuckdb } = await import("./duckdb/duckdb.ts");
      return openDuckdb(connection, options);
    }
    default: {
      const { openMysql } = await import("./mysql/mysql.ts");
      return openMysql(connection);
    }
  }
}
