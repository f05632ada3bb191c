/**
 * SCD type 2 (spec plan-and-apply 10.5): every version of a row with the time it was valid. The table's whole new
 * content is built beside it and takes its rows' place in one transaction.
 */

import type { Session } from "../engine/engine.ts";
import type { Model } from "../model/model.ts";
import { timeLiteral } from "../model/time-filter.ts";
import type { DialectFamily } from "../sql/dialect.ts";
import { quoteIdentifier } from "../sql/dialect.ts";
import type { Column, NameParts } from "../sql/name-parts.ts";
import { microsOf } from "../time/format.ts";
import type { RowChange } from "./change-rows.ts";
import type { ApplyContext } from "./context.ts";
import { columnList } from "./insert.ts";
import { dropScratch, keyedScratch, stageKeyed } from "./merge.ts";
import { scratchName } from "./scratch.ts";
import type { Batch } from "./writers.ts";

export type ScdKind = Extract<Model["kind"], { readonly validFrom: string }>;

/** Builds the new content. */
export async function stageScd(
  context: ApplyContext,
  session: Session,
  batch: Batch,
  kind: ScdKind,
): Promise<void> {
  const { engine } = context;
  const columns = await engine.columnsOf(batch.table, session);
  const rows = {
    table: batch.table,
    scratch: keyedScratch(context, batch.named),
    keys: kind.uniqueKey,
    distinct: true,
  };
  await stageKeyed(context, session, rows, batch.texts.query());
  await dropScratch(context, session, contentOf(context, batch.named));
  await engine.createTableAs(
    session,
    contentOf(context, batch.named),
    scdQuery(context, batch, kind, columns),
  );
}

/** The new content takes the place of all rows. */
export function changeScd(context: ApplyContext, batch: Batch, columns: readonly Column[]): RowChange {
  const content = context.engine.name(contentOf(context, batch.named));
  return { removed: "all", added: `SELECT ${columnList(context, columns)} FROM ${content}` };
}

export async function tidyScd(context: ApplyContext, session: Session, table: NameParts): Promise<void> {
  await dropScratch(context, session, keyedScratch(context, table));
  await dropScratch(context, session, contentOf(context, table));
}

/** Columns Sluice keeps beside the query's own. A TIMESTAMP of MySQL does not hold the beginning of 1970, which stands for ever. */
export function managedColumns(kind: ScdKind, family: DialectFamily): readonly Column[] {
  const plain = family === "mysql" && /^TIMESTAMP$/i.test(kind.timeDataType);
  const type = plain ? "DATETIME(6)" : kind.timeDataType;
  return [kind.validFrom, kind.validTo].map((name) => ({ name, type }));
}

function contentOf(context: ApplyContext, table: NameParts): NameParts {
  return scratchName(context, table, "content");
}

/** Closed rows stay; open ones stay, or are closed; changed and new ones are added. */
function scdQuery(context: ApplyContext, batch: Batch, kind: ScdKind, columns: readonly Column[]): string {
  const { engine, executionTime } = context;
  const { sameValue } = engine.statements;
  const quote = (name: string): string => quoteIdentifier(name, engine.family);
  const [from, to] = [quote(kind.validFrom), quote(kind.validTo)];
  const own = columns
    .map(({ name }) => name)
    .filter((name) => !isManaged(name, kind))
    .map(quote);
  const type = engine.family === "mysql" ? "DATETIME(6)" : kind.timeDataType;
  const instant = (milliseconds: number): string =>
    timeLiteral(microsOf(milliseconds), kind.timeDataType, "%Y-%m-%d %H:%M:%S", engine.family);
  const keyNames = kind.uniqueKey.map((_, at) => `sluice_key_${at}`);
  const keys = kind.uniqueKey.map((key, at) => `${key} AS ${keyNames[at]}`).join(", ");
  const same = (a: string, b: string): string =>
    keyNames.map((key) => sameValue(`${a}.${key}`, `${b}.${key}`)).join(" AND ");
  const updated = kind.updatedAt === undefined ? null : quote(kind.updatedAt);
  const now = updated !== null ? `CAST(s.${updated} AS ${type})` : instant(executionTime);
  const changed = changeOf(kind, own, updated, sameValue, quote);
  const vanished = kind.invalidateHardDeletes
    ? `WHEN s.sluice_here IS NULL THEN ${instant(executionTime)}`
    : "";
  const of = (side: string): string => own.map((name) => `${side}.${name}`).join(", ");
  const table = engine.name(batch.table);
  const only = batch.first ? "AND 1 = 0" : "";
  const order = updated === null ? keyNames.join(", ") : `${updated} DESC`;
  return `WITH source AS (
  SELECT * FROM (SELECT q.*, 1 AS sluice_here, ROW_NUMBER() OVER (PARTITION BY ${keyNames.join(", ")} ORDER BY ${order}) AS sluice_number
    FROM ${engine.name(keyedScratch(context, batch.named))} AS q) AS numbered WHERE sluice_number = 1
), latest AS (SELECT t.*, ${keys} FROM ${table} AS t WHERE ${to} IS NULL ${only}
), closed AS (SELECT t.*, ${keys} FROM ${table} AS t WHERE ${to} IS NOT NULL ${only}
), gone AS (
  SELECT ${keyNames.map((key) => `c.${key}`).join(", ")}, MAX(c.${to}) AS sluice_gone FROM closed AS c
  WHERE NOT EXISTS (SELECT 1 FROM latest AS l WHERE ${same("l", "c")}) GROUP BY ${keyNames.map((key) => `c.${key}`).join(", ")}
)
SELECT ${of("c")}, c.${from}, c.${to} FROM closed AS c
UNION ALL
SELECT ${of("l")}, l.${from}, CASE WHEN ${changed} THEN ${now} ${vanished} ELSE l.${to} END AS ${to}
FROM latest AS l LEFT JOIN source AS s ON ${same("l", "s")}
UNION ALL
SELECT ${of("s")}, ${now} AS ${from}, CAST(NULL AS ${type}) AS ${to}
FROM latest AS l JOIN source AS s ON ${same("l", "s")} WHERE ${changed}
UNION ALL
SELECT ${of("s")}, ${startOfNew(kind, batch.first, now, instant)} AS ${from}, CAST(NULL AS ${type}) AS ${to}
FROM source AS s LEFT JOIN gone AS g ON ${same("g", "s")}
WHERE NOT EXISTS (SELECT 1 FROM latest AS l WHERE ${same("l", "s")})`;
}

function isManaged(name: string, kind: ScdKind): boolean {
  return [kind.validFrom, kind.validTo].some((managed) => managed.toLowerCase() === name.toLowerCase());
}

/** Condition on an open row `l` and its source row `s`. */
function changeOf(
  kind: ScdKind,
  own: readonly string[],
  updated: string | null,
  sameValue: (left: string, right: string) => string,
  quote: (name: string) => string,
): string {
  if (kind.name !== "SCD_TYPE_2_BY_COLUMN") return `s.${updated} > l.${updated}`;
  const compared = Array.isArray(kind.columns) ? (kind.columns as readonly string[]).map(quote) : own;
  const differs = compared.map((name) => `NOT (${sameValue(`l.${name}`, `s.${name}`)})`);
  return `(s.sluice_here IS NOT NULL AND (${differs.join(" OR ")}))`;
}

/** `valid_from` of a key that has no open row. */
function startOfNew(
  kind: ScdKind,
  first: boolean,
  now: string,
  instant: (milliseconds: number) => string,
): string {
  if (kind.name === "SCD_TYPE_2_BY_COLUMN") {
    return first && !kind.executionTimeAsValidFrom ? instant(0) : now;
  }
  const fresh = kind.updatedAtAsValidFrom ? now : instant(0);
  // Back after it was deleted: valid from then on, and never before the end of its former life.
  return `CASE WHEN g.sluice_gone IS NULL THEN ${fresh} WHEN g.sluice_gone > ${now} THEN g.sluice_gone ELSE ${now} END`;
}
