/** The server's own parser on queries: a statement is prepared, which reads its grammar before it looks for tables. */
import { messageOf, SluiceError } from "../../errors.ts";
import { quoteString } from "../../sql/dialect.ts";
import type { Session, SyntaxFault } from "../engine.ts";

/** On one connection; null for what parses, and for faults that are not of grammar. */
export async function findSyntaxFaults(
  session: Session,
  queries: readonly string[],
): Promise<readonly (SyntaxFault | null)[]> {
  const faults: (SyntaxFault | null)[] = [];
  for (const query of queries) faults.push(await faultOf(session, query));
  return faults;
}

async function faultOf(session: Session, query: string): Promise<SyntaxFault | null> {
  try {
    await session.query(`PREPARE sluice__syntax FROM ${quoteString(query, "mysql")}`);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.details["errno"] !== 1064) return null;
    return readFault(messageOf(error.cause ?? error), query);
  }
  await session.query("DEALLOCATE PREPARE sluice__syntax");
  return null;
}

/** The server tells the line, and the text from the fault on, cut. Pure. */
export function readFault(message: string, query: string): SyntaxFault {
  const words = message.replace(
    /check the manual that corresponds to your \S+ server version for /,
    "check ",
  );
  const line = Number(/ at line (\d+)/.exec(message)?.[1] ?? 1);
  const start =
    query
      .split("\n")
      .slice(0, line - 1)
      .join("\n").length + (line > 1 ? 1 : 0);
  const near = /near '(.*)' at line/s.exec(message)?.[1] ?? "";
  const found = near === "" ? -1 : query.indexOf(near, start);
  return { message: words, offset: found < 0 ? start : found };
}
