/**
 * Is the definition SQLMesh kept the one the project has now? Everything that may change rows, or what a reader finds, must
 * be proved equal; words about the model (owner, description, tags, cron within one unit) need not.
 */
import { canonicalJson } from "../digest.ts";
import type { MacroValue, Model, SqlText } from "../model/model.ts";
import { type DialectFamily, familyOf, isDialect } from "../sql/dialect.ts";
import { intervalUnitOf } from "../time/cron.ts";
import { unprovenAudits } from "./compare-audits.ts";
import { kindDifferences } from "./compare-kind.ts";
import { seedDifferences } from "./compare-seed.ts";
import { recordedText, sameSql, sameText } from "./compare-texts.ts";
import { parsePythonLiteral } from "./python-literal.ts";
import { flagOf, listOf, objectOf, type Recorded, textOf } from "./recorded.ts";

/** Sentences that say why not; empty when the definitions are proved equal. */
export function compareDefinition(model: Model, node: Recorded): readonly string[] {
  if (model.kind.name === "EXTERNAL") return [];
  const family = familyOf(model.dialect);
  const dialect = textOf(node["dialect"]) ?? "";
  if (!isDialect(dialect) || familyOf(dialect) !== family) {
    return [`SQLMesh's definition is in the dialect ${dialect === "" ? "of its configuration" : dialect}`];
  }
  if (model.node === "audit") return queryReasons(model, node, family);
  return [
    ...sentence("differs from SQLMesh's definition", [
      ...kindDifferences(model, node, family),
      ...propertyDifferences(model, node, family),
      ...(model.kind.name === "SEED" ? seedDifferences(model, node) : []),
    ]),
    ...(model.kind.name === "SEED" ? [] : queryReasons(model, node, family)),
    ...statementReasons(model, node, family),
    ...valueReasons(model, node, family),
    ...sentence(
      "blocks, and the rows there are not known to have passed it as it is now",
      unprovenAudits(model, node, family).map((name) => `the audit ${name}`),
    ),
  ];
}

function sentence(ending: string, what: readonly string[]): readonly string[] {
  return what.map((one) => `${one} ${ending}`);
}

function queryReasons(model: Model, node: Recorded, family: DialectFamily): readonly string[] {
  const recorded = recordedText(node["query"]);
  if (model.query === undefined || recorded === null) return ["SQLMesh kept no query of it"];
  if (sameText(model.query, recorded, family)) return [];
  return ["the query cannot be proved equal to the one SQLMesh ran"];
}

const statementLists = [
  ["pre_statements", "preStatements", "statements before the query"],
  ["post_statements", "postStatements", "statements after the query"],
  ["on_virtual_update", "onVirtualUpdate", "on_virtual_update statements"],
] as const;

function statementReasons(model: Model, node: Recorded, family: DialectFamily): readonly string[] {
  return statementLists.flatMap(([key, field, words]) => {
    const own: readonly SqlText[] = model[field];
    const recorded = listOf(node[key]).map((one) => recordedText(one) ?? "");
    const same =
      own.length === recorded.length && own.every((text, at) => sameText(text, recorded[at] ?? "", family));
    return same ? [] : [`the ${words} cannot be proved equal to SQLMesh's`];
  });
}

function propertyDifferences(model: Model, node: Recorded, family: DialectFamily): readonly string[] {
  const unit = textOf(node["interval_unit"]) ?? intervalUnitOf(textOf(node["cron"]) ?? "@daily");
  const found: readonly (readonly [string, boolean])[] = [
    ["partitioned_by", samePartitions(model, node, family)],
    ["clustered_by", sameList(model.clusteredBy, node["clustered_by"], family)],
    ["stamp", (model.stamp ?? null) === textOf(node["stamp"])],
    ["interval_unit", unit === model.intervalUnit],
    ["cron_tz", (textOf(node["cron_tz"]) ?? "UTC") === model.cronTz],
    ["allow_partials", flagOf(node["allow_partials"]) === model.allowPartials],
    ["physical_version", (model.physicalVersion ?? null) === textOf(node["physical_version"])],
    [
      "virtual_environment_mode",
      (textOf(node["virtual_environment_mode"]) ?? "full") === model.virtualEnvironmentMode,
    ],
    ["physical_properties", sameRecord(model.physicalProperties, node["physical_properties"], family)],
    ["session_properties", sameRecord(model.sessionProperties, node["session_properties"], family)],
  ];
  return found.filter(([, same]) => !same).map(([name]) => name);
}

/** Whether the time column leads the list is a property of the kind: written out it means the same. */
function samePartitions(model: Model, node: Recorded, family: DialectFamily): boolean {
  const { kind } = model;
  const time =
    kind.name === "INCREMENTAL_BY_TIME_RANGE" && kind.partitionByTimeColumn ? kind.timeColumn : null;
  const rest = <T>(list: readonly T[]): readonly T[] =>
    time !== null && sameSql(time, textOf(list[0]) ?? "", family) ? list.slice(1) : list;
  return sameList(rest(model.partitionedBy), rest(listOf(node["partitioned_by"])), family);
}

function sameList(own: readonly string[], recorded: unknown, family: DialectFamily): boolean {
  const there = listOf(recorded);
  return (
    there.length === own.length && own.every((text, at) => sameSql(text, textOf(there[at]) ?? "", family))
  );
}

/** SQLMesh keeps properties as one text: `(a = 1, b = 'x')`. */
function sameRecord(
  own: Readonly<Record<string, string>>,
  recorded: unknown,
  family: DialectFamily,
): boolean {
  const entries = Object.entries(own);
  const there = textOf(recorded);
  if (entries.length === 0) return there === null || /^\(\s*\)$/.test(there);
  if (there === null) return false;
  const bare = there.replace(/'(\w+)'(?=\s*=)/g, "$1");
  return sameSql(`(${entries.map(([key, value]) => `${key} = ${value}`).join(", ")})`, bare, family);
}

/** What macros and Jinja read: variables, blueprint values, Jinja macros, Python. */
function valueReasons(model: Model, node: Recorded, family: DialectFamily): readonly string[] {
  const environment = objectOf(node["python_env"]) ?? {};
  const variables = valuesIn(environment, "__sqlmesh__vars__");
  const blueprint = valuesIn(environment, "__sqlmesh__blueprint__vars__");
  const unequal = Object.entries(model.variables).filter(
    ([name, value]) =>
      !Object.hasOwn(variables, name) || canonicalJson(variables[name]) !== canonicalJson(value),
  );
  const other = Object.entries(model.blueprint).filter(([name, sql]) => {
    const there = blueprint[name];
    const text = typeof there === "string" || typeof there === "number" ? String(there) : null;
    return text === null || !(sameSql(sql, text, family) || sameSql(sql, `'${text}'`, family));
  });
  const python = Object.entries(environment).filter(
    ([, one]) => objectOf(one)?.["kind"] === "definition" && !flagOf(objectOf(one)?.["is_metadata"]),
  );
  const macros = objectOf(objectOf(node["jinja_macros"])?.["root_macros"]) ?? {};
  const jinja = Object.entries(model.jinjaMacros).filter(
    ([name, text]) => textOf(objectOf(macros[name])?.["definition"])?.trim() !== text.trim(),
  );
  return [
    ...sentence("cannot be proved to have the value it had for SQLMesh", [
      ...unequal.map(([name]) => `the variable ${name}`),
      ...other.map(([name]) => `the blueprint variable ${name}`),
      ...jinja.map(([name]) => `the Jinja macro ${name}`),
    ]),
    ...python.map(([name]) => `SQLMesh ran the Python macro ${name} for it`),
  ];
}

function valuesIn(environment: Recorded, key: string): Readonly<Record<string, MacroValue>> {
  const payload = textOf(objectOf(environment[key])?.["payload"]);
  const value = payload === null ? undefined : parsePythonLiteral(payload);
  const found = objectOf(value);
  return found === null ? {} : (found as Readonly<Record<string, MacroValue>>);
}
