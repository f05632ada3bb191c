/** Macros that write an expression: safe arithmetic, surrogate keys, distances, pivots. */
import { quoteIdentifier, quoteString } from "../dialect.ts";
import type { Argument } from "./argument-list.ts";
import {
  asOperand,
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
import { isTrue } from "./condition.ts";
import { nameAsSql, nameContent, textOfSql } from "./value.ts";

export const expressionMacros: Readonly<Record<string, Builtin>> = {
  SAFE_ADD: (call) => safeSum(call, "+"),
  SAFE_SUB: (call) => safeSum(call, "-"),
  SAFE_DIV: (call) => {
    const bound = bind(call, ["numerator", "denominator"], 2);
    const [left, right] = [
      sqlOf(call, bound.get("numerator") as Argument),
      sqlOf(call, bound.get("denominator") as Argument),
    ];
    return one(`${asOperand(left)} / NULLIF(${right}, 0)`, true);
  },
  GENERATE_SURROGATE_KEY: surrogateKey,
  HAVERSINE_DISTANCE: haversine,
  PIVOT: pivot,
  RESOLVE_TEMPLATE: resolveTemplate,
};

function safeSum(call: MacroCall, operator: "+" | "-"): Expansion {
  const fields = valuesOf(call, call.arguments);
  if (fields.length === 0) throw callError(call, `@${call.name} needs at least one field`);
  const allNull = fields.map((field) => `${asOperand(field)} IS NULL`).join(" AND ");
  const sum = fields.map((field) => `COALESCE(${field}, 0)`).join(` ${operator} `);
  return one(`CASE WHEN ${allNull} THEN NULL ELSE ${sum} END`);
}

function surrogateKey(call: MacroCall): Expansion {
  const named = call.arguments.find((argument) => argument.key === "hash_function");
  const fields = valuesOf(
    call,
    call.arguments.filter((argument) => argument !== named),
  );
  if (fields.length === 0) throw callError(call, "@GENERATE_SURROGATE_KEY needs at least one column");
  const mysql = call.scope.family === "mysql";
  const texts = fields.map(
    (field) => `COALESCE(CAST(${field} AS ${mysql ? "CHAR" : "TEXT"}), '_sqlmesh_surrogate_key_null_')`,
  );
  const joined =
    texts.length === 1
      ? (texts[0] as string)
      : mysql
        ? `CONCAT(${texts.join(", '|', ")})`
        : texts.join(" || '|' || ");
  const hash = named ? plainOf(call, named) : "MD5";
  // MySQL has SHA2(text, bits) where others have one function per length.
  const bits = mysql ? /^SHA(224|256|384|512)$/i.exec(hash)?.[1] : undefined;
  return one(bits ? `SHA2(${joined}, ${bits})` : `${hash}(${joined})`);
}

function haversine(call: MacroCall): Expansion {
  const names = ["lat1", "lon1", "lat2", "lon2", "unit"];
  const bound = bind(call, names, 4);
  const [lat1, lon1, lat2, lon2] = names
    .slice(0, 4)
    .map((name) => asOperand(sqlOf(call, bound.get(name) as Argument)));
  const unit = bound.has("unit") ? plainOf(call, bound.get("unit") as Argument).toLowerCase() : "mi";
  const rate = unit === "mi" ? "1.0" : unit === "km" ? "1.60934" : null;
  if (rate === null)
    throw callError(call, `@HAVERSINE_DISTANCE knows no unit "${unit}"`, "Use 'mi' or 'km'.");
  const half = (a: string | undefined, b: string | undefined): string =>
    `POWER(SIN(RADIANS((${b} - ${a}) / 2)), 2)`;
  const root = `${half(lat1, lat2)} + COS(RADIANS(${lat1})) * COS(RADIANS(${lat2})) * ${half(lon1, lon2)}`;
  return one(`7922 * ASIN(SQRT(${root})) * ${rate}`, true);
}

const pivotParameters = [
  "column",
  "values",
  "alias",
  "agg",
  "cmp",
  "prefix",
  "suffix",
  "then_value",
  "else_value",
  "quote",
  "distinct",
];

function pivot(call: MacroCall): Expansion {
  const bound = bind(call, pivotParameters, 2);
  const plain = (name: string, otherwise: string): string => {
    const argument = bound.get(name);
    return argument ? plainOf(call, argument) : otherwise;
  };
  const sql = (name: string, otherwise: string): string => {
    const argument = bound.get(name);
    return argument ? sqlOf(call, argument) : otherwise;
  };
  const holds = (name: string, otherwise: string): boolean =>
    isTrue(sql(name, otherwise), call.scope, call.token);
  const column = asOperand(sql("column", ""));
  const distinct = holds("distinct", "FALSE") ? "DISTINCT " : "";
  const { family } = call.scope;
  return {
    items: valuesOf(call, [bound.get("values") as Argument]).map((value) => {
      const test = `${column} ${plain("cmp", "=")} ${value}`;
      const choice = `CASE WHEN ${test} THEN ${sql("then_value", "1")} ELSE ${sql("else_value", "0")} END`;
      const aggregate = `${plain("agg", "SUM")}(${distinct}${choice})`;
      if (!holds("alias", "TRUE")) return aggregate;
      const name = `${plain("prefix", "")}${textOfSql(value, family).plain}${plain("suffix", "")}`;
      return `${aggregate} AS ${holds("quote", "TRUE") ? quoteIdentifier(name, family) : nameAsSql(name, family)}`;
    }),
  };
}

function resolveTemplate(call: MacroCall): Expansion {
  const bound = bind(call, ["template", "mode"], 1);
  const { scope } = call;
  const table = scope.locals.get("this_model");
  if (!table) throw callError(call, "@RESOLVE_TEMPLATE needs @this_model, which is not known here");
  const parts = namePartsOf(table.sql);
  const template = textOfSql(sqlOf(call, bound.get("template") as Argument), scope.family);
  const filled = template.plain
    .replaceAll("@{catalog_name}", parts.at(-3) ?? scope.defaultCatalog ?? "")
    .replaceAll("@{schema_name}", parts.at(-2) ?? "")
    .replaceAll("@{table_name}", parts.at(-1) ?? "");
  const mode = bound.has("mode") ? plainOf(call, bound.get("mode") as Argument).toLowerCase() : "literal";
  if (mode === "literal") return one(quoteString(filled, scope.family));
  if (mode === "table")
    return one(
      filled
        .split(".")
        .map((part) => nameAsSql(part, scope.family))
        .join("."),
    );
  throw callError(call, `@RESOLVE_TEMPLATE knows no mode "${mode}"`, "Use 'literal' or 'table'.");
}

/** The parts of a table name that may be quoted; a filtered subquery gives the name inside it. */
function namePartsOf(sql: string): string[] {
  const name =
    /((?:"(?:[^"]|"")*"|`(?:[^`]|``)*`|[\w$]+)(?:\.(?:"(?:[^"]|"")*"|`(?:[^`]|``)*`|[\w$]+))*)/.exec(
      sql.replace(/^\(\s*SELECT \* FROM /i, ""),
    )?.[1] ?? "";
  return (name.match(/"(?:[^"]|"")*"|`(?:[^`]|``)*`|[\w$]+/g) ?? []).map((part) =>
    /^["`]/.test(part) ? nameContent(part) : part,
  );
}
