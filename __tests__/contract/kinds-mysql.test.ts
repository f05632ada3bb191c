import { afterAll, beforeAll, describe } from "vitest";
import type { TestServer } from "../../scripts/mariadb/server.ts";
import { hasMariadb, startMariadb } from "../../scripts/mariadb/server.ts";
import { openMysql } from "../../src/engine/mysql/mysql.ts";
import { kindsContract } from "./kinds.suite.ts";

describe.runIf(hasMariadb())("on a server", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  kindsContract("mysql", () => openMysql(server.connection));
});
