/** The columns of a seed's CSV: names and a digest of the values of each (spec project-format 9.1, plan-and-apply 1.3). */
import { createHash } from "node:crypto";
import { parse } from "csv-parse/sync";
import type { Digest } from "../digest.ts";
import { messageOf, SluiceError, type SourcePlace } from "../errors.ts";
import type { CsvSettings } from "./model.ts";

export interface SeedColumn {
  /** Trimmed, case kept. */
  readonly name: string;
  readonly digest: Digest;
}

/** Rows of a CSV text, the header first. Throws SEED_INVALID for a line with too many fields or a broken quote. */
export function parseCsv(content: string, settings: CsvSettings, place: SourcePlace): string[][] {
  const escapeWith = settings.escapechar ?? settings.quotechar ?? '"';
  try {
    return parse(content, {
      bom: true,
      delimiter: settings.delimiter ?? ",",
      quote: settings.quotechar ?? '"',
      escape: escapeWith,
      ltrim: settings.skipinitialspace === true,
      relax_column_count_less: true,
      skip_empty_lines: true,
      ...(settings.lineterminator ? { record_delimiter: settings.lineterminator } : {}),
    }) as string[][];
  } catch (cause) {
    throw new SluiceError("SEED_INVALID", `the seed file cannot be read as CSV: ${messageOf(cause)}`, {
      place,
      cause,
      hint: "Correct the line, or set csv_settings.",
    });
  }
}

/** Columns in the order of the file. */
export function seedColumns(content: string, settings: CsvSettings, place: SourcePlace): SeedColumn[] {
  const [header, ...rows] = parseCsv(content, settings, place);
  if (!header)
    throw new SluiceError("SEED_INVALID", "the seed file has no header line", {
      place,
      hint: "Put the column names into its first line.",
    });
  return header.map((name, column) => {
    const hash = createHash("sha256");
    for (const row of rows) hash.update(`${row[column]?.length ?? -1}:${row[column] ?? ""};`);
    return { name: name.trim(), digest: hash.digest("hex") as Digest };
  });
}
