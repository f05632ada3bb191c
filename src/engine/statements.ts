/** Texts of the statements whose shape differs between engines: pure, so that a test and a dry run can read them. */
import type { Column, NameParts } from "../sql/name-parts.ts";
import type { ObjectType, TableOptions } from "./engine.ts";

/** Descriptions to keep in the warehouse. */
export interface ObjectComments {
  readonly description?: string;
  readonly columns: Readonly<Record<string, string>>;
  /** Types of those columns: where a comment is part of a column's definition, it takes them to set one. */
  readonly types?: Readonly<Record<string, string>>;
}

/** One change of a live table's columns. */
export type ColumnChange =
  | { readonly kind: "add"; readonly column: string; readonly type: string }
  | { readonly kind: "drop"; readonly column: string }
  | { readonly kind: "retype"; readonly column: string; readonly type: string };

/** A name that moves; both in the same catalog. */
export interface Rename {
  readonly from: NameParts;
  readonly to: NameParts;
}

export interface Statements {
  createSchema(schema: Pick<NameParts, "catalog" | "schema">): string;
  /** For a schema that {@link listSchema} finds empty: where the engine can, it refuses any other. */
  dropSchema(schema: Pick<NameParts, "catalog" | "schema">): string;
  /** A query: `name` of everything in a schema, whoever made it. No rows when the schema does not exist. */
  listSchema(schema: Pick<NameParts, "catalog" | "schema">): string;
  /** Empty table. Without a type a column is text. */
  createTable(table: NameParts, columns: readonly Column[], options?: TableOptions): string;
  createView(view: NameParts, query: string): string;
  drop(object: NameParts, type: ObjectType): string;
  /** Drops all of them, in as few statements as the engine takes. */
  dropAll(objects: readonly NameParts[], type: ObjectType): readonly string[];
  /** Moves every name, all at once where {@link Rename}s are atomic (`switch: "rename"`), else in order. */
  rename(renames: readonly Rename[], type: ObjectType): readonly string[];
  /** Two tables of one schema change names, and nobody sees a moment between; null where {@link rename} does that, or nothing. */
  exchange(one: NameParts, other: NameParts): string | null;
  alterTable(table: NameParts, change: ColumnChange): string;
  /** Empty where the engine cannot comment on this type of object. */
  comment(object: NameParts, type: ObjectType, comments: ObjectComments): readonly string[];
  /** The warehouse's clock as UTC epoch milliseconds, an expression: all who share a lease read one clock. */
  readonly currentMilliseconds: string;
  /** What stands in the parentheses of `IN (…)` for these texts, of which there may be many thousand. */
  textList(texts: readonly string[]): string;
  /** Condition that holds when both sides are equal or both NULL. */
  sameValue(left: string, right: string): string;
  /** Ending of a SELECT whose rows nobody may change until the transaction ends; empty where transactions need none. */
  readonly lockRows: string;
}
