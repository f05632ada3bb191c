/**
 * Columns a query names that its tables do not have. Runs in the worker. A false alarm would stop a correct plan, so what the
 * library reports counts only where nothing else in the text can have introduced the name.
 */
import { familyOf, normaliseIdentifier } from "../dialect.ts";
import { type Token, tokenize } from "../lexer.ts";
import type { Prepared } from "./columns.ts";
import type { Library, LibraryFault } from "./library.ts";
import type { UnknownColumn } from "./request.ts";
import { identifierOf, isName } from "./shadow.ts";

const pseudoColumns = new Set(["rowid", "_rowid_", "_tidb_rowid"]);

/** Throws a plain Error with the reason when the query cannot be checked, for example because a table is not known. */
export function unknownColumnsOf(library: Library, prepared: Prepared): readonly UnknownColumn[] {
  const { request, shadow, schema } = prepared;
  const faults = library
    .faults(shadow, schema, request.dialect)
    .filter((fault) => fault.severity === "error");
  const blocking = faults.find((fault) => !fault.code.startsWith("E2") || fault.code === "E200");
  if (blocking) throw new Error(blocking.message);
  const code = tokenize(shadow, familyOf(request.dialect));
  return faults.flatMap((fault) => {
    const found = unknownColumn(fault, prepared, code);
    return found ? [found] : [];
  });
}

function unknownColumn(
  fault: LibraryFault,
  prepared: Prepared,
  code: readonly Token[],
): UnknownColumn | null {
  const family = familyOf(prepared.request.dialect);
  const column = /^Unknown column '([^']+)'(?: in table '([^']+)')?/.exec(fault.message);
  const alias = /^Unknown table or alias '([^']+)' referenced by column '([^']+)'/.exec(fault.message);
  const line = lineAt(prepared.request.sql, fault.start ?? 0);
  if (fault.code === "E201" && column?.[1]) {
    const name = column[1];
    const table = column[2] ?? null;
    if (name.startsWith("@") || pseudoColumns.has(name.toLowerCase())) return null;
    if (hasColumn(prepared, table, name) || introduced(code, name, table === null, family)) return null;
    const where = table === null ? "in any of the query's tables" : `in ${table}`;
    return { column: name, table, line, sentence: `there is no column ${name} ${where}` };
  }
  if (fault.code === "E222" && alias?.[1] && alias[2] && onlyQualifies(code, alias[1], family)) {
    return {
      column: alias[2],
      table: null,
      line,
      sentence: `there is no table or alias ${alias[1]} in the query`,
    };
  }
  return null;
}

/** MySQL compares column names without case, the library with it. */
function hasColumn(prepared: Prepared, table: string | null, name: string): boolean {
  const tables =
    table === null ? [...prepared.known.values()] : [prepared.known.get(table) ?? new Map<string, string>()];
  return tables.some((columns) =>
    [...columns.keys()].some((column) => column.toLowerCase() === name.toLowerCase()),
  );
}

/** Whether the text itself may have given the name: an alias, or a function that stands where a table does. */
function introduced(
  code: readonly Token[],
  name: string,
  anyTable: boolean,
  family: "duckdb" | "mysql",
): boolean {
  const wanted = normaliseIdentifier(name, family).toLowerCase();
  return code.some((token, i) => {
    const before = code[i - 1]?.text.toUpperCase() ?? "";
    if (isName(token) && before === "AS" && identifierOf(token.text, family).toLowerCase() === wanted)
      return true;
    const tableFunction =
      isName(token) && code[i + 1]?.text === "(" && /^(?:FROM|JOIN|LATERAL|,)$/.test(before);
    return anyTable && tableFunction;
  });
}

/** A mistyped alias appears before a dot and nowhere else; the alias of a function or a struct column does not. */
function onlyQualifies(code: readonly Token[], name: string, family: "duckdb" | "mysql"): boolean {
  const wanted = name.toLowerCase();
  const uses = code.filter(
    (token) => isName(token) && identifierOf(token.text, family).toLowerCase() === wanted,
  );
  return uses.length > 0 && uses.every((token) => code[code.indexOf(token) + 1]?.text === ".");
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf("\n"); i >= 0 && i < offset; i = text.indexOf("\n", i + 1)) line++;
  return line;
}
