/**
 * What a physical table or view looks like in the catalogs. Noted right after Sluice made it, so that what somebody changes
 * by hand is told from what the model asks for: no engine keeps the author's own text or types. Pure.
 */
import { shortHash } from "../digest.ts";
import { withoutCastTypes } from "../sql/cast-types.ts";
import type { DialectFamily } from "../sql/dialect.ts";
import type { Column } from "../sql/name-parts.ts";

/** As it was right after the plan that made it. */
export interface ObjectShape {
  /** Dotted name of the table or view. */
  readonly object: string;
  /** The engine whose catalogs said so: another version may say the same in other words. */
  readonly engine: string;
  readonly digest: string;
  /** Null for a view: its text is too long to keep, and the model tells it. */
  readonly columns: readonly Column[] | null;
}

/** What is kept of names, to be looked up by them. */
export const longestObjectName = 320;

/** Of the text the engine gives for a table's columns. */
export function tableDigest(text: string): string {
  return shortHash(text);
}

/** What DuckDB writes in other words once the file was opened again. */
const rewritten: ReadonlySet<string> = new Set(["LAMBDA", "->", "PIVOT", "UNPIVOT"]);

/**
 * Of the text the engine keeps for a view; null where two texts of one view may differ. DuckDB tells the types of casts in
 * other words once the file was opened again, so there they do not count.
 */
export function viewDigest(text: string, family: DialectFamily): string | null {
  if (family !== "duckdb") return shortHash(text);
  const words = withoutCastTypes(text, family);
  if (words === null || words.some((word) => rewritten.has(word.toUpperCase()))) return null;
  return shortHash(words.join(" "));
}
