/** Tables a query or a statement names, and putting other names in their place by splicing text (spec project-format 6). */
import { SluiceError } from "../errors.ts";
import { type DialectFamily, normaliseIdentifier, quoteIdentifier } from "./dialect.ts";
import type { DottedName, Scope, TableReference } from "./scan-frame.ts";
import { type Edit, splice } from "./splice.ts";
import { scanTables } from "./table-scan.ts";

export type { TableReference } from "./scan-frame.ts";

/**
 * Every table named, in order of writing, CTEs left out. Sources and targets (INSERT, CREATE INDEX ON, …) alike:
 * a query's dependencies are those with role `source`. Throws SQL_INVALID for text that cannot be cut into tokens.
 */
export function findReferences(sql: string, family: DialectFamily): TableReference[] {
  return [...scanTables(sql, family).references];
}

/**
 * The same text with tables replaced: `resolve` gives the SQL that stands for a table (a quoted name, or a query in
 * parentheses), null to leave it. A table without alias gets its own name as alias, so that `orders.id` still binds;
 * `shop.orders.id` loses what stands before `orders`. Throws SQL_INVALID when two tables of one FROM would then have the
 * same name.
 */
export function spliceReferences(
  sql: string,
  family: DialectFamily,
  resolve: (reference: TableReference) => string | null,
): string {
  const scan = scanTables(sql, family);
  const replaced = new Map<TableReference, string>();
  for (const reference of scan.references) {
    const replacement = reference.keep ? null : resolve(reference);
    if (replacement !== null) replaced.set(reference, replacement);
  }
  if (replaced.size === 0) return sql;
  const edits: Edit[] = [];
  for (const [reference, text] of replaced) {
    edits.push({ start: reference.start, end: reference.end, text });
    if (reference.alias === null && reference.aliasAt !== null) {
      const name = quoteIdentifier(reference.parts.at(-1) as string, family);
      edits.push({ start: reference.aliasAt, end: reference.aliasAt, text: ` AS ${name}` });
    }
  }
  for (const scope of scan.scopes) refuseSameNames(scope, replaced);
  for (const dotted of scan.dotted) edits.push(...qualifierEdits(dotted, replaced, family));
  return splice(sql, edits);
}

function refuseSameNames(scope: Scope, replaced: ReadonlyMap<TableReference, string>): void {
  const seen = new Map<string, TableReference | null>();
  for (const { name, reference } of scope.exposed) {
    const other = seen.get(name);
    if (
      other !== undefined &&
      [reference, other].some((one) => one && one.alias === null && replaced.has(one))
    ) {
      const named = [reference, other].find((one) => one?.alias === null) as TableReference;
      throw new SluiceError("SQL_INVALID", `two tables of one FROM are both called ${name}`, {
        place: { file: "<sql>", line: named.line },
        hint: `Give each an alias: FROM ${named.parts.join(".")} AS ${named.parts.join("_")}.`,
      });
    }
    seen.set(name, reference);
  }
}

/** `shop.orders.id` → `orders.id` where `shop.orders` stands in FROM without an alias and is replaced. */
function qualifierEdits(
  dotted: DottedName,
  replaced: ReadonlyMap<TableReference, string>,
  family: DialectFamily,
): Edit[] {
  const parts = dotted.parts.map((part) => normaliseIdentifier(part, family));
  for (let scope: Scope | null = dotted.scope; scope; scope = scope.parent) {
    // `o.address.city`: a struct's field, or a column of the alias.
    const first = scope.exposed.find((exposed) => exposed.name === parts[0]);
    if (first && !(first.reference?.role === "target" && replaced.has(first.reference))) return [];
    for (const { reference } of scope.exposed) {
      if (!reference || reference.alias !== null) continue;
      const table = indexOfTable(parts, reference, family);
      if (table < 0) continue;
      const replacement = replaced.get(reference);
      if (replacement === undefined) return [];
      refuseCapture(dotted, scope, parts[table] as string);
      const end = dotted.ends[table] as number;
      if (reference.aliasAt === null) return [{ start: dotted.start, end, text: replacement }];
      const name = quoteIdentifier(reference.parts.at(-1) as string, family);
      return table === 0 ? [] : [{ start: dotted.start, end, text: name }];
    }
  }
  return [];
}

/** Index of the part that names the table, or -1: the parts up to it must agree with the reference from the right. */
function indexOfTable(parts: readonly string[], reference: TableReference, family: DialectFamily): number {
  const names = reference.parts.map((part) => normaliseIdentifier(part, family)).toReversed();
  for (let table = Math.min(2, parts.length - 2); table >= 0; table--) {
    const written = parts.slice(0, table + 1).toReversed();
    if (written.length > 1 && names.length < 2 && reference.role === "source") continue;
    if (written.every((part, i) => names[i] === undefined || names[i] === part)) return table;
  }
  return -1;
}

/** A scope in between that shows the same name would catch the shortened one. */
function refuseCapture(dotted: DottedName, home: Scope, name: string): void {
  for (let scope = dotted.scope; scope !== home; scope = scope.parent as Scope) {
    if (!scope.exposed.some((exposed) => exposed.name === name)) continue;
    throw new SluiceError(
      "SQL_INVALID",
      `${dotted.parts.join(".")} means a table outside a subquery that reads another ${name}`,
      {
        place: { file: "<sql>", line: dotted.line },
        hint: `Give both tables called ${name} an alias of their own.`,
      },
    );
  }
}
