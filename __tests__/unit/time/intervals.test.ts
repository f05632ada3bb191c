import { describe, expect, test } from "vitest";
import {
  coversInterval,
  hullOf,
  type Interval,
  intersectIntervals,
  mergeIntervals,
  subtractIntervals,
} from "../../../src/time/intervals.ts";

const cases: readonly {
  a: Interval[];
  b: Interval[];
  union: Interval[];
  minus: Interval[];
  both: Interval[];
}[] = [
  { a: [], b: [[1, 2]], union: [[1, 2]], minus: [], both: [] },
  { a: [[0, 10]], b: [], union: [[0, 10]], minus: [[0, 10]], both: [] },
  {
    a: [[0, 10]],
    b: [[3, 5]],
    union: [[0, 10]],
    minus: [
      [0, 3],
      [5, 10],
    ],
    both: [[3, 5]],
  },
  { a: [[0, 10]], b: [[10, 12]], union: [[0, 12]], minus: [[0, 10]], both: [] },
  {
    a: [
      [0, 4],
      [6, 9],
    ],
    b: [[3, 7]],
    union: [[0, 9]],
    minus: [
      [0, 3],
      [7, 9],
    ],
    both: [
      [3, 4],
      [6, 7],
    ],
  },
  {
    a: [
      [6, 9],
      [0, 4],
      [2, 3],
    ],
    b: [[-5, 20]],
    union: [[-5, 20]],
    minus: [],
    both: [
      [0, 4],
      [6, 9],
    ],
  },
  {
    a: [[0, 10]],
    b: [
      [0, 2],
      [8, 10],
    ],
    union: [[0, 10]],
    minus: [[2, 8]],
    both: [
      [0, 2],
      [8, 10],
    ],
  },
  {
    a: [
      [5, 5],
      [7, 6],
    ],
    b: [[1, 2]],
    union: [[1, 2]],
    minus: [],
    both: [],
  },
];

describe.each(cases)("$a and $b", ({ a, b, union, minus, both }) => {
  test("union", () => expect(mergeIntervals([...a, ...b])).toEqual(union));
  test("difference", () => expect(subtractIntervals(a, b)).toEqual(minus));
  test("intersection", () => expect(intersectIntervals(a, b)).toEqual(both));
});

test.each([
  { wanted: [0, 8], covered: true },
  { wanted: [1, 3], covered: true },
  { wanted: [7, 9], covered: false },
  { wanted: [9, 11], covered: false },
  { wanted: [-1, 1], covered: false },
  { wanted: [10, 12], covered: true },
  { wanted: [30, 30], covered: true },
] as const)("[0,5) + [5,8) + [10,12) cover $wanted: $covered", ({ wanted, covered }) => {
  expect(
    coversInterval(
      [
        [5, 8],
        [0, 5],
        [10, 12],
      ],
      wanted,
    ),
  ).toBe(covered);
});

test("the hull spans the gaps; nothing has none", () => {
  expect(
    hullOf([
      [5, 8],
      [0, 2],
      [3, 3],
    ]),
  ).toEqual([0, 8]);
  expect(hullOf([])).toBeNull();
});
