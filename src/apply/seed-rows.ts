/** A seed's CSV text as rows with typed columns (spec project-format 9.1, 9.2). Pure: the text is in the model. */
import { parse } from "csv-parse/sync";
import type { SqlValue } from "../engine/engine.ts";
import { messageOf, SluiceError } from "../errors.ts";
import type { CsvSettings, Model } from "../model/model.ts";
import type { DialectFamily } from "../sql/dialect.ts";
import { normaliseIdentifier } from "../sql/dialect.ts";
import type { Column } from "../sql/name-parts.ts";
import { declaredColumns } from "./table-shape.ts";

export interface SeedRows {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly SqlValue[])[];
}

/** What pandas takes for "no value" unless told otherwise. */
const defaultNulls = [
  ...[
    "",
    "#N/A",
    "#N/A N/A",
    "#NA",
    "-1.#IND",
    "-1.#QNAN",
    "-NaN",
    "-nan",
    "1.#IND",
    "1.#QNAN",
    "<NA>",
    "N/A",
    "NA",
  ],
  ...["NULL", "NaN", "None", "n/a", "nan", "null"],
];

const truths = new Set(["true", "t", "yes", "y", "on", "1"]);
const falsehoods = new Set(["false", "f", "no", "n", "off", "0"]);

/** Throws SEED_INVALID with the CSV's line for a malformed row or a declared column that is missing. */
export function readSeedRows(model: Model, family: DialectFamily): SeedRows {
  const settings = model.kind.name === "SEED" ? model.kind.csv : {};
  const [header = [], ...records] = parseCsv(model, settings);
  const names = header.map((name) => normaliseIdentifier(name.trim(), family));
  if (names.length === 0)
    throw invalid(model, "has no header row", "Write the column names in its first line.");
  const cells = columnsOfCells(names, records, settings);
  const columns =
    declaredColumns(model) ?? names.map((name) => ({ name, type: inferType(cells.get(name) ?? [], family) }));
  const picked = columns.map((column) => {
    const values = cells.get(normaliseIdentifier(column.name, family));
    if (values === undefined) {
      throw invalid(model, `has no column ${column.name}`, `Its columns are ${names.join(", ")}.`);
    }
    return values.map((value) => convert(value, column.type));
  });
  return { columns, rows: records.map((_, row) => picked.map((values) => values[row] ?? null)) };
}

function parseCsv(model: Model, settings: CsvSettings): readonly (readonly string[])[] {
  const { delimiter, quotechar, escapechar, doublequote, lineterminator } = settings;
  const quote = quotechar ?? '"';
  try {
    return parse(model.seed?.content ?? "", {
      bom: true,
      delimiter: delimiter ?? ",",
      quote,
      // Without doubled quotes and without an escape character a quote within quotes ends the field.
      escape: escapechar ?? (doublequote === false ? null : quote),
      ltrim: settings.skipinitialspace ?? false,
      skip_empty_lines: true,
      relax_column_count_less: true,
      relax_quotes: true,
      ...(lineterminator === undefined ? {} : { record_delimiter: [lineterminator] }),
    });
  } catch (error) {
    const line = (error as { lines?: number }).lines;
    throw invalid(
      model,
      `cannot be read${line === undefined ? "" : ` at line ${line}`}: ${messageOf(error)}`,
      "Correct the CSV file.",
      error,
    );
  }
}

/** Cells by column, "no value" as null; a row may be short, never long. */
function columnsOfCells(
  names: readonly string[],
  records: readonly (readonly string[])[],
  settings: CsvSettings,
): ReadonlyMap<string, readonly (string | null)[]> {
  return new Map(
    names.map((name, at) => {
      const nulls = nullWords(settings, name);
      const values = records.map((record) => {
        const cell = record[at];
        return cell === undefined || nulls.has(cell) ? null : cell;
      });
      return [name, values] as const;
    }),
  );
}

function nullWords({ naValues, keepDefaultNa }: CsvSettings, column: string): ReadonlySet<string> {
  const own = isList(naValues) ? naValues : (naValues?.[column] ?? []);
  return new Set([...(keepDefaultNa === false ? [] : defaultNulls), ...own]);
}

function isList(values: CsvSettings["naValues"]): values is readonly string[] {
  return Array.isArray(values);
}

/** All integers: BIGINT; numbers, or integers with gaps: DOUBLE; true and false: BOOLEAN; else text, dates too. */
function inferType(values: readonly (string | null)[], family: DialectFamily): string {
  const present = values.filter((value) => value !== null);
  const text = family === "mysql" ? "LONGTEXT" : "TEXT";
  if (present.length === 0) return values.length === 0 ? text : "DOUBLE";
  const whole = present.every((value) => /^\s*[+-]?\d{1,18}\s*$/.test(value));
  if (whole && present.length === values.length) return "BIGINT";
  if (present.every((value) => /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(value))) return "DOUBLE";
  if (present.length === values.length && present.every((value) => /^(true|false)$/i.test(value)))
    return "BOOLEAN";
  return text;
}

function convert(value: string | null, type: string | null): SqlValue {
  if (value === null) return null;
  const word = (type ?? "TEXT").toUpperCase();
  if (/^BOOL/.test(word)) {
    const lower = value.trim().toLowerCase();
    if (truths.has(lower)) return true;
    return falsehoods.has(lower) ? false : value;
  }
  // Numbers stay text on their way: the warehouse reads all their digits.
  return /^(TEXT|VARCHAR|CHAR|STRING|LONGTEXT|MEDIUMTEXT)/.test(word) ? value : value.trim();
}

function invalid(model: Model, what: string, hint: string, cause?: unknown): SluiceError {
  const path = model.kind.name === "SEED" ? model.kind.path : model.path;
  return new SluiceError("SEED_INVALID", `The seed file ${path} of ${model.displayName} ${what}.`, {
    hint,
    place: { file: model.path },
    ...(cause === undefined ? {} : { cause }),
  });
}
