/**
 * Whether a seed file holds what SQLMesh loaded. It keeps a checksum of each column, over the JSON its reader makes of the
 * values; a checksum of ours that is equal proves the content, any other proves nothing.
 */
import { crc32 } from "node:zlib";
import type { Model } from "../model/model.ts";
import { parseCsv } from "../model/seed-columns.ts";
import { objectOf, type Recorded, textOf } from "./recorded.ts";

/** Words of what differs or cannot be told. */
export function seedDifferences(model: Model, node: Recorded): readonly string[] {
  if (model.seed === undefined || model.kind.name !== "SEED") return ["seed"];
  const content = textOf(objectOf(node["seed"])?.["content"]);
  if (content !== null)
    return content.trim() === model.seed.content.trim() ? [] : ["content of the seed file"];
  const recorded = objectOf(node["column_hashes"]);
  if (recorded === null) return ["content of the seed file, which SQLMesh did not keep"];
  const [header = [], ...rows] = parseCsv(model.seed.content, model.kind.csv, { file: model.path });
  const names = header.map((name) => name.trim());
  const there = new Map(Object.entries(recorded).map(([name, hash]) => [name.toLowerCase(), textOf(hash)]));
  if (there.size !== names.length) return ["columns of the seed file"];
  return names.flatMap((name, at) => {
    const hash = there.get(name.toLowerCase());
    const values = rows.map((row) => row[at] ?? "");
    return hash !== undefined && columnTexts(values).some((text) => String(crc32(text)) === hash)
      ? []
      : [`content of column ${name}`];
  });
}

/** The JSON of a column under every type its values may be read as. */
function columnTexts(values: readonly string[]): readonly string[] {
  return [asNumbers(values), asFlags(values), asTexts(values)].flatMap((cells) =>
    cells === null ? [] : [`{${cells.map((cell, at) => `"${at}":${cell}`).join(",")}}`],
  );
}

const absent: ReadonlySet<string> = new Set(
  "|#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null".split(
    "|",
  ),
);

/** Whole numbers stay whole only while no value is missing. */
function asNumbers(values: readonly string[]): readonly string[] | null {
  const known = values.filter((value) => !absent.has(value));
  if (!known.every((value) => /^\s*[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?\s*$/.test(value))) return null;
  const whole = known.length === values.length && known.every((value) => /^\s*[-+]?\d+\s*$/.test(value));
  return values.map((value) => {
    if (absent.has(value)) return "null";
    const number = Number(value);
    if (whole) return String(number);
    const rounded = String(Number(number.toFixed(10)));
    return /[.e]/.test(rounded) ? rounded : `${rounded}.0`;
  });
}

function asFlags(values: readonly string[]): readonly string[] | null {
  if (!values.every((value) => /^(true|false)$/i.test(value))) return null;
  return values.map((value) => value.toLowerCase());
}

function asTexts(values: readonly string[]): readonly string[] {
  return values.map((value) => (absent.has(value) ? "null" : jsonText(value)));
}

/** As its reader's JSON writes a text: slashes and everything beyond ASCII are escaped. */
function jsonText(value: string): string {
  return JSON.stringify(value)
    .replaceAll("/", "\\/")
    .replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
