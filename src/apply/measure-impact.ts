/**
 * Looks at what views show now and at the tables they are about to show: aggregates only, one query per object, one after
 * the other, until the time is over.
 */
import type { Engine } from "../engine/engine.ts";
import { nameKey } from "../engine/engine.ts";
import type { EnvironmentView } from "../environment/environment.ts";
import type { Model } from "../model/model.ts";
import type { ImpactLimits, MeasuredModel } from "../plan/impact.ts";
import type { PlanDocument } from "../plan/plan.ts";
import { quoteIdentifier } from "../sql/dialect.ts";
import type { NameParts } from "../sql/name-parts.ts";

export interface MeasureRequest {
  readonly plan: PlanDocument;
  readonly limits: ImpactLimits;
  /** Definition of what the view is about to show, for its key; null = not known. */
  readonly modelOf: (view: EnvironmentView) => Model | null;
  /** Called before each query; throws when the time is over. */
  readonly checkpoint: () => void;
}

/** Models whose view exists and moves to another table. */
export async function measureImpact(
  engine: Engine,
  request: MeasureRequest,
): Promise<readonly MeasuredModel[]> {
  const views = comparable(request.plan);
  const existing = await engine.objects(views.map(({ view }) => view));
  const measured: MeasuredModel[] = [];
  for (const view of views) {
    if (existing.has(nameKey(view.view))) measured.push(await measureOne(engine, view, request));
  }
  return measured;
}

/** A version that stays keeps its rows, whatever else about the model changes. */
function comparable(plan: PlanDocument): readonly EnvironmentView[] {
  const replaced = new Set(
    plan.models
      .filter(
        ({ change, previous, reuse }) =>
          change !== "unmodified" && previous !== null && reuse !== "unchanged",
      )
      .map(({ name }) => name),
  );
  const views = plan.steps.flatMap((step) => (step.kind === "switch" ? step.views : []));
  return views.filter(({ model }) => replaced.has(model));
}

async function measureOne(
  engine: Engine,
  { view, table, ...rest }: EnvironmentView,
  { limits, modelOf, checkpoint }: MeasureRequest,
): Promise<MeasuredModel> {
  const both = await commonColumns(engine, view, table);
  const columns = limits.maxNullRateChange === undefined ? [] : both;
  checkpoint();
  const before = await aggregate(engine, view, columns);
  checkpoint();
  const after = await aggregate(engine, table, columns);
  const key = limits.maxKeyLoss === undefined ? null : keyOf(modelOf({ view, table, ...rest }), both);
  if (key !== null) checkpoint();
  return {
    model: rest.model,
    rows: { before: before.rows, after: after.rows },
    nulls: columns.map((column, index) => ({
      column,
      before: before.nulls[index] ?? 0,
      after: after.nulls[index] ?? 0,
    })),
    keys: key === null ? null : await lostKeys(engine, view, table, key),
  };
}

async function commonColumns(engine: Engine, view: NameParts, table: NameParts): Promise<readonly string[]> {
  const [before, after] = [await engine.columnsOf(view), await engine.columnsOf(table)];
  const names = new Set(before.map(({ name }) => name.toLowerCase()));
  return after.map(({ name }) => name).filter((name) => names.has(name.toLowerCase()));
}

async function aggregate(
  engine: Engine,
  object: NameParts,
  columns: readonly string[],
): Promise<{ readonly rows: number; readonly nulls: readonly number[] }> {
  const counts = columns.map((column, index) => `COUNT(${quote(engine, column)}) AS c${index}`);
  const [row] = await engine.query(
    `SELECT ${["COUNT(*) AS n", ...counts].join(", ")} FROM ${engine.name(object)}`,
  );
  const rows = Number(row?.["n"] ?? 0);
  return { rows, nulls: columns.map((_, index) => rows - Number(row?.[`c${index}`] ?? 0)) };
}

/**
 * Keys with a NULL are none. Both sides in one GROUP BY: of a million keys MariaDB makes 8 s where a join takes 42 s, told in
 * a comment that only servers of MySQL's kind read that the groups are many, and 20 s untold. DuckDB needs half of a join's.
 */
async function lostKeys(
  engine: Engine,
  view: NameParts,
  table: NameParts,
  key: readonly string[],
): Promise<{ readonly before: number; readonly lost: number }> {
  const columns = key.map((column) => quote(engine, column));
  const list = columns.join(", ");
  const known = columns.map((column) => `${column} IS NOT NULL`).join(" AND ");
  const side = (object: NameParts, was: 0 | 1): string =>
    `SELECT ${list}, ${was} AS sluice_was, ${1 - was} AS sluice_is FROM ${engine.name(object)} WHERE ${known}`;
  const [row] = await engine.query(
    `SELECT COUNT(*) AS total, SUM(sluice_is) AS kept
     FROM (SELECT /*! SQL_BIG_RESULT */ MAX(sluice_was) AS sluice_was, MAX(sluice_is) AS sluice_is
       FROM (${side(view, 1)} UNION ALL ${side(table, 0)}) AS sides GROUP BY ${list}) AS sluice_keys
     WHERE sluice_was = 1`,
  );
  const before = Number(row?.["total"] ?? 0);
  return { before, lost: before - Number(row?.["kept"] ?? 0) };
}

/** The model's unique key, else its first grain, where it is made of plain columns that both sides have. */
function keyOf(model: Model | null, columns: readonly string[]): readonly string[] | null {
  if (model === null) return null;
  const texts = "uniqueKey" in model.kind ? model.kind.uniqueKey : grainColumns(model.grains[0]);
  const found = texts.map((text) => columns.find((column) => column.toLowerCase() === bare(text)));
  return found.length > 0 && found.every((column) => column !== undefined) ? found : null;
}

/** `a` or `(a, b)`. */
function grainColumns(grain: string | undefined): readonly string[] {
  return grain === undefined ? [] : grain.replace(/^\s*\((.*)\)\s*$/s, "$1").split(",");
}

function bare(text: string): string {
  return text
    .trim()
    .replace(/^["`](.*)["`]$/, "$1")
    .toLowerCase();
}

function quote(engine: Engine, column: string): string {
  return quoteIdentifier(column, engine.family);
}
