/** Models, audits and lineage as loaded. */
import type { AuditDefinition, ModelFacts, ModelName } from "../../src/model/model.ts";
import { shownColumns } from "../../src/model/shown-columns.ts";
import type { Project } from "../../src/project/project.ts";
import type { Column } from "../../src/sql/name-parts.ts";
import { permits, type Stage } from "./case.ts";
import { differences, isRecord, sameSql, sameType, setDifferences, show } from "./compare.ts";
import { describeModel } from "./describe-model.ts";
import { analyseColumns, checkLineage } from "./lineage.ts";
import { openProject, recordedName } from "./project.ts";

type Facts = Readonly<Record<string, unknown>>;

/** Kept by nobody in Sluice: they change nothing it does. */
const ignored: ReadonlySet<string> = new Set([
  "optimize_query",
  "formatting",
  "table_format",
  "storage_format",
  "inline_audits",
  // Restatements by themselves happen in cadence runs of another tool.
  "auto_restatement_cron",
  "auto_restatement_intervals",
]);

/** Values that are SQL: compared by their tokens. */
const sqlLists: ReadonlySet<string> = new Set([
  "grains",
  "references",
  "partitioned_by",
  "clustered_by",
  "pre_statements",
  "post_statements",
  "on_virtual_update",
  "unique_key",
]);

export async function checkLoad(stage: Stage): Promise<readonly string[]> {
  if (stage.args["paths"] !== undefined) return ["not built: a project of several folders"];
  const project = await openProject(stage);
  const found = await checkModels(stage, project);
  const audits = stage.expect["audits"];
  if (isRecord(audits)) found.push(...checkAudits(audits, project));
  found.push(...(await checkLineage(stage, project)));
  const standalone = stage.expect["standalone_audits"];
  if (isRecord(standalone)) found.push(...checkStandaloneAudits(standalone, project));
  return found;
}

export async function checkModels(
  stage: Stage,
  project: Project,
  depth: "all" | "recorded keys only" = "all",
): Promise<string[]> {
  const expected = stage.expect["models"] as Readonly<Record<string, Facts>> | undefined;
  if (expected === undefined) return [];
  const { defaultCatalog } = project.settings;
  const ours = new Map(
    [...project.facts.values()]
      .filter((facts) => facts.node === "model")
      .map((facts) => [recordedName(facts, defaultCatalog), facts]),
  );
  const found = setDifferences("models", Object.keys(expected), [...ours.keys()]);
  const starred = Object.entries(expected).some(
    ([name, facts]) => isRecord(facts["columns"]) && ours.get(name)?.columns === null,
  );
  const analysed = starred ? await analyseColumns(stage, project) : new Map<ModelName, readonly Column[]>();
  const only = stage.args["only"] as readonly string[] | undefined;
  const keysOf = (facts: Facts) => (depth === "all" ? only : Object.keys(facts));
  for (const [name, facts] of Object.entries(expected)) {
    const own = ours.get(name);
    if (own === undefined) continue;
    const model = await project.model(own.name);
    // The record knows columns behind a star; with us only the analyser does.
    const columns = isRecord(facts["columns"])
      ? (model.columns ?? analysed.get(own.name) ?? null)
      : model.columns;
    const actual = describeModel({ ...model, columns: shownColumns(model, columns) }, defaultCatalog);
    const differing = compareModel(name, facts, actual, keysOf(facts));
    found.push(
      ...(permits(stage, /loader that reports it/)
        ? differing.filter((line) => !line.includes(".depends_on:"))
        : differing),
    );
  }
  return found;
}

export function compareModel(
  path: string,
  expected: Facts,
  actual: Facts,
  only?: readonly string[],
): readonly string[] {
  const keys = only ?? [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  // Of external models the record drops what is said about columns.
  const isExternal = isRecord(actual["kind"]) && actual["kind"]["name"] === "EXTERNAL";
  return keys
    .filter((key) => !(isExternal && key === "column_descriptions"))

    .filter((key) => !ignored.has(key))
    .flatMap((key) => compareFact(`${path}.${key}`, key, expected[key], actual[key]));
}

function compareFact(path: string, key: string, expected: unknown, actual: unknown): readonly string[] {
  if (key === "columns") return compareColumns(path, expected, actual);
  if (key === "kind") return compareKind(path, expected as Facts, actual as Facts);
  if (key === "audits") return compareSqlTexts(path, show(expected), show(actual));
  if (key.endsWith("_properties"))
    return compareProperties(path, (expected ?? {}) as Facts, (actual ?? {}) as Facts);
  if (sqlLists.has(key))
    return compareSqlLists(path, (expected ?? []) as readonly string[], (actual ?? []) as readonly string[]);
  if (key === "cron_tz") return differences(path, expected ?? "UTC", actual ?? "UTC");
  return differences(path, expected, actual);
}

/** Our type may be absent where only the engine can tell, or known where the record has UNKNOWN. */
function compareColumns(path: string, expected: unknown, actual: unknown): readonly string[] {
  if (!isRecord(expected) || !isRecord(actual)) return differences(path, expected ?? null, actual ?? null);
  const names = differences(`${path} names`, Object.keys(expected), Object.keys(actual));
  const types = Object.entries(expected).flatMap(([name, type]) => {
    const own = actual[name];
    const open = own === null || own === undefined || type === "UNKNOWN";
    return open || sameType(String(type), String(own))
      ? []
      : [`${path}.${name}: expected ${String(type)}, got ${String(own)}`];
  });
  return [...names, ...types];
}

function compareKind(path: string, expected: Facts, actual: Facts): readonly string[] {
  const kept = Object.entries(expected).filter(([key]) => !ignored.has(key));
  return kept.flatMap(([key, value]) =>
    compareFact(`${path}.${key}`, key === "columns" ? "list" : key, value, actual[key]),
  );
}

function compareProperties(path: string, expected: Facts, actual: Facts): readonly string[] {
  const keys = setDifferences(path, Object.keys(expected), Object.keys(actual));
  const values = Object.entries(expected).flatMap(([key, value]) =>
    actual[key] === undefined ? [] : compareSqlTexts(`${path}.${key}`, String(value), String(actual[key])),
  );
  return [...keys, ...values];
}

function compareSqlLists(
  path: string,
  expected: readonly string[],
  actual: readonly string[],
): readonly string[] {
  const same =
    expected.length === actual.length && expected.every((text, i) => sameSql(text, actual[i] ?? ""));
  return same ? [] : [`${path}: expected ${show(expected)}, got ${show(actual)}`];
}

function compareSqlTexts(path: string, expected: string, actual: string): readonly string[] {
  return sameSql(expected, actual) ? [] : [`${path}: expected ${expected}, got ${actual}`];
}

function checkAudits(expected: Facts, project: Project): readonly string[] {
  const ours = new Map([...project.audits.values()].map((audit) => [audit.name.toLowerCase(), audit]));
  return Object.entries(expected).flatMap(([name, value]) => {
    const facts = value as Facts;
    const own = ours.get(name);
    if (own === undefined) return [`audits: missing ${name}`];
    return [
      ...differences(
        `audits.${name}`,
        { skip: facts["skip"], blocking: facts["blocking"] },
        { skip: own.skip, blocking: own.blocking },
      ),
      ...compareProperties(`audits.${name}.defaults`, (facts["defaults"] ?? {}) as Facts, own.defaults),
      ...compareQuery(`audits.${name}.query`, facts, own),
    ];
  });
}

function compareQuery(
  path: string,
  expected: Facts,
  actual: Pick<AuditDefinition, "query">,
): readonly string[] {
  return compareSqlTexts(path, String(expected["query"]), actual.query.text.trim().replace(/;$/, ""));
}

function checkStandaloneAudits(expected: Facts, project: Project): readonly string[] {
  const ours = new Map(
    [...project.facts.values()]
      .filter((facts) => facts.node === "audit")
      .map((facts) => [facts.displayName.toLowerCase(), facts]),
  );
  return Object.entries(expected).flatMap(([name, value]) => {
    const own = ours.get(name.toLowerCase());
    return own === undefined
      ? [`standalone_audits: missing ${name}`]
      : compareStandalone(name, value as Facts, own, project);
  });
}

function compareStandalone(
  name: string,
  expected: Facts,
  own: ModelFacts,
  project: Project,
): readonly string[] {
  const { defaultCatalog } = project.settings;
  const actual: Facts = {
    cron: own.cron,
    owner: own.owner,
    description: own.description,
    start: own.start,
    depends_on: own.dependsOn
      .map((one) => (defaultCatalog === undefined ? one : `${defaultCatalog}.${one}`))
      .sort(),
  };
  return Object.keys(actual)
    .filter((key) => key in expected)
    .flatMap((key) => differences(`standalone_audits.${name}.${key}`, expected[key], actual[key]));
}
