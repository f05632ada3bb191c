/** Canonical JSON (RFC 8785) and SHA-256: equal values have equal digests on every machine. */
import { hash } from "node:crypto";
import type { Branded } from "./brand.ts";

/** 64 lower-case hexadecimal digits. */
export type Digest = Branded<string, "Digest">;

/**
 * RFC 8785 text of a JSON value: keys sorted by UTF-16 code units, no spaces, ECMAScript number format.
 * Members that are `undefined` are left out, as in JSON.stringify.
 */
export function canonicalJson(value: unknown): string {
  const sorted = sortKeys(value);
  return sorted === unsortable ? spell(value) : (JSON.stringify(sorted) ?? "null");
}

const unsortable = Symbol("unsortable");

/** A copy whose keys stand in order: writing that is twice as fast as spelling. `unsortable` where a key has a place of its own. */
function sortKeys(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    const items = value.map(sortKeys);
    return items.includes(unsortable) ? unsortable : items;
  }
  const record = value as Record<string, unknown>;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(record).sort()) {
    const member = sortKeys(record[key]);
    if (member === unsortable || hasOwnPlace(key)) return unsortable;
    copy[key] = member;
  }
  return copy;
}

/** Objects put keys like `10` first, in the order of numbers, `__proto__` is no member, and `toJSON` would be called. */
function hasOwnPlace(key: string): boolean {
  const first = key.charCodeAt(0);
  return (first >= 48 && first <= 57) || key === "__proto__" || key === "toJSON";
}

function spell(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(spell).join(",")}]`;
  const record = value as Record<string, unknown>;
  const members = Object.keys(record)
    .filter((key) => record[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${spell(record[key])}`);
  return `{${members.join(",")}}`;
}

/** SHA-256 of UTF-8 text or of bytes. */
export function sha256(content: string | Uint8Array): Digest {
  return hash("sha256", content, "hex") as Digest;
}

/** SHA-256 of the canonical JSON of a value. */
export function digestOf(value: unknown): Digest {
  return sha256(canonicalJson(value));
}

const base32 = "abcdefghijklmnopqrstuvwxyz234567";

/** The first 64 bits of a SHA-256 as 13 base32 letters: short enough for table names, long enough not to collide. */
export function shortHash(content: string): string {
  const digits = hash("sha256", content, "hex");
  let high = Number.parseInt(digits.slice(0, 8), 16);
  let low = Number.parseInt(digits.slice(8, 16), 16);
  const codes = new Array<number>(13);
  for (let i = 12; i >= 0; i--) {
    codes[i] = base32.charCodeAt(low & 31);
    low = ((low >>> 5) | (high << 27)) >>> 0;
    high >>>= 5;
  }
  return String.fromCharCode(...codes);
}
