/**
 * Where a statement names tables: a walk over tokens that follows scopes (CTEs, subqueries, set operations, joins) and
 * the few places where a statement names its target. No grammar: what the walk does not know, it reads over.
 */
import type { DialectFamily } from "./dialect.ts";
import { walkRegion } from "./region-scan.ts";
import { newScope, type TableScan, type Walk } from "./scan-frame.ts";
import { walkStatement } from "./statement-scan.ts";
import { pairTokens, textAt } from "./token-tree.ts";

/** References and dotted names of one statement or several. Throws SQL_INVALID for text that is not even tokens. */
export function scanTables(sql: string, family: DialectFamily): TableScan {
  const walk: Walk = {
    ...pairTokens(sql, family),
    references: [],
    scopes: [],
    dotted: [],
    region: (from, to, frame) => walkRegion(walk, from, to, frame),
    statement: (from, to, frame) => walkStatement(walk, from, to, frame),
  };
  let from = 0;
  for (let i = 0; i <= walk.tokens.length; i++) {
    if (i < walk.tokens.length && textAt(walk, i) !== ";") continue;
    walkStatement(walk, from, i, { state: "start", environment: new Set(), scope: newScope(null) });
    from = i + 1;
  }
  return walk;
}
