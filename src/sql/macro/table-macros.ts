/** Macros that write about tables: @STAR, @UNION, @DEDUPLICATE, @DATE_SPINE. */
import { quoteIdentifier } from "../dialect.ts";
import type { Column } from "../name-parts.ts";
import type { Argument } from "./argument-list.ts";
import {
  type Builtin,
  bind,
  callError,
  type Expansion,
  type MacroCall,
  one,
  plainOf,
  sqlOf,
  valuesOf,
} from "./call.ts";
import { castTo } from "./cast-type.ts";
import { constantOf, isTrue } from "./condition.ts";
import { dateSpine } from "./date-spine.ts";
import { nameAsSql, textOfSql } from "./value.ts";

/** Stands in the SELECT list while columns are not known at load. */
export const unknownColumns = "__schema_unavailable_at_load__";

export const tableMacros: Readonly<Record<string, Builtin>> = {
  STAR: star,
  UNION: union,
  DEDUPLICATE: deduplicate,
  DATE_SPINE: dateSpine,
};

const starParameters = ["relation", "alias", "exclude", "prefix", "suffix", "quote_identifiers", "except_"];

function star(call: MacroCall): Expansion {
  const bound = bind(call, starParameters, 1);
  const { family } = call.scope;
  const relation = sqlOf(call, bound.get("relation") as Argument);
  const alias = bound.has("alias") ? plainOf(call, bound.get("alias") as Argument) : lastPart(relation);
  const excluded = bound.get("exclude") ?? bound.get("except_");
  const exclude = excluded ? valuesOf(call, [excluded]).map((name) => textOfSql(name, family).plain) : [];
  const text = (name: string): string => (bound.has(name) ? plainOf(call, bound.get(name) as Argument) : "");
  const [prefix, suffix] = [text("prefix"), text("suffix")];
  const quoted =
    !bound.has("quote_identifiers") ||
    isTrue(sqlOf(call, bound.get("quote_identifiers") as Argument), call.scope, call.token);
  const name = (column: string): string =>
    quoted ? quoteIdentifier(column, family) : nameAsSql(column, family);
  const columns = call.scope.columnsOf?.(relation) ?? null;
  if (columns === null || columns.length === 0)
    return starOfUnknown(call, relation, name(alias), exclude, prefix + suffix);
  const typed = columns.every((column) => column.type !== null);
  const same = (a: string, b: string): boolean =>
    family === "duckdb" ? a.toLowerCase() === b.toLowerCase() : a === b;
  return {
    items: columns
      .filter((column) => !exclude.some((other) => same(other, column.name)))
      .map((column) => {
        const reference = `${name(alias)}.${name(column.name)}`;
        return `${typed ? castTo(reference, column.type, family) : reference} AS ${name(`${prefix}${column.name}${suffix}`)}`;
      }),
  };
}

function starOfUnknown(
  call: MacroCall,
  relation: string,
  alias: string,
  exclude: readonly string[],
  affix: string,
): Expansion {
  if (call.scope.stage === "loading") return one(unknownColumns);
  if (affix === "" && exclude.length === 0) return one(`${alias}.*`);
  if (affix === "" && call.scope.family === "duckdb") {
    return one(
      `${alias}.* EXCLUDE (${exclude.map((column) => quoteIdentifier(column, "duckdb")).join(", ")})`,
    );
  }
  throw columnsNotKnown(call, relation);
}

function columnsNotKnown(call: MacroCall, relation: string): Error {
  return callError(
    call,
    `@${call.name} needs the columns of ${relation}, which are not known`,
    "Declare them with `columns` in that model, or in external_models.yaml.",
  );
}

function union(call: MacroCall): Expansion {
  let list = call.arguments.map((argument) => sqlOf(call, argument));
  let wanted = true;
  const literal = (sql: string | undefined): boolean =>
    sql !== undefined && textOfSql(sql, call.scope.family).literal;
  if (
    list.length > 1 &&
    !literal(list[0]) &&
    !/^[\w$."`]+$/.test(list[0]?.replace(/^(?:true|false|null|\d+)$/i, "=") as string)
  ) {
    wanted = constantOf(list[0] as string, call.scope, call.token) === true;
    list = list.slice(1);
  }
  const kind = literal(list[0]) ? textOfSql(list[0] as string, call.scope.family).plain.toUpperCase() : "ALL";
  if (kind !== "ALL" && kind !== "DISTINCT")
    throw callError(call, `@UNION knows no type "${kind.toLowerCase()}"`, "Use 'all' or 'distinct'.");
  const tables = literal(list[0]) ? list.slice(1) : list;
  const [first] = tables;
  if (first === undefined) throw callError(call, "@UNION needs at least one table");
  const projections = sharedColumns(call, tables);
  const selects = (wanted ? tables : [first]).map((table) => `SELECT ${projections} FROM ${table}`);
  return one(selects.join(kind === "ALL" ? " UNION ALL " : " UNION "));
}

function sharedColumns(call: MacroCall, tables: readonly string[]): string {
  const known = tables.map((table) => call.scope.columnsOf?.(table) ?? null);
  const unknown = known.indexOf(null);
  if (unknown >= 0) {
    if (call.scope.stage === "loading") return unknownColumns;
    throw columnsNotKnown(call, tables[unknown] as string);
  }
  const { family } = call.scope;
  const [first, ...others] = known as readonly (readonly Column[])[];
  const type = (column: Column): string => (column.type ?? "").replace(/\s+/g, "").toUpperCase();
  const shared = (first ?? []).filter((column) =>
    others.every((columns) =>
      columns.some((other) => other.name === column.name && type(other) === type(column)),
    ),
  );
  if (shared.length === 0)
    throw callError(
      call,
      "The tables of @UNION have no column in common",
      "Columns are equal when name and type are.",
    );
  return shared
    .map((column) => {
      const name = quoteIdentifier(column.name, family);
      return `${castTo(name, column.type, family)} AS ${name}`;
    })
    .join(", ");
}

function deduplicate(call: MacroCall): Expansion {
  const bound = bind(call, ["relation", "partition_by", "order_by"], 3);
  const { family } = call.scope;
  const relation = sqlOf(call, bound.get("relation") as Argument);
  const keys = valuesOf(call, [bound.get("partition_by") as Argument]);
  const order = valuesOf(call, [bound.get("order_by") as Argument]).map((item) => textOfSql(item, family));
  if (order.some((item) => !item.literal)) {
    throw callError(
      call,
      "The order of @DEDUPLICATE is a list of strings",
      "Write ['a desc', 'b nulls last'].",
    );
  }
  const by = order.map((item) => (family === "mysql" ? mysqlOrder(item.plain) : item.plain)).join(", ");
  const number = `ROW_NUMBER() OVER (PARTITION BY ${keys.join(", ")} ORDER BY ${by})`;
  if (family === "duckdb") return one(`SELECT * FROM ${relation} QUALIFY ${number} = 1`);
  const columns = call.scope.columnsOf?.(relation) ?? null;
  if (columns === null && call.scope.stage !== "loading") throw columnsNotKnown(call, relation);
  const list = columns?.map((column) => quoteIdentifier(column.name, family)).join(", ") ?? unknownColumns;
  return one(
    `SELECT ${list} FROM (SELECT *, ${number} AS _row_number FROM ${relation}) AS _t WHERE _row_number = 1`,
  );
}

/** MySQL has no NULLS FIRST/LAST: NULL is the least value there. */
function mysqlOrder(item: string): string {
  const match = /^([\s\S]*?)(?:\s+(asc|desc))?(?:\s+nulls\s+(first|last))?\s*$/i.exec(item);
  if (!match) return item;
  const [, expression = item, direction = "ASC", nulls] = match;
  const descending = direction.toUpperCase() === "DESC";
  const last = nulls ? nulls.toLowerCase() === "last" : descending;
  const plain = `${expression} ${direction.toUpperCase()}`;
  if (last === descending) return plain;
  return `CASE WHEN ${expression} IS NULL THEN ${last ? 1 : 0} ELSE ${last ? 0 : 1} END, ${plain}`;
}

function lastPart(relation: string): string {
  const part = /(?:"(?:[^"]|"")*"|`(?:[^`]|``)*`|[^."`]+)$/.exec(relation)?.[0] ?? relation;
  return /^["`]/.test(part) ? part.slice(1, -1) : part;
}
