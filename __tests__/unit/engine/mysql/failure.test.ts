/** What a server's numbers mean: tried again, told with a hint, or the end. */
import { describe, expect, test } from "vitest";
import {
  isConflict,
  isLost,
  wrapFailure,
  wrapOpening,
  wrapUnknownCommit,
} from "../../../../src/engine/mysql/failure.ts";
import { readFault } from "../../../../src/engine/mysql/syntax.ts";
import { SluiceError } from "../../../../src/errors.ts";

const server = (errno: number, sqlMessage = "words of the server") =>
  Object.assign(new Error(sqlMessage), { errno, sqlMessage });

test.each([1205, 1213, 1020, 9007])("%d is a conflict, wrapped or not", (errno) => {
  expect([isConflict(server(errno)), isConflict(wrapFailure(server(errno), "SELECT 1"))]).toEqual([
    true,
    true,
  ]);
});

test.each([
  { error: server(2013), lost: true },
  { error: server(1927), lost: true },
  { error: Object.assign(new Error("read"), { code: "ECONNRESET", errno: -104 }), lost: true },
  { error: new Error("Can't add new command when connection is in closed state"), lost: true },
  { error: server(1146), lost: false },
  { error: new Error("anything"), lost: false },
])("$error.message: lost $lost", ({ error, lost }) => {
  expect([isLost(error), isLost(wrapFailure(error, "SELECT 1"))]).toEqual([lost, lost]);
});

test("a server that cannot be reached again is not a lost connection", () => {
  const refused = Object.assign(new Error(""), { code: "ECONNREFUSED" });
  const failure = wrapOpening(refused, "db:3306");
  expect(isLost(failure)).toBe(false);
  expect(failure.sentence).toContain("The server at db:3306 cannot be used: ECONNREFUSED.");
});

test("a commit without an answer is never tried again", () => {
  const failure = wrapUnknownCommit(server(2013));
  expect([isLost(failure), isConflict(failure)]).toEqual([false, false]);
  expect(failure.hint).toContain("journal");
});

describe.each([
  { errno: 1153, hint: "max_allowed_packet" },
  { errno: 1114, hint: "room" },
  { errno: 1142, hint: "privilege" },
  { errno: 1290, hint: "written to" },
  { errno: 1040, hint: "concurrent_tasks" },
  { errno: 3750, hint: "primary_key" },
])("$errno", ({ errno, hint }) => {
  test("keeps the server's words, the statement and a hint", () => {
    const failure = wrapFailure(server(errno), "INSERT INTO t");
    expect(failure).toMatchObject({
      code: "ENGINE_FAILED",
      message: "words of the server",
      details: { statement: "INSERT INTO t", errno },
    });
    expect(failure.hint).toContain(hint);
  });
});

test("an interrupted statement is a cancel", () => {
  expect(wrapFailure(server(1317), "SELECT 1").code).toBe("CANCELLED");
});

test("what is wrapped already stays as it is", () => {
  const error = new SluiceError("AUDIT_FAILED", "no");
  expect(wrapFailure(error, "SELECT 1")).toBe(error);
});

test.each([
  {
    message:
      "You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'FORM t' at line 2",
    query: "SELECT a\nFORM t",
    offset: 9,
  },
  { message: "… near '' at line 3", query: "SELECT a\nFROM t\nWHERE", offset: 16 },
])("a fault of grammar stands at $offset", ({ message, query, offset }) => {
  expect(readFault(message, query).offset).toBe(offset);
});
