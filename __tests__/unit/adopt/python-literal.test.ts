import { expect, test } from "vitest";
import { parsePythonLiteral } from "../../../src/adopt/python-literal.ts";

test.each<[string, unknown]>([
  ["{'a': 1, 'b': -2.5, 'c': 'x', 'd': True, 'e': None}", { a: 1, b: -2.5, c: "x", d: true, e: null }],
  [`["it's", 'a\\'b', 'caf\\xe9', 'line\\n']`, ["it's", "a'b", "café", "line\n"]],
  ["{'list': ['a', ['b']], 'pair': (1, 2,)}", { list: ["a", ["b"]], pair: [1, 2] }],
  ["{'column': SqlValue(sql='a.b')}", { column: "a.b" }],
  ["{}", {}],
])("%s", (text, value) => {
  expect(parsePythonLiteral(text)).toEqual(value);
});

test.each(["datetime.date(2024, 1, 1)", "{'a': 1", "{1: 2}", "f('x')", "1 + 1", "'a' 'b'"])(
  "%s is not one literal, so it proves nothing",
  (text) => {
    expect(parsePythonLiteral(text)).toBeUndefined();
  },
);
