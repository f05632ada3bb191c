/** With readers and writers on the server all the time. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasMariadb, startMariadb, type TestServer } from "../../../scripts/mariadb/server.ts";
import { restatement, rollback } from "./scenarios.ts";
import { goThrough, killSuite } from "./suite.ts";
import { mysqlPlace } from "./warehouse.ts";

describe.runIf(hasMariadb())("on a server", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  killSuite((files) => mysqlPlace(server, files));

  test("a rebuilt table is swapped, and what follows is not done", { timeout: 240_000 }, async () => {
    await goThrough(
      (files) => mysqlPlace(server, files),
      restatement,
      (statements) => {
        const swap = statements.findIndex((sql) => /^RENAME TABLE .* TO .*, .* TO /.test(sql));
        expect(swap).toBeGreaterThan(0);
        // Right before it, right after it, and before the record of it is committed.
        return [swap + 1, swap + 2, swap + 3, swap + 4];
      },
    );
  });

  test("a rollback, around the rename of its views", { timeout: 240_000 }, async () => {
    await goThrough(
      (files) => mysqlPlace(server, files),
      rollback,
      (statements) => {
        const moves = statements.findIndex((sql) => /^RENAME TABLE .* TO .*, .* TO /.test(sql));
        expect(moves).toBeGreaterThan(0);
        return [moves, moves + 1, moves + 2, moves + 3, statements.length - 1];
      },
    );
  });
});
