/** Output columns of a query: names, stars expanded, and types where they can be trusted. Runs in the worker. */
import { type Dialect, familyOf, normaliseIdentifier } from "../dialect.ts";
import type { Column } from "../name-parts.ts";
import { directTypes, withoutAlias } from "./direct-types.ts";
import type { Library, LibrarySchema, LineageTree, Tree } from "./library.ts";
import type { AnalysisRequest } from "./request.ts";
import { identifierOf } from "./shadow.ts";

export interface Prepared {
  readonly request: AnalysisRequest;
  readonly shadow: string;
  readonly schema: LibrarySchema;
  /** Dotted name as the library prints it → columns by name. */
  readonly known: ReadonlyMap<string, ReadonlyMap<string, string | null>>;
  readonly excluded: readonly string[];
}

/** Throws a plain Error with the reason when the columns cannot be told. */
export function columnsOf(library: Library, prepared: Prepared): readonly Column[] {
  const { request, shadow, schema } = prepared;
  const family = familyOf(request.dialect);
  const found = library.outputColumns(shadow, schema, request.dialect);
  const typeOf = columnTyper(library, prepared);
  const columns = found.map((column, ordinal) => {
    const name = column.name;
    if (name === undefined || column.kind !== "named" || /^_col_\d+$/.test(name)) {
      throw new Error(`column ${ordinal + 1} has no name`);
    }
    return {
      name: family === "mysql" ? caseKept(name, prepared) : normaliseIdentifier(name, family),
      type: typeOf(ordinal),
    };
  });
  return withoutExcluded(columns, prepared);
}

/** Behind a star the library writes names in lower case. Throws when the name as written may be another one. */
function caseKept(name: string, { request, known }: Prepared): string {
  const all = new Set([...known.values()].flatMap((columns) => [...columns.keys()]));
  if (all.has(name)) return name;
  const [only, second] = [...all].filter((candidate) => candidate.toLowerCase() === name);
  if (only === undefined) return name;
  const written = request.sql.match(/`(?:[^`]|``)+`|[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [];
  if (second !== undefined || written.some((text) => identifierOf(text, "mysql") === name))
    throw new Error(`it is not clear how the column ${name} is written`);
  return only;
}

/** The library lists what `* EXCLUDE (a)` leaves out; that is sound to undo only where the name stands once. */
function withoutExcluded(columns: readonly Column[], prepared: Prepared): readonly Column[] {
  const family = familyOf(prepared.request.dialect);
  const gone = new Set(prepared.excluded.map((name) => identifierOf(name, family)));
  for (const name of gone) {
    if (columns.filter((column) => column.name === name).length !== 1) {
      throw new Error(`it is not clear which column ${name} is left out`);
    }
  }
  return columns.filter((column) => !gone.has(column.name));
}

/** Types by ordinal: from the select list where it says them, else from the column's own lineage. */
function columnTyper(library: Library, prepared: Prepared): (ordinal: number) => string | null {
  const { request, shadow, schema } = prepared;
  const context: TypeContext = { library, prepared, dialect: request.dialect };
  const lineageOf = (ordinal: number): LineageTree =>
    library.lineage(ordinal, shadow, schema, request.dialect);
  let direct: readonly (string | null | undefined)[] | undefined;
  return (ordinal) => {
    try {
      direct ??= directTypes(lineageOf(0), {
        columnsOf: (table) => prepared.known.get(table),
        typeText: (type) => library.typeText(type, request.dialect),
      });
      const type = direct[ordinal];
      return type === undefined ? trustedType(lineageOf(ordinal), context) : known(type);
    } catch {
      return null; // Names without a type are still worth having.
    }
  };
}

interface TypeContext {
  readonly library: Library;
  readonly prepared: Prepared;
  readonly dialect: Dialect;
}

/**
 * A type that holds in the engine, or null. Casts and plain columns are certain; the library's own inference is right for
 * DuckDB apart from division, and wrong in a third of MySQL's functions, so there it is not asked.
 */
function trustedType(node: LineageTree, context: TypeContext): string | null {
  if (node.source_kind === "table") return columnType(node, context);
  const expression = withoutAlias(node.expression);
  const [kind = "", body] = Object.entries(expression)[0] ?? [];
  if (kind === "cast" || kind === "try_cast")
    return context.library.typeText((body as { to: unknown }).to, context.dialect);
  if (kind === "union" || kind === "intersect" || kind === "except" || kind === "column") {
    return agreed(node.downstream.map((child) => trustedType(child, context)));
  }
  if (kind === "count") return "BIGINT";
  if (context.dialect !== "duckdb" || holds(expression, "div")) return null;
  const below = node.downstream.map((child) => trustedType(child, context));
  if (below.includes(null)) return null;
  const inferred =
    (body as { inferred_type?: unknown } | undefined)?.inferred_type ?? inferredOf(node.expression);
  const text = inferred ? context.library.typeText(inferred, context.dialect) : null;
  return known(text);
}

function columnType(node: LineageTree, { prepared, dialect }: TypeContext): string | null {
  const column = node.name.slice(node.name.lastIndexOf(".") + 1);
  const family = familyOf(dialect);
  return known(prepared.known.get(node.source_name)?.get(normaliseIdentifier(column, family)) ?? null);
}

/** The type all agree on; null when one is not known or two differ. */
function agreed(types: readonly (string | null)[]): string | null {
  const first = types[0] ?? null;
  return types.every((type) => type === first) ? first : null;
}

function known(type: string | null): string | null {
  return type === null || /^unknown$/i.test(type) || type.trim() === "" ? null : type;
}

function inferredOf(expression: Tree): unknown {
  return (Object.values(expression)[0] as { inferred_type?: unknown } | undefined)?.inferred_type ?? null;
}

function holds(tree: unknown, kind: string): boolean {
  if (typeof tree !== "object" || tree === null) return false;
  return Object.entries(tree).some(([key, value]) => key === kind || holds(value, kind));
}
