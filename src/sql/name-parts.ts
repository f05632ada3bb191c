/** Names of tables and columns, shared by every room that speaks about a warehouse. */

/** A table's name in parts, normalised for the dialect. `catalog` only when it is not the default one. */
export interface NameParts {
  readonly catalog?: string;
  readonly schema?: string;
  readonly table: string;
}

/** `type` is the author's text or an engine's word; null = not known. */
export interface Column {
  readonly name: string;
  readonly type: string | null;
}
