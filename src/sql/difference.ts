/**
 * Two versions of a query → whether consumers of its old columns can notice (spec sql-text 5, plan-and-apply 4.3).
 * Strict: only projections may be added, and only where they change no other row or value. Everything else is breaking
 * and says why.
 */
import { canonicalTokens } from "./canonical.ts";
import { withExplicitNames } from "./column-names.ts";
import { type DialectFamily, normaliseIdentifier } from "./dialect.ts";
import type { DifferenceReason } from "./difference-findings.ts";
import { compareTrees } from "./difference-tree.ts";
import { outputColumns } from "./projections.ts";
import { queryTree } from "./query-tree.ts";

export type { DifferenceReason } from "./difference-findings.ts";

export interface QueryDifference {
  readonly kind: "same" | "non-breaking" | "breaking";
  /** Names of columns of the outermost SELECT, as far as the text tells them. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Why it is breaking, in sentences for a reviewer; empty otherwise. */
  readonly reasons: readonly DifferenceReason[];
}

/** Compares rendered queries. Throws SQL_INVALID as the lexer does. */
export function compareQueries(before: string, after: string, family: DialectFamily): QueryDifference {
  const old = canonicalTokens(withExplicitNames(before, family), family);
  const now = canonicalTokens(withExplicitNames(after, family), family);
  if (sameTexts(old, now)) return { kind: "same", added: [], removed: [], reasons: [] };
  const columns = compareColumns(before, after, family);
  const [oldTree, newTree] = [queryTree(old), queryTree(now)];
  if (!oldTree || !newTree) {
    return { kind: "breaking", ...columns, reasons: [{ code: "query-changed", text: "the query changed" }] };
  }
  const { reasons, addedTokens } = compareTrees(oldTree, newTree);
  if (reasons.length > 0) return { kind: "breaking", ...columns, reasons };
  // What the tree leaves out of sight is caught by counting: additions must explain every new token.
  if (now.length !== old.length + addedTokens || addedTokens === 0) {
    return { kind: "breaking", ...columns, reasons: [{ code: "query-changed", text: "the query changed" }] };
  }
  return { kind: "non-breaking", ...columns, reasons: [] };
}

function compareColumns(
  before: string,
  after: string,
  family: DialectFamily,
): { added: readonly string[]; removed: readonly string[] } {
  const [old, now] = [namesOf(before, family), namesOf(after, family)];
  return {
    added: [...now].filter(([key]) => !old.has(key)).map(([, name]) => name),
    removed: [...old].filter(([key]) => !now.has(key)).map(([, name]) => name),
  };
}

/** Normalised name → name as written. */
function namesOf(sql: string, family: DialectFamily): Map<string, string> {
  const names = new Map<string, string>();
  for (const { name } of outputColumns(sql, family) ?? []) {
    if (name !== null) names.set(normaliseIdentifier(name, family), name);
  }
  return names;
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}
