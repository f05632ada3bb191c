/** What a macro variable holds: SQL text, and the bare text it gives inside names and interpolated strings. */
import { type DialectFamily, quoteIdentifier, quoteString } from "../dialect.ts";
import { type Token, tokenize } from "../lexer.ts";
import { splitAtCommas, unwrapList } from "./argument-list.ts";

/** A value written in configuration: what YAML can say. */
export type ConfiguredValue =
  | string
  | number
  | boolean
  | null
  | readonly ConfiguredValue[]
  | { readonly [key: string]: ConfiguredValue };

/** A macro variable's value. */
export interface MacroText {
  /** What `@x` writes. */
  readonly sql: string;
  /** What `@{x}` and `@'…@x…'` write: the content of a string or a quoted name, else the SQL text. */
  readonly plain: string;
  /** The value is a string literal: where a name is wanted it stands for that name. */
  readonly literal: boolean;
}

/** A value given as SQL text: an argument, a `@DEF`, a blueprint variable. */
export function textOfSql(sql: string, family: DialectFamily): MacroText {
  const trimmed = sql.trim();
  const only = soleToken(trimmed, family);
  if (only?.kind === "string") return { sql: trimmed, plain: stringContent(trimmed, family), literal: true };
  if (only?.kind === "quoted") return { sql: trimmed, plain: nameContent(trimmed), literal: false };
  return { sql: trimmed, plain: trimmed, literal: false };
}

/** A value of the configuration as SQL (spec project-format 5.3). */
export function textOfConfigured(value: ConfiguredValue, family: DialectFamily): MacroText {
  if (value === null) return { sql: "NULL", plain: "NULL", literal: false };
  if (typeof value === "string") return { sql: quoteString(value, family), plain: value, literal: true };
  if (typeof value === "boolean") {
    const text = value ? "TRUE" : "FALSE";
    return { sql: text, plain: text, literal: false };
  }
  if (typeof value === "number") return { sql: String(value), plain: String(value), literal: false };
  const sql = Array.isArray(value)
    ? tupleOf(value, family)
    : mapOf(value as Record<string, ConfiguredValue>, family);
  return { sql, plain: sql, literal: false };
}

function tupleOf(values: readonly ConfiguredValue[], family: DialectFamily): string {
  return `(${values.map((item) => textOfConfigured(item, family).sql).join(", ")})`;
}

function mapOf(value: Readonly<Record<string, ConfiguredValue>>, family: DialectFamily): string {
  const members = Object.entries(value).map(
    ([key, item]) => [quoteString(key, family), textOfConfigured(item, family).sql] as const,
  );
  return family === "duckdb"
    ? `MAP {${members.map(([key, item]) => `${key}: ${item}`).join(", ")}}`
    : `JSON_OBJECT(${members.flat().join(", ")})`;
}

/** The items of `[a, b]` or `(a, b)`; anything else is a list of itself. A subquery in parentheses is one item. */
export function itemsOf(sql: string, family: DialectFamily): string[] {
  const tokens = tokenize(sql, family).filter((token) => token.kind !== "comment");
  const inner = unwrapList(tokens);
  if (inner === null) return sql.trim() === "" ? [] : [sql.trim()];
  return splitAtCommas(inner)
    .filter((part) => part.length > 0)
    .map((part) => sliceOf(sql, part));
}

/** The text from the first to the last of `tokens`. */
export function sliceOf(source: string, tokens: readonly Token[]): string {
  const first = tokens[0];
  const last = tokens.at(-1);
  return first && last ? source.slice(first.start, last.end) : "";
}

/** The characters a string literal stands for. */
export function stringContent(literal: string, family: DialectFamily): string {
  if (literal.startsWith("$")) return literal.replace(/^\$[A-Za-z_]*\$|\$[A-Za-z_]*\$$/g, "");
  const escapes = family === "mysql" || /^e/i.test(literal);
  const open = literal.search(/['"]/);
  const quote = literal[open] as string;
  const body = literal.slice(open + 1, -1).replaceAll(quote + quote, quote);
  if (!escapes || !body.includes("\\")) return body;
  const named: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", 0: "\0", b: "\b", Z: "\x1a" };
  // MySQL keeps the backslash of \% and \_ outside of patterns too.
  return body.replace(/\\([\s\S])/g, (whole, c: string) =>
    c === "%" || c === "_" ? whole : (named[c] ?? c),
  );
}

/** The name inside a quoted identifier. */
export function nameContent(quoted: string): string {
  const quote = quoted[0] as string;
  return quoted.slice(1, -1).replaceAll(quote + quote, quote);
}

// Words that can stand nowhere as a bare name in either family; others are left as the author's data spells them.
const reserved = new Set(
  (
    "all and any as asc between by case cast check collate column constraint create cross current_date current_time " +
    "current_timestamp default delete desc distinct else end except exists false fetch for foreign from full grant group " +
    "having in index inner insert intersect into is join key left like limit natural not null offset on or " +
    "order outer partition primary range rank references right row rows select set table then to true union unique update " +
    "user using values when where window with"
  ).split(" "),
);

/** A name as SQL: bare when it is a plain word, quoted otherwise. */
export function nameAsSql(name: string, family: DialectFamily): string {
  return /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(name) && !reserved.has(name.toLowerCase())
    ? name
    : quoteIdentifier(name, family);
}

function soleToken(sql: string, family: DialectFamily): Token | undefined {
  if (!/^(?:['"`$]|[a-z]')/i.test(sql)) return undefined;
  const tokens = tokenize(sql, family);
  return tokens.length === 1 ? tokens[0] : undefined;
}
