/**
 * Types of output columns that show in the outermost select list itself: a cast, a count, or a plain column of a known table.
 * One lineage tree holds that list for the whole query, so most columns need no lineage of their own.
 */
import type { LineageTree, Tree } from "./library.ts";

export interface DirectTypeContext {
  /** Columns of a table by its dotted name; undefined when the table is not known. */
  readonly columnsOf: (table: string) => ReadonlyMap<string, string | null> | undefined;
  readonly typeText: (type: unknown) => string | null;
}

interface Named {
  readonly name: string;
}

interface TableNode {
  readonly name: Named;
  readonly schema?: Named | null;
  readonly alias?: Named | null;
}

/** By ordinal; undefined = has to be asked, and every ordinal when the query is no plain SELECT. */
export function directTypes(
  lineage: LineageTree,
  context: DirectTypeContext,
): readonly (string | null | undefined)[] {
  const select = lineage.source["select"] as Tree | undefined;
  if (!select || mergesColumns(select)) return [];
  const tables = tablesOf(select);
  return (select["expressions"] as readonly Tree[]).map((expression) => {
    const [kind = "", body] = Object.entries(withoutAlias(expression))[0] ?? [];
    if (kind === "cast" || kind === "try_cast") return context.typeText((body as { to: unknown }).to);
    if (kind === "count") return "BIGINT";
    if (kind !== "column") return undefined;
    const { name, table } = body as { readonly name: Named; readonly table?: Named | null };
    const source = table ? tables.get(table.name) : undefined;
    return source ? context.columnsOf(source)?.get(name.name) : undefined;
  });
}

/** A join by USING or NATURAL makes one column of two, perhaps of two types. */
function mergesColumns(select: Tree): boolean {
  const joins = (select["joins"] ?? []) as readonly {
    readonly using?: readonly unknown[];
    readonly kind?: string;
  }[];
  return joins.some((join) => (join.using?.length ?? 0) > 0 || /natural/i.test(join.kind ?? ""));
}

/** The expression without its alias and parentheses. */
export function withoutAlias(expression: Tree): Tree {
  const inner = (expression["alias"] ?? expression["paren"]) as { readonly this?: Tree } | undefined;
  return inner?.this ? withoutAlias(inner.this) : expression;
}

/** Alias → `schema.table`. A table without a schema may be a WITH query, so it is left out. */
function tablesOf(select: Tree): ReadonlyMap<string, string> {
  const from = (select["from"] as { readonly expressions?: readonly Tree[] } | null)?.expressions ?? [];
  const joins = ((select["joins"] ?? []) as readonly { readonly this: Tree }[]).map((join) => join.this);
  const found = new Map<string, string>();
  for (const node of [...from, ...joins]) {
    const table = node["table"] as TableNode | undefined;
    if (table?.schema) found.set((table.alias ?? table.name).name, `${table.schema.name}.${table.name.name}`);
  }
  return found;
}
