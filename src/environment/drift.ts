/**
 * What was changed by hand beneath an environment: views that show something else than its record says, tables that are
 * gone, names that others took. Pure: the record and what the catalogs say go in, findings come out.
 */
import type { ModelName } from "../model/model.ts";
import { shownColumns } from "../model/shown-columns.ts";
import { isPlainView } from "../snapshot/kind.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { DialectFamily } from "../sql/dialect.ts";
import type { Column, NameParts } from "../sql/name-parts.ts";
import { type PlainView, readPlainView } from "../sql/plain-view.ts";
import { describeName } from "./naming.ts";

export type DriftKind =
  | "view-missing"
  | "view-changed"
  | "view-is-table"
  | "table-missing"
  | "table-changed"
  | "table-retyped"
  | "table-redefined"
  | "table-is-view"
  | "pointer-missing"
  | "pointer-changed";

export interface DriftFinding {
  readonly kind: DriftKind;
  /** Null for the pointer view. */
  readonly model: ModelName | null;
  /** Dotted name of what was changed. */
  readonly object: string;
  /** What is wrong, without a full stop. */
  readonly text: string;
  /** `plan`: the next plan puts it right; `hand`: somebody has to decide. */
  readonly repair: "plan" | "hand";
  /** `table-retyped`: each column's type as it is, and as it was when the table was made. */
  readonly retyped?: readonly RetypedColumn[];
}

export interface RetypedColumn {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** One model of the environment as its record has it. */
export interface RecordedModel {
  readonly snapshot: Snapshot;
  readonly table: NameParts;
  /** Null where readers find the table itself. */
  readonly view: NameParts | null;
}

export interface Catalog {
  readonly typeOf: (name: NameParts) => "table" | "view" | undefined;
  /** The engine's text of a view; undefined where it may not be looked at. */
  readonly textOf: (name: NameParts) => string | undefined;
  /** Columns of a table that is not as it was noted; null = not asked. */
  readonly columnsOf: (name: NameParts) => readonly Column[] | null;
}

/** How an object compares with what was noted when it was made. */
export interface NotedShape {
  readonly same: boolean;
  /** As they were; null where they are the same, and for views. */
  readonly columns: readonly Column[] | null;
}

export interface DriftFacts {
  readonly models: readonly RecordedModel[];
  /** By dotted name; nothing for what was not noted, or by an engine that tells the same in other words. */
  readonly noted: ReadonlyMap<string, NotedShape>;
  readonly pointer: { readonly name: NameParts; readonly planId: string; readonly shown: string | null };
  readonly catalog: Catalog;
  readonly family: DialectFamily;
  /**
   * The engine keeps texts of views in a form that was seen and is read; elsewhere a text tells only when it does not so
   * much as name the table.
   */
  readonly knownTexts: boolean;
  /** Columns that nobody but an apply under way or failed may have added count as changed. */
  readonly extraColumns: boolean;
}

export function findDrift(facts: DriftFacts): readonly DriftFinding[] {
  return [
    ...pointerDrift(facts),
    ...facts.models.flatMap(({ snapshot, table, view }) => [
      ...tableDrift(snapshot, table, facts),
      ...(view === null ? [] : viewDrift(snapshot, view, table, facts)),
    ]),
  ];
}

function pointerDrift({ pointer }: DriftFacts): readonly DriftFinding[] {
  const object = describeName(pointer.name);
  const found = { model: null, object, repair: "plan" } as const;
  if (pointer.shown === null)
    return [{ ...found, kind: "pointer-missing", text: `the pointer view ${object} is not there` }];
  if (pointer.shown === pointer.planId) return [];
  return [
    {
      ...found,
      kind: "pointer-changed",
      text: `the pointer view ${object} names another plan than the one on record`,
    },
  ];
}

function viewDrift(
  snapshot: Snapshot,
  view: NameParts,
  table: NameParts,
  { catalog, family, knownTexts }: DriftFacts,
): readonly DriftFinding[] {
  const object = describeName(view);
  const found = { model: snapshot.name, object, repair: "plan" } as const;
  const type = catalog.typeOf(view);
  if (type === undefined)
    return [{ ...found, kind: "view-missing", text: `its view ${object} is not there` }];
  if (type === "table") {
    const text = `a table stands under the name of its view ${object}`;
    return [{ ...found, kind: "view-is-table", text, repair: "hand" }];
  }
  const text = catalog.textOf(view);
  if (text === undefined) return [];
  const read = readView(text, family);
  if (read === null && !knownTexts && text.toLowerCase().includes(table.table.toLowerCase())) return [];
  const why = viewDifference(read, table, shownColumns(snapshot.facts));
  return why === null
    ? []
    : [{ ...found, kind: "view-changed", text: `its view ${object} was changed by hand: ${why}` }];
}

/** A text the reader of SQL cannot cut is not one that Sluice wrote. */
function readView(text: string, family: DialectFamily): PlainView | null {
  try {
    return readPlainView(text, family);
  } catch {
    return null;
  }
}

function viewDifference(
  view: PlainView | null,
  table: NameParts,
  columns: readonly Column[] | null,
): string | null {
  if (view === null) return "it no longer shows one table as it is";
  const [shown = "", schema] = view.table.toReversed();
  const same = isSame(shown, table.table) && (schema === undefined || isSame(schema, table.schema ?? schema));
  if (!same) return `it shows ${view.table.join(".")} instead of ${describeName(table)}`;
  if (view.columns === "*" || columns === null) return null;
  const listed = new Set(view.columns.map((column) => column.toLowerCase()));
  const lost = columns.filter(({ name }) => !listed.has(name.toLowerCase())).map(({ name }) => name);
  return lost.length === 0 ? null : `it leaves out ${lost.join(", ")}`;
}

/** Catalogs fold names on some servers; versions in them tell tables apart. */
function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function tableDrift(snapshot: Snapshot, table: NameParts, facts: DriftFacts): readonly DriftFinding[] {
  const { catalog } = facts;
  const wanted = isPlainView(snapshot.facts) ? "view" : "table";
  const object = describeName(table);
  const found = { model: snapshot.name, object } as const;
  const type = catalog.typeOf(table);
  if (type === undefined)
    return [{ ...found, kind: "table-missing", text: `its ${wanted} ${object} is gone`, repair: "plan" }];
  if (type !== wanted) {
    const kind = type === "view" ? "table-is-view" : "view-is-table";
    return [
      { ...found, kind, text: `a ${type} stands under the name of its ${wanted} ${object}`, repair: "hand" },
    ];
  }
  const noted = facts.noted.get(object);
  if (wanted === "view") {
    const text = `its physical view ${object} was changed by hand: it is defined otherwise than the model says`;
    return noted?.same === false ? [{ ...found, kind: "table-redefined", text, repair: "plan" }] : [];
  }
  return noted?.same
    ? []
    : columnDrift(snapshot, object, catalog.columnsOf(table), noted?.columns ?? null, facts);
}

/** `noted`: the columns the table was made with, where they are not what it has now. */
function columnDrift(
  snapshot: Snapshot,
  object: string,
  present: readonly Column[] | null,
  noted: readonly Column[] | null,
  facts: DriftFacts,
): readonly DriftFinding[] {
  const found = { model: snapshot.name, object } as const;
  const changed = `its table ${object} was changed by hand`;
  const why = columnDifference(snapshot, present, noted, facts);
  const retyped = retypedColumns(present ?? [], noted ?? []);
  const types = retyped.map(({ name, from, to }) => `${name} is ${from} instead of ${to}`).join(", ");
  return [
    ...(why === null
      ? []
      : [{ ...found, kind: "table-changed", text: `${changed}: ${why}`, repair: "hand" } as const]),
    ...(retyped.length === 0
      ? []
      : [
          { ...found, kind: "table-retyped", text: `${changed}: ${types}`, repair: "plan", retyped } as const,
        ]),
  ];
}

function retypedColumns(present: readonly Column[], noted: readonly Column[]): readonly RetypedColumn[] {
  const before = new Map(noted.map(({ name, type }) => [name.toLowerCase(), type]));
  return present.flatMap(({ name, type }) => {
    const to = before.get(name.toLowerCase()) ?? null;
    return to === null || type === null || to === type ? [] : [{ name, from: type, to }];
  });
}

function columnDifference(
  snapshot: Snapshot,
  present: readonly Column[] | null,
  noted: readonly Column[] | null,
  { extraColumns }: DriftFacts,
): string | null {
  const wanted = noted ?? shownColumns(snapshot.facts);
  if (present === null || wanted === null) return null;
  const [have, need] = [present, wanted].map((list) => new Set(list.map(({ name }) => name.toLowerCase())));
  const lost = wanted.filter(({ name }) => !have?.has(name.toLowerCase())).map(({ name }) => name);
  if (lost.length > 0) return `it has lost ${lost.join(", ")}`;
  if (!extraColumns || (noted === null && isEvolved(snapshot))) return null;
  const extra = present.filter(({ name }) => !need?.has(name.toLowerCase())).map(({ name }) => name);
  return extra.length === 0 ? null : `it has gained ${extra.join(", ")}`;
}

/** A table that was kept by a forward-only change may hold columns of its former definitions. */
function isEvolved({ forwardOnly, version, previousVersions }: Snapshot): boolean {
  return forwardOnly || previousVersions.some((former) => former.version === version);
}
