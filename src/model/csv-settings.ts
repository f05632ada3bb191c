/** `csv_settings` of a seed (spec project-format 9.1). */
import { type HeaderSource, type HeaderValue, headerError } from "../sql/header.ts";
import { readBoolean, readList, readPairs, readText } from "../sql/header-values.ts";
import type { CsvSettings } from "./model.ts";
import { didYouMean } from "./nearest.ts";

const texts = {
  delimiter: "delimiter",
  quotechar: "quotechar",
  escapechar: "escapechar",
  lineterminator: "lineterminator",
  encoding: "encoding",
} as const;
const booleans = {
  doublequote: "doublequote",
  skipinitialspace: "skipinitialspace",
  keep_default_na: "keepDefaultNa",
} as const;
const names = [...Object.keys(texts), ...Object.keys(booleans), "na_values"];

/** Throws MODEL_INVALID for a setting that does not exist. */
export function parseCsvSettings(
  pairs: ReadonlyMap<string, HeaderValue>,
  line: number,
  source: HeaderSource,
): CsvSettings {
  const settings: Record<string, unknown> = {};
  for (const [written, value] of pairs) {
    const key = written.toLowerCase();
    if (Object.hasOwn(texts, key))
      settings[texts[key as keyof typeof texts]] = unescaped(readText(value, source));
    else if (Object.hasOwn(booleans, key))
      settings[booleans[key as keyof typeof booleans]] = readBoolean(value, source);
    else if (key === "na_values") settings["naValues"] = naValues(value, source);
    else
      throw headerError(
        source,
        line,
        `there is no csv setting ${written}`,
        didYouMean(key, names, `The settings are ${names.join(", ")}.`),
      );
  }
  return settings;
}

/** `'\t'` means a tab, as do its relatives. */
function unescaped(text: string): string {
  const known: Readonly<Record<string, string>> = {
    "\\t": "\t",
    "\\n": "\n",
    "\\r\\n": "\r\n",
    "\\r": "\r",
    "\\\\": "\\",
  };
  return known[text] ?? text;
}

/** A list for all columns, or `(column = (…), …)`. */
function naValues(value: HeaderValue, source: HeaderSource): CsvSettings["naValues"] {
  const items = readList(value, source);
  if (items.some((item) => /^(?:"[^"]*"|`[^`]*`|\w+)\s*:?=/.test(item.text))) {
    const pairs = [...readPairs(value, source)];
    return Object.fromEntries(
      pairs.map(([column, list]) => [column, readList(list, source).map((item) => readText(item, source))]),
    );
  }
  return items.map((item) => readText(item, source));
}
