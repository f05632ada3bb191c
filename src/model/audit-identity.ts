/** What makes an audit the same audit: everything it says but its file. */
import type { AuditDefinition, SqlText } from "./model.ts";

/** A value to be hashed; `tokens` gives a text's canonical form. Null for a built-in audit. */
export function auditIdentity(
  audit: AuditDefinition | undefined,
  tokens: (text: SqlText) => string,
): unknown {
  if (!audit) return null;
  const { dialect, skip, blocking, defaults } = audit;
  return {
    dialect,
    skip,
    blocking,
    defaults,
    statements: audit.statements.map(tokens),
    query: tokens(audit.query),
  };
}
