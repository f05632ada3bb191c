/**
 * `* REPLACE (e AS a)` and `* RENAME (a AS b)` of the outermost select list, which the analyser's library passes over: they are
 * blanked before it reads the query, and carried out on the columns it finds. Runs in the worker.
 */
import { type DialectFamily, normaliseIdentifier } from "../dialect.ts";
import { selectFirst } from "../from-first.ts";
import type { Column } from "../name-parts.ts";
import { outputColumns } from "../projections.ts";
import { isOpen, type PairedTokens, pairTokens, textAt, wordAt } from "../token-tree.ts";

export interface StarChanges {
  /** SELECT first, without these clauses. */
  readonly sql: string;
  /** Name → type of what stands there instead, where an outermost cast tells it. */
  readonly replaced: ReadonlyMap<string, string | null>;
  readonly renamed: ReadonlyMap<string, string>;
}

/** Clauses inside subqueries are left in place: nobody can read those. */
export function takeStarChanges(written: string, family: DialectFamily): StarChanges {
  const changes = { replaced: new Map<string, string | null>(), renamed: new Map<string, string>() };
  if (family !== "duckdb") return { sql: written, ...changes };
  const text = selectFirst(written, family);
  const paired = pairTokens(text, family);
  let sql = text;
  for (let i = 0; i < paired.tokens.length; i++) {
    if (isOpen(textAt(paired, i))) {
      const clause = isClauseOfStar(paired, i) ? wordAt(paired, i - 1) : "";
      const close = paired.partner[i] as number;
      if (clause === "REPLACE" || clause === "RENAME") {
        const [from, to] = [paired.tokens[i]?.end, paired.tokens[close]?.start];
        readClause(clause, text.slice(from, to), changes);
        sql = blanked(sql, paired.tokens[i - 1]?.start ?? 0, paired.tokens[close]?.end ?? 0);
      }
      i = close;
    }
  }
  return { sql, ...changes };
}

/** `* REPLACE (`, or behind another clause of the same star: `* EXCLUDE (a) RENAME (`. */
function isClauseOfStar(paired: PairedTokens, open: number): boolean {
  if (!/^(?:EXCLUDE|REPLACE|RENAME)$/.test(wordAt(paired, open - 1))) return false;
  if (textAt(paired, open - 2) === "*") return true;
  return textAt(paired, open - 2) === ")" && isClauseOfStar(paired, paired.partner[open - 2] as number);
}

function readClause(
  clause: string,
  list: string,
  { replaced, renamed }: { replaced: Map<string, string | null>; renamed: Map<string, string> },
): void {
  // The list reads like one of projections: `id::TEXT AS id`, `id AS key`.
  for (const { name, type, text } of outputColumns(`SELECT ${list}`, "duckdb") ?? []) {
    if (name === null) continue;
    const to = normaliseIdentifier(name, "duckdb");
    if (clause === "REPLACE") replaced.set(to, type);
    else renamed.set(sourceOf(text), to);
  }
}

/** `"a b" AS c` → `a b`. */
function sourceOf(text: string): string {
  const [source] = outputColumns(`SELECT ${text.replace(/\s+AS\s+[\s\S]*$/i, "")}`, "duckdb") ?? [];
  return normaliseIdentifier(source?.name ?? "", "duckdb");
}

function blanked(text: string, from: number, to: number): string {
  return text.slice(0, from) + text.slice(from, to).replace(/[^\n]/g, " ") + text.slice(to);
}

/** The columns with the changes made. Throws a plain Error when one names no column, or several. */
export function applyStarChanges(
  columns: readonly Column[],
  { replaced, renamed }: StarChanges,
): readonly Column[] {
  for (const name of [...replaced.keys(), ...renamed.keys()]) {
    if (columns.filter((column) => column.name === name).length !== 1)
      throw new Error(`it is not clear which column ${name} is meant`);
  }
  return columns.map(({ name, type }) => ({
    name: renamed.get(name) ?? name,
    type: replaced.has(name) ? (replaced.get(name) ?? null) : type,
  }));
}
