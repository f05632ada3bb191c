/** How a server is named in sentences. */
import { expect, test } from "vitest";
import { openMysql } from "../../../../src/engine/mysql/mysql.ts";
import { locationOf } from "../../../../src/engine/mysql/opening.ts";

const login = { type: "mariadb", user: "nobody", password: "" } as const;

test("host and port, or the path of a socket", () => {
  expect(locationOf({ ...login, host: "db" })).toBe("db:3306");
  expect(locationOf({ ...login, host: "db", port: 3307 })).toBe("db:3307");
  expect(locationOf({ ...login, host: "/run/mysqld/mysqld.sock" })).toBe("/run/mysqld/mysqld.sock");
});

test("a socket where no server listens", async () => {
  const opening = openMysql({ ...login, host: "/nowhere/mysqld.sock" });
  await expect(opening).rejects.toThrow(/^The server at \/nowhere\/mysqld\.sock cannot be used: /);
});
