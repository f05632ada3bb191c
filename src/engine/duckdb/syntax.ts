/** DuckDB's own parser, asked without binding: tables need not exist. */
import type { Session, SyntaxFault } from "../engine.ts";

const perStatement = 200;

/** One statement per 200 queries. */
export async function findSyntaxFaults(
  session: Session,
  queries: readonly string[],
): Promise<readonly (SyntaxFault | null)[]> {
  const found: (SyntaxFault | null)[] = [];
  for (let at = 0; at < queries.length; at += perStatement) {
    const part = queries.slice(at, at + perStatement);
    const rows = await session.query(
      `SELECT json_extract_string(tree, '$.error_type') AS kind, json_extract_string(tree, '$.error_message') AS message,
         json_extract_string(tree, '$.position') AS position
       FROM (SELECT n, json_serialize_sql(q::VARCHAR) AS tree FROM (VALUES ${part.map((_, i) => `(${i}, ?)`).join(", ")}) AS t(n, q))
       ORDER BY n`,
      part,
    );
    found.push(...rows.map((row, i) => faultOf(row, part[i] ?? "")));
  }
  return found;
}

/** Only what the grammar refuses: what DuckDB reads but cannot write as a tree (PIVOT) is no fault. */
function faultOf(row: Readonly<Record<string, unknown>>, query: string): SyntaxFault | null {
  if (row["kind"] !== "parser") return null;
  const bytes = row["position"] === null ? Number.NaN : Number(row["position"]);
  const offset = Number.isInteger(bytes) ? Buffer.from(query).subarray(0, bytes).toString().length : null;
  return { message: String(row["message"]), offset };
}
