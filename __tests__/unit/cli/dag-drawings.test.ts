import { expect, test } from "vitest";
import { around, dot, mermaid, tree } from "../../../src/cli/dag-drawings.ts";

const node = (name: string, ...reads: string[]) => ({
  name,
  kind: "VIEW",
  reads,
  path: `models/${name}.sql`,
});
const nodes = [node("a", "raw.x"), node("b", "a"), node("c", "a"), node("d", "b", "c"), node("alone")];
const plain = (_: string, text: string) => text;

test("a tree names every model once in full, below what it reads", () => {
  expect(tree(nodes, plain)).toBe(
    [
      "raw.x EXTERNAL",
      "└─ a VIEW",
      "   ├─ b VIEW",
      "   │  └─ d VIEW",
      "   └─ c VIEW",
      "      └─ → d",
      "alone VIEW",
    ].join("\n"),
  );
});

test("a selection keeps what it reads and what reads it", () => {
  expect(around(nodes, ["b"]).map((each) => each.name)).toEqual(["a", "b", "d"]);
  expect(() => around(nodes, ["aloe"])).toThrow(/no model aloe/);
});

test("drawings quote names", () => {
  const odd = [node('a"]; b', "raw.x")];
  expect(dot(odd)).toContain('n0 [label="a\\"]; b"];');
  expect(mermaid(odd)).toContain('n0["a#34;#93;#59; b"]');
  expect(mermaid(odd)).toContain("n1 --> n0");
});
