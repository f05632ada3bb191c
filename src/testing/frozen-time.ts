/** `execution_time` of a test stops the clock: what asks the warehouse for now is put as a literal (spec project-format 8.2). */
import type { DialectFamily } from "../sql/dialect.ts";
import { type Token, tokenize } from "../sql/lexer.ts";
import { formatDs, formatTs, microsOf } from "../time/format.ts";

type Kind = "date" | "time" | "timestamp";

/** Words that are calls even without parentheses. */
const bare: Readonly<Record<string, Kind>> = {
  CURRENT_DATE: "date",
  CURRENT_TIME: "time",
  CURRENT_TIMESTAMP: "timestamp",
  CURRENT_DATETIME: "timestamp",
  LOCALTIME: "time",
  LOCALTIMESTAMP: "timestamp",
};
const called: Readonly<Record<string, Kind>> = {
  ...bare,
  NOW: "timestamp",
  TODAY: "date",
  GET_CURRENT_TIMESTAMP: "timestamp",
  GET_CURRENT_TIME: "time",
  TRANSACTION_TIMESTAMP: "timestamp",
  CURDATE: "date",
  CURTIME: "time",
  SYSDATE: "timestamp",
  UTC_DATE: "date",
  UTC_TIME: "time",
  UTC_TIMESTAMP: "timestamp",
};

/** The text with the clock stopped at an instant in UTC milliseconds. */
export function freezeTime(sql: string, at: number, family: DialectFamily): string {
  const tokens = tokenize(sql, family).filter((token) => token.kind !== "comment");
  let text = "";
  let from = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    const kind = token.kind === "word" ? kindAt(tokens, i, family) : null;
    if (!kind) continue;
    const last = tokens[i + 1]?.text === "(" ? closing(tokens, i + 1) : i;
    text += sql.slice(from, token.start) + literal(kind, at, family);
    from = (tokens[last] as Token).end;
    i = last;
  }
  return text + sql.slice(from);
}

function kindAt(tokens: readonly Token[], i: number, family: DialectFamily): Kind | null {
  const word = (tokens[i] as Token).text.toUpperCase();
  const previous = tokens[i - 1]?.text;
  const next = tokens[i + 1]?.text;
  // `t.now`, `now.x` and `AS current_date` are names.
  if (previous === "." || next === "." || previous?.toUpperCase() === "AS") return null;
  const table = next === "(" || (family === "mysql" && word.startsWith("UTC_")) ? called : bare;
  return Object.hasOwn(table, word) ? (table[word] as Kind) : null;
}

function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    if (tokens[i]?.text === "(") depth++;
    else if (tokens[i]?.text === ")" && --depth === 0) return i;
  }
  return tokens.length - 1;
}

function literal(kind: Kind, at: number, family: DialectFamily): string {
  const micros = microsOf(at);
  if (kind === "date") return `CAST('${formatDs(micros)}' AS DATE)`;
  if (kind === "time") return `CAST('${formatTs(micros).slice(11)}' AS TIME)`;
  return `CAST('${formatTs(micros)}' AS ${family === "duckdb" ? "TIMESTAMP" : "DATETIME(6)"})`;
}
