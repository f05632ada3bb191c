/** How each kind of model writes one batch (spec plan-and-apply 10.4). */
import type { Session } from "../engine/engine.ts";
import { SluiceError } from "../errors.ts";
import type { Model } from "../model/model.ts";
import { timeFilter } from "../model/time-filter.ts";
import type { Interval } from "../snapshot/snapshot.ts";
import type { Column, NameParts } from "../sql/name-parts.ts";
import type { RowChange } from "./change-rows.ts";
import type { ApplyContext } from "./context.ts";
import { selectRows } from "./insert.ts";
import type { KeyedRows } from "./merge.ts";
import { dropScratch, keyedScratch, mergeKeyed, stageKeyed } from "./merge.ts";
import { changeScd, stageScd, tidyScd } from "./scd.ts";
import type { StepTexts } from "./step-texts.ts";

/** One batch of one model, ready to be written. */
export interface Batch {
  readonly texts: StepTexts;
  /** What the rows go into: the model's table, or one that is built beside it. */
  readonly table: NameParts;
  /** The model's table, which scratch tables are named after. */
  readonly named: NameParts;
  readonly interval: Interval;
  /** No rows count yet: the insert replaces what is there. */
  readonly first: boolean;
}

/** Says what a batch does to the rows of a table that exists. */
export interface Writer {
  /** Builds what the change needs, where DDL must stay outside the transaction. */
  readonly stage?: (session: Session) => Promise<void>;
  readonly change: (columns: readonly Column[]) => RowChange;
  /** Drops what `stage` built. */
  readonly tidy?: (session: Session) => Promise<void>;
}

/** The writer of an incremental kind. VIEW and FULL replace their whole object and have none. */
export function writerOf(context: ApplyContext, batch: Batch): Writer {
  const { model } = batch.texts;
  const { kind } = model;
  switch (kind.name) {
    case "INCREMENTAL_BY_TIME_RANGE":
      return timeRangeWriter(context, batch, kind);
    case "INCREMENTAL_BY_UNIQUE_KEY":
      return batch.first ? replacing(context, batch) : keyed(context, batch, kind.uniqueKey, true);
    case "INCREMENTAL_BY_PARTITION":
      return batch.first ? replacing(context, batch) : keyed(context, batch, model.partitionedBy, false);
    case "INCREMENTAL_UNMANAGED":
      if (batch.first) return replacing(context, batch);
      if (kind.insertOverwrite && model.partitionedBy.length > 0)
        return keyed(context, batch, model.partitionedBy, false);
      return {
        change: (columns) => ({
          removed: null,
          added: selectRows(context, columns, batch.texts.query()),
        }),
      };
    case "SCD_TYPE_2":
    case "SCD_TYPE_2_BY_TIME":
    case "SCD_TYPE_2_BY_COLUMN":
      return {
        stage: (session) => stageScd(context, session, batch, kind),
        change: (columns) => changeScd(context, batch, columns),
        tidy: (session) => tidyScd(context, session, batch.named),
      };
    default:
      throw new SluiceError(
        "INTERNAL",
        `${model.displayName} of kind ${kind.name} is not written in batches`,
      );
  }
}

function timeRangeWriter(
  context: ApplyContext,
  batch: Batch,
  kind: Extract<Model["kind"], { name: "INCREMENTAL_BY_TIME_RANGE" }>,
): Writer {
  const { engine } = context;
  return {
    change: (columns) => {
      const type =
        columns.find((column) => column.name.toLowerCase() === kind.timeColumn.toLowerCase())?.type ?? null;
      const [start, end] = batch.interval;
      const filter = timeFilter(kind.timeColumn, type, kind.timeFormat, start, end, engine.family);
      // Rows the query gives outside the range are not kept: no other batch would ever delete them again.
      return {
        removed: filter,
        added: selectRows(context, columns, batch.texts.query(), filter),
      };
    },
  };
}

function replacing(context: ApplyContext, batch: Batch): Writer {
  return {
    change: (columns) => ({
      removed: "all",
      added: selectRows(context, columns, batch.texts.query()),
    }),
  };
}

function keyed(context: ApplyContext, batch: Batch, keys: readonly string[], distinct: boolean): Writer {
  const rows: KeyedRows = { table: batch.table, scratch: keyedScratch(context, batch.named), keys, distinct };
  return {
    stage: (session) => stageKeyed(context, session, rows, batch.texts.query()),
    change: (columns) => mergeKeyed(context, rows, columns),
    tidy: (session) => dropScratch(context, session, rows.scratch),
  };
}
