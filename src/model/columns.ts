/** Output columns and their descriptions, from the query or from `columns` (spec project-format 3.11). */
import { type DialectFamily, normaliseIdentifier } from "../sql/dialect.ts";
import { unknownColumns } from "../sql/macro/table-macros.ts";
import type { Column } from "../sql/name-parts.ts";
import { outputColumns } from "../sql/projections.ts";

export interface ColumnList {
  /** null = not known. */
  readonly columns: readonly Column[] | null;
  readonly descriptions: Readonly<Record<string, string>>;
}

/** Columns of an expanded query: unknown as soon as one is a star, has no name, or shares its name. */
export function columnsOfQuery(sql: string, family: DialectFamily): ColumnList {
  const outputs = outputColumns(sql, family);
  if (outputs === null) return { columns: null, descriptions: {} };
  const columns: Column[] = [];
  const descriptions: Record<string, string> = {};
  for (const output of outputs) {
    if (output.name === null) continue;
    const name = normaliseIdentifier(output.name, family);
    columns.push({ name, type: output.type });
    if (output.comment) descriptions[name] = output.comment;
  }
  const known =
    !columns.some((column) => column.name === unknownColumns) &&
    columns.length === outputs.length &&
    new Set(columns.map((column) => column.name)).size === columns.length;
  return { columns: known ? columns : null, descriptions };
}

/** Declared columns with normalised names. */
export function declaredColumns(columns: readonly Column[], family: DialectFamily): readonly Column[] {
  return columns.map(({ name, type }) => ({ name: normaliseIdentifier(name, family), type }));
}
