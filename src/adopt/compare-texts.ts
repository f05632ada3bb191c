/** Whether two texts of SQL are the same statement: SQLMesh keeps the author's text, older ones what its generator printed. */
import type { SqlText } from "../model/model.ts";
import { canonicalTokens } from "../sql/canonical.ts";
import { castOperators } from "../sql/cast-operators.ts";
import { withExplicitNames } from "../sql/column-names.ts";
import type { DialectFamily } from "../sql/dialect.ts";
import { splice } from "../sql/splice.ts";
import { pairTokens } from "../sql/token-tree.ts";
import { objectOf, textOf } from "./recorded.ts";

/** The text of a query or statement, which is kept as such or as `{sql}`. */
export function recordedText(value: unknown): string | null {
  return textOf(value) ?? textOf(objectOf(value)?.["sql"]);
}

/** Proven equal: a text that only may be the same counts as another. */
export function sameText(own: SqlText, recorded: string, family: DialectFamily): boolean {
  const jinja = jinjaBody(recorded);
  if (own.jinja === true || jinja !== null) return own.jinja === true && own.text.trim() === jinja?.trim();
  return sameSql(own.text, recorded, family);
}

/** Of expressions and statements without Jinja. */
export function sameSql(own: string, recorded: string, family: DialectFamily): boolean {
  try {
    if (join(canonicalTokens(own, family)) === join(canonicalTokens(recorded, family))) return true;
    return join(plainTokens(own, family)) === join(plainTokens(recorded, family));
  } catch {
    // A text that cannot be cut into tokens proves nothing.
    return false;
  }
}

function jinjaBody(text: string): string | null {
  const found = /^\s*JINJA_(?:QUERY|STATEMENT)_BEGIN;?([\s\S]*?)JINJA_END;?\s*$/i.exec(text);
  return found === null ? null : (found[1] ?? "");
}

/** What a generator may write otherwise without another meaning: `::`, names of columns, AS, OUTER, INTEGER, MySQL's quotes. */
function plainTokens(text: string, family: DialectFamily): readonly string[] {
  const paired = pairTokens(text, family);
  // DuckDB's types are those that were written; for MySQL Sluice itself picks the type a cast takes.
  const cast = splice(
    text,
    family === "duckdb" ? castOperators(paired, (type) => type) : castOperators(paired),
  );
  return canonicalTokens(withExplicitNames(cast, family), family)
    .filter((token) => token !== "AS")
    .filter((token, at, all) => token !== "OUTER" || !/^(LEFT|RIGHT|FULL)$/.test(all[at - 1] ?? ""))
    .map((token, at, all) => (token === "integer" && isTypeOfCast(all, at) ? "int" : token));
}

/** `CAST(x INTEGER)`, its AS left out: no column, which follows a comma, a dot or a parenthesis. */
function isTypeOfCast(tokens: readonly string[], at: number): boolean {
  return tokens[at + 1] === ")" && !/^[(,.]$/.test(tokens[at - 1] ?? "(");
}

function join(tokens: readonly string[]): string {
  return tokens.join("\u0000");
}
