import { afterAll, beforeAll, describe } from "vitest";
import type { TestServer } from "../../scripts/mariadb/server.ts";
import { hasMariadb, startMariadb } from "../../scripts/mariadb/server.ts";
import { openMysql } from "../../src/engine/mysql/mysql.ts";
import { openState } from "../../src/state/sql-state.ts";
import { stateContract } from "./state.suite.ts";

const times = { lease: 30_000, heartbeat: 5_000, poll: 20 };

describe.runIf(hasMariadb())("on a server", () => {
  let server: TestServer;
  let schemas = 0;
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  stateContract("mysql", async () => {
    const engine = await openMysql(server.connection);
    const schema = `state_${++schemas}`;
    const state = await openState(engine, { tool: "0.0.0", schema, lease: times });
    return { state, close: async () => engine[Symbol.asyncDispose]() };
  });
});
