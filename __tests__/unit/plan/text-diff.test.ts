import { describe, expect, test } from "vitest";
import { unifiedDiff } from "../../../src/plan/text-diff.ts";

const lines = (text: string) => text.split(" ");

describe("a difference of lines", () => {
  test.each([
    { why: "nothing", before: "a b c", after: "a b c", diff: "" },
    { why: "a line in the middle", before: "a b c", after: "a x c", diff: "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c" },
    { why: "a line more at the end", before: "a b", after: "a b c", diff: "@@ -1,2 +1,3 @@\n a\n b\n+c" },
    { why: "a line less at the start", before: "a b", after: "b", diff: "@@ -1,2 +1,1 @@\n-a\n b" },
    {
      why: "far apart changes in two hunks",
      before: "a 1 2 3 4 5 6 7 8 b",
      after: "x 1 2 3 4 5 6 7 8 y",
      diff: "@@ -1,4 +1,4 @@\n-a\n+x\n 1\n 2\n 3\n@@ -7,4 +7,4 @@\n 6\n 7\n 8\n-b\n+y",
    },
  ])("$why", ({ before, after, diff }) => {
    expect(unifiedDiff(lines(before), lines(after))).toBe(diff);
  });

  test("of everything against nothing", () => {
    expect(unifiedDiff([], ["a"])).toBe("@@ -0,0 +1,1 @@\n+a");
  });

  test("can be applied: minus lines are the old text, plus lines the new one", () => {
    const before = lines("q w e r t y u i o p");
    const after = lines("w e x t y z u o p q");
    const edits = unifiedDiff(before, after)
      .split("\n")
      .filter((line) => !line.startsWith("@@"));
    expect(edits.filter((line) => line[0] !== "+").map((line) => line.slice(1))).toEqual(before);
    expect(edits.filter((line) => line[0] !== "-").map((line) => line.slice(1))).toEqual(after);
  });

  test("of huge texts is given up rather than computed", () => {
    const many = (from: number) => Array.from({ length: 3000 }, (_, i) => `line ${i * 2 + from}`);
    expect(unifiedDiff(many(0), many(1)).split("\n").length).toBe(6001);
  });
});
