/** The built-in lint rules (spec project-format 12): pure functions over one model and what surrounds it. */
import { SluiceError } from "../errors.ts";
import { familyOf } from "../sql/dialect.ts";
import type { Column } from "../sql/name-parts.ts";
import { type OutputColumn, outputColumns } from "../sql/projections.ts";
import { lintRules } from "./lint-rules.ts";
import type { Model, ModelFacts, ModelName } from "./model.ts";
import { expandQuery } from "./render.ts";
import { shownColumns } from "./shown-columns.ts";

export interface LintViolation {
  readonly model: ModelName;
  readonly rule: string;
  readonly level: "error" | "warning";
  /** One sentence without the model's name. */
  readonly text: string;
  readonly path: string;
  readonly line?: number;
}

/** The part of a project that linting reads. */
export interface LintSubject {
  readonly facts: ReadonlyMap<ModelName, ModelFacts>;
  readonly graph: { readonly order: readonly ModelName[] };
  readonly model: (name: ModelName) => Promise<Model>;
  /** Test files: test name → body. */
  readonly tests: readonly { readonly tests: Readonly<Record<string, unknown>> }[];
  readonly settings: {
    readonly linter: { readonly rules: readonly string[]; readonly warnRules: readonly string[] };
  };
}

export interface LintRequest {
  readonly id: string;
  readonly sql: string;
  readonly dialect: Model["dialect"];
  readonly schema: Readonly<Record<string, readonly Column[]>>;
}

/** Answers about columns; null = cannot tell. The analyser of the sql room is one. */
export interface ColumnAnalysis {
  columns(requests: readonly LintRequest[]): Promise<ReadonlyMap<string, readonly Column[] | null>>;
  unknownColumns(
    requests: readonly LintRequest[],
  ): Promise<
    ReadonlyMap<
      string,
      readonly { readonly column: string; readonly line: number; readonly sentence: string }[] | null
    >
  >;
}

/** Rules that ask {@link ColumnAnalysis}. */
export const analysedRules: readonly string[] = [
  "ambiguousorinvalidcolumn",
  "invalidselectstarexpansion",
  "noambiguousprojections",
];

/** All violations, parents first, then by rule. Without `analysis` the rules that need it find nothing. */
export async function lintModels(
  project: LintSubject,
  analysis?: ColumnAnalysis,
): Promise<readonly LintViolation[]> {
  const { rules, warnRules } = project.settings.linter;
  const levels = new Map<string, LintViolation["level"]>();
  for (const rule of rules) levels.set(rule, "error");
  for (const rule of warnRules) levels.set(rule, "warning");
  if (levels.size === 0) return [];
  const tested = testedNames(project);
  const columns = new Map<ModelName, readonly Column[] | null>();
  const violations: LintViolation[] = [];
  for (const name of project.graph.order) {
    if (project.facts.get(name)?.node === "audit") continue;
    const model = await project.model(name);
    const view = await viewOf(model, project, columns, analysis);
    columns.set(name, shownColumns(model, view.columns));
    if (model.ignoredRules === "ALL") continue;
    for (const rule of lintRules) {
      const level = levels.get(rule);
      if (level === undefined || model.ignoredRules.includes(rule)) continue;
      for (const { text, line } of checks[rule]?.(view, { project, tested }) ?? []) {
        violations.push({
          model: name,
          rule,
          level,
          text,
          path: model.path,
          ...(line === undefined ? {} : { line }),
        });
      }
    }
  }
  return violations;
}

/** What the rules look at. */
interface ModelView {
  readonly model: Model;
  /** Outer projections after macros; null when they cannot be told. */
  readonly outputs: readonly OutputColumn[] | null;
  readonly columns: readonly Column[] | null;
  /** Dependencies without known columns. */
  readonly unknownParents: readonly ModelName[];
  readonly unknownColumns: readonly Finding[];
}

interface Finding {
  readonly text: string;
  readonly line?: number;
}

interface Surroundings {
  readonly project: LintSubject;
  readonly tested: ReadonlySet<string>;
}

const checks: Readonly<Record<string, (view: ModelView, around: Surroundings) => readonly Finding[]>> = {
  ambiguousorinvalidcolumn: ({ unknownColumns }) => unknownColumns,
  invalidselectstarexpansion: ({ outputs, unknownParents }) =>
    hasStar(outputs) && unknownParents.length > 0
      ? [{ text: `the * cannot be expanded: the columns of ${unknownParents.join(", ")} are not known` }]
      : [],
  noselectstar: ({ outputs }) =>
    hasStar(outputs) ? [{ text: "the query selects *: name its columns" }] : [],
  noambiguousprojections: ({ outputs, unknownParents }) =>
    ambiguousProjections(outputs ?? [], unknownParents.length > 0),
  nomissingaudits: ({ model }) =>
    model.hasAudits || model.kind.name === "EMBEDDED" || model.kind.name === "EXTERNAL"
      ? []
      : [{ text: "the model has no audits" }],
  nomissingexternalmodels: ({ model }, { project }) => {
    const missing = model.dependsOn.filter((name) => !project.facts.has(name));
    return missing.length === 0
      ? []
      : [{ text: `${missing.join(", ")} should be registered in external_models.yaml` }];
  },
  nomissingunittest: ({ model }, { tested }) =>
    model.kind.name === "EXTERNAL" || tested.has(model.displayName)
      ? []
      : [{ text: "the model has no unit test" }],
};

function hasStar(outputs: readonly OutputColumn[] | null): boolean {
  return outputs?.some((output) => output.star) ?? false;
}

/** With every parent's columns known, engines' invented names stand for missing ones. */
function ambiguousProjections(outputs: readonly OutputColumn[], unknownParents: boolean): Finding[] {
  const unnamed = outputs
    .filter((output) => output.name === null && !output.star)
    .map((output) => output.text);
  const names = outputs.flatMap((output) => (output.name === null ? [] : [output.name]));
  const repeated = [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
  return [
    ...(unknownParents && unnamed.length > 0
      ? [{ text: `these projections have no name: ${unnamed.join(", ")}` }]
      : []),
    ...(repeated.length > 0 ? [{ text: `these output names occur twice: ${repeated.join(", ")}` }] : []),
  ];
}

async function viewOf(
  model: Model,
  project: LintSubject,
  columns: ReadonlyMap<ModelName, readonly Column[] | null>,
  analysis: ColumnAnalysis | undefined,
): Promise<ModelView> {
  const sql = queryAtLoad(model);
  const family = familyOf(model.dialect);
  const schema: Record<string, readonly Column[]> = {};
  const unknownParents: ModelName[] = [];
  for (const parent of model.dependsOn) {
    const facts = project.facts.get(parent);
    const known = columns.get(parent) ?? (facts ? shownColumns(facts) : null);
    if (known) schema[parent] = known;
    else unknownParents.push(parent);
  }
  const view = { model, unknownParents, outputs: sql === null ? null : outputColumns(sql, family) };
  if (sql === null || !analysis || unknownParents.length > 0)
    return { ...view, columns: model.columns, unknownColumns: [] };
  const request = { id: model.name, sql, dialect: model.dialect, schema };
  const own = model.columns ?? (await analysis.columns([request])).get(model.name) ?? null;
  const unknown = (await analysis.unknownColumns([request])).get(model.name) ?? [];
  const lineAt = lineOfQuery(model);
  return {
    ...view,
    columns: own,
    unknownColumns: unknown.map((found) => ({ text: found.sentence, line: lineAt(found.line) })),
  };
}

/** Lines of a rendered Jinja block are not its author's. */
function lineOfQuery({ query }: Model): (line: number) => number {
  const first = query?.line ?? 1;
  return (line) => (query?.jinja ? first : first + line - 1);
}

function queryAtLoad(model: Model): string | null {
  if (!model.query) return null;
  const context = {
    family: familyOf(model.dialect),
    stage: "loading",
    executionTime: 0,
    thisModel: model.name,
    resolve: () => null,
    gateway: model.gateway ?? "",
    defaultCatalog: model.defaultCatalog,
  } as const;
  try {
    return expandQuery(model, context);
  } catch (error) {
    if (error instanceof SluiceError) return null;
    throw error;
  }
}

function testedNames(project: LintSubject): ReadonlySet<string> {
  const bodies = project.tests.flatMap((file) => Object.values(file.tests));
  return new Set(
    bodies.flatMap((body) => {
      const model =
        typeof body === "object" && body !== null ? (body as { model?: unknown }).model : undefined;
      return typeof model === "string" ? [model] : [];
    }),
  );
}
