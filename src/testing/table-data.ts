/** Rows of a fixture or an expectation: YAML list, CSV text, a file of either, or a query (spec project-format 8.1). */
import { parse as parseCsv } from "csv-parse/sync";
import { parse as parseYaml } from "yaml";
import { messageOf } from "../errors.ts";
import { type DialectFamily, normaliseIdentifier } from "../sql/dialect.ts";

/** One row: normalised column name → value as YAML gives it, or a {@link PlainDate}. */
export type DataRow = Readonly<Record<string, unknown>>;

/** A date or time written without quotes. */
export class PlainDate {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export interface TableData {
  /** Null when `query` is given. */
  readonly rows: readonly DataRow[] | null;
  readonly query: string | null;
  /** Declared types by normalised column name, in order. */
  readonly types: ReadonlyMap<string, string>;
}

export interface DataContext {
  readonly family: DialectFamily;
  readonly readFile: (path: string) => string;
  readonly isPlain: (path: readonly (string | number)[]) => boolean;
  readonly fail: (message: string, hint: string) => never;
}

/** Reads a list of rows, or a mapping with rows, path or query. */
export function readTableData(value: unknown, context: DataContext): TableData {
  if (value === null || value === undefined || Array.isArray(value)) {
    return { rows: toRows(value ?? [], context, []), query: null, types: new Map() };
  }
  if (typeof value !== "object")
    return context.fail("rows must be a list", "Write one mapping of column names to values per row.");
  const body = value as Readonly<Record<string, unknown>>;
  const { rows, query, path, format = "yaml" } = body;
  const types = readTypes(body["columns"], context);
  if (format !== "yaml" && format !== "csv") {
    return context.fail(`the format ${String(format)} is not known`, "Use yaml or csv.");
  }
  if (query !== undefined && rows !== undefined) {
    return context.fail("rows and query exclude each other", "Keep one of them.");
  }
  if (typeof query === "string") return { rows: null, query, types };
  if (path === undefined && rows === undefined) {
    return context.fail("there are no rows", "Give rows, path or query; `rows: []` means none.");
  }
  const source = typeof path === "string" ? context.readFile(path) : rows;
  if (format === "csv")
    return { rows: csvRows(String(source ?? ""), body["csv_settings"], context), query: null, types };
  if (typeof path !== "string") return { rows: toRows(source, context, ["rows"]), query: null, types };
  const content: unknown = parseYaml(String(source));
  const listed = Array.isArray(content) ? content : (content as { rows?: unknown } | null)?.rows;
  return { rows: toRows(listed ?? [], { ...context, isPlain: () => true }, []), query: null, types };
}

function readTypes(value: unknown, context: DataContext): ReadonlyMap<string, string> {
  if (value === undefined || value === null) return new Map();
  if (typeof value !== "object" || Array.isArray(value)) {
    return context.fail("columns must map names to types", "Write `columns: {id: int}`.");
  }
  return new Map(
    Object.entries(value).map(([name, type]) => [normaliseIdentifier(name, context.family), String(type)]),
  );
}

function toRows(value: unknown, context: DataContext, path: readonly string[]): DataRow[] {
  if (!Array.isArray(value)) return context.fail("rows must be a list", "Start each row with a dash.");
  return value.map((row: unknown, i) => {
    if (typeof row !== "object" || row === null || Array.isArray(row)) {
      return context.fail(`row ${i + 1} is no mapping`, "Write column names with their values.");
    }
    return Object.fromEntries(
      Object.entries(row).map(([name, cell]) => [
        normaliseIdentifier(name, context.family),
        isDateText(cell) && context.isPlain([...path, i, name]) ? new PlainDate(cell) : cell,
      ]),
    );
  });
}

function isDateText(value: unknown): value is string {
  return (
    typeof value === "string" && /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$/.test(value)
  );
}

/** Cells as pandas reads them: a column of numbers is numbers, of true and false is boolean, an empty cell is NULL. */
function csvRows(text: string, settings: unknown, context: DataContext): DataRow[] {
  const options = (settings ?? {}) as Readonly<Record<string, unknown>>;
  const option = (...names: readonly string[]): unknown =>
    names.map((name) => options[name]).find((found) => found !== undefined);
  let cells: string[][];
  try {
    cells = parseCsv(text, {
      delimiter: String(option("sep", "delimiter") ?? ","),
      quote: String(option("quotechar") ?? '"'),
      ...(option("escapechar") === undefined ? {} : { escape: String(option("escapechar")) }),
      ltrim: option("skipinitialspace") === true,
      skip_empty_lines: true,
      bom: true,
    }) as string[][];
  } catch (error) {
    return context.fail(`the CSV cannot be read: ${messageOf(error)}`, "Check separators and quotes.");
  }
  const [header = [], ...lines] = cells;
  const columns = header.map((_, at) => typedColumn(lines.map((line) => line[at] ?? "")));
  return lines.map((_, row) =>
    Object.fromEntries(
      header.map((name, at) => [normaliseIdentifier(name, context.family), columns[at]?.[row] ?? null]),
    ),
  );
}

const missing = new Set(["", "NULL", "null", "NaN", "nan", "NA", "N/A", "n/a", "None", "<NA>", "#N/A"]);

function typedColumn(cells: readonly string[]): unknown[] {
  const present = cells.filter((cell) => !missing.has(cell));
  const convert = present.every((cell) => /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(cell))
    ? Number
    : present.every((cell) => /^(?:true|false)$/i.test(cell))
      ? (cell: string) => cell.toLowerCase() === "true"
      : (cell: string) => cell;
  return cells.map((cell) => (missing.has(cell) ? null : convert(cell)));
}
