import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { canonicalJson, digestOf, sha256, shortHash } from "../../../src/digest.ts";

describe("canonical JSON", () => {
  test.each([
    {
      what: "sorts keys by code units",
      value: { b: 1, a: { d: 1, B: 2 } },
      text: '{"a":{"B":2,"d":1},"b":1}',
    },
    { what: "leaves out undefined members", value: { a: undefined, b: 1 }, text: '{"b":1}' },
    { what: "keeps undefined items as null", value: [undefined, 1], text: "[null,1]" },
    { what: "is null for undefined", value: undefined, text: "null" },
    {
      what: "sorts keys that look like numbers as text",
      value: { 9: 1, 10: 2, a: 3 },
      text: '{"10":2,"9":1,"a":3}',
    },
    { what: "does so at any depth", value: [{ x: { 9: 1, 10: 2 } }], text: '[{"x":{"10":2,"9":1}}]' },
    { what: "calls nothing", value: { toJSON: 1, a: 2 }, text: '{"a":2,"toJSON":1}' },
    { what: "knows no prototype", value: JSON.parse('{"__proto__":1,"a":2}'), text: '{"__proto__":1,"a":2}' },
    {
      what: "writes numbers as ECMAScript does",
      value: [1e21, -0, 0.1, Number.NaN],
      text: "[1e+21,0,0.1,null]",
    },
    { what: "escapes no more than it must", value: 'é\u2028"\n', text: '"é\u2028\\"\\n"' },
  ])("$what", ({ value, text }) => {
    expect(canonicalJson(value)).toBe(text);
    expect(digestOf(value)).toBe(sha256(text));
  });
});

test("a short hash is the first 64 bits of SHA-256 in base 32", () => {
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  for (const content of ["", "shop.orders", "é", "x".repeat(1000)]) {
    let bits = createHash("sha256").update(content).digest().readBigUInt64BE(0);
    let text = "";
    for (let i = 0; i < 13; i++, bits >>= 5n) text = alphabet.charAt(Number(bits & 31n)) + text;
    expect(shortHash(content)).toBe(text);
  }
});
