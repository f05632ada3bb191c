/** Comparison by meaning; differences are lines a person can read. */

/** `path: expected …, got …` for every leaf that differs. */
export function differences(path: string, expected: unknown, actual: unknown): string[] {
  if (JSON.stringify(expected) === JSON.stringify(actual)) return [];
  if (isRecord(expected) && isRecord(actual)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort();
    return keys.flatMap((key) => differences(`${path}.${key}`, expected[key], actual[key]));
  }
  return [`${path}: expected ${show(expected)}, got ${show(actual)}`];
}

/** Order does not count. */
export function setDifferences(
  path: string,
  expected: readonly string[],
  actual: readonly string[],
): string[] {
  const missing = expected.filter((one) => !actual.includes(one));
  const extra = actual.filter((one) => !expected.includes(one));
  return [
    ...(missing.length > 0 ? [`${path}: missing ${missing.join(", ")}`] : []),
    ...(extra.length > 0 ? [`${path}: not expected ${extra.join(", ")}`] : []),
  ];
}

/** SQL as a sequence of characters that carry meaning: no spaces, no quotes around names, no case. */
export function sameSql(expected: string, actual: string): boolean {
  return bareSql(expected) === bareSql(actual);
}

/** Lists are written with brackets or parentheses, and one expression with or without them. */
function bareSql(text: string): string {
  const bare = text
    .replace(/["`\s]/g, "")
    .replace(/\[/g, "(")
    .replace(/\]/g, ")")
    .toLowerCase();
  return /^\([^()]*\)$/.test(bare) ? bare.slice(1, -1) : bare;
}

const typeWords: Readonly<Record<string, string>> = {
  integer: "int",
  int4: "int",
  signed: "bigint",
  int8: "bigint",
  long: "bigint",
  varchar: "text",
  string: "text",
  char: "text",
  nvarchar: "text",
  bpchar: "text",
  longtext: "text",
  mediumtext: "text",
  bool: "boolean",
  float8: "double",
  doubleprecision: "double",
  float4: "float",
  real: "float",
  numeric: "decimal",
  datetime: "timestamp",
  timestampntz: "timestamp",
  timestampwithtimezone: "timestamptz",
  timestampwithouttimezone: "timestamp",
  varbinary: "blob",
  bytea: "blob",
  binary: "blob",
};

/** `INT` = `INTEGER`, `TEXT` = `VARCHAR(10)`; also within lists, structs and maps. */
export function sameType(expected: string, actual: string): boolean {
  return bareType(expected) === bareType(actual);
}

function bareType(type: string): string {
  const text = type
    .toLowerCase()
    .replace(/["`]/g, "")
    .replace(
      /\b(timestamp) with(out)? time zone\b/g,
      (_, word: string, out?: string) => `${word}with${out ?? ""}timezone`,
    )
    .replace(/\bdouble precision\b/g, "double");
  return text
    .replace(/[a-z_][a-z0-9_]*/g, (word) => typeWords[word] ?? word)
    .replace(/\btext\s*\(\s*\d+\s*\)/g, "text")
    .replace(/\bdecimal\b(?!\s*\()/g, "decimal(18,3)")
    .replace(/\s+/g, "");
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function show(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text;
}
