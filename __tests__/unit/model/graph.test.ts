import { describe, expect, test } from "vitest";
import { buildGraph } from "../../../src/model/graph.ts";
import type { ModelName } from "../../../src/model/model.ts";

const names = (...list: string[]): ModelName[] => list as ModelName[];
const graphOf = (edges: Readonly<Record<string, readonly string[]>>) =>
  buildGraph(
    Object.entries(edges).map(([name, dependsOn]) => ({
      name: name as ModelName,
      dependsOn: dependsOn as ModelName[],
      path: `models/${name}.sql`,
    })),
  );

test("parents come first, names decide ties, the order of writing does not", () => {
  const edges = { d: ["b", "c"], c: ["a"], b: ["a", "external"], a: [], z: [] };
  const order = ["a", "z", "b", "c", "d"];
  expect(graphOf(edges).order).toEqual(order);
  expect(graphOf(Object.fromEntries(Object.entries(edges).toReversed())).order).toEqual(order);
});

test("ancestors and descendants are transitive and exclude the start", () => {
  const graph = graphOf({ a: [], b: ["a"], c: ["b"], d: ["a"], e: ["e", "d"] });
  expect([...graph.ancestors(names("c"))].sort()).toEqual(["a", "b"]);
  expect([...graph.descendants(names("a"))].sort()).toEqual(["b", "c", "d", "e"]);
  expect(graph.parents("e" as ModelName)).toEqual(["d"]);
  expect(graph.children("b" as ModelName)).toEqual(["c"]);
});

describe("circles", () => {
  test.each([
    { edges: { a: ["b"], b: ["a"] }, circle: "a → b → a" },
    { edges: { start: ["x"], x: ["y"], y: ["z"], z: ["x"] }, circle: "x → y → z → x" },
    { edges: { root: [], a: ["root", "c"], b: ["a"], c: ["b"], leaf: ["c"] }, circle: "a → c → b → a" },
  ])("$circle", ({ edges, circle }) => {
    expect(() => graphOf(edges)).toThrow(circle);
  });
});

test("a chain of 20,000 models does not exhaust the stack", () => {
  const edges = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, i) => [`m${i}`, i === 0 ? [] : [`m${i - 1}`]]),
  );
  const graph = graphOf(edges);
  expect(graph.order.at(-1)).toBe("m19999");
  expect(graph.ancestors(names("m19999")).size).toBe(19_999);
});
