/** Content of a seed, column by column, for comparing two versions of it (spec plan-and-apply 4.3). */
import { parse } from "csv-parse/sync";
import { canonicalJson, shortHash } from "../digest.ts";
import type { Model } from "../model/model.ts";

/** Header name → hash of all its values; null when there is no content or it is not a table. */
export function seedColumnHashes(model: Model): ReadonlyMap<string, string> | null {
  if (model.seed === undefined || model.kind.name !== "SEED") return null;
  const { csv } = model.kind;
  try {
    const rows = parse(model.seed.content, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      delimiter: csv.delimiter ?? ",",
      quote: csv.quotechar ?? '"',
      ...(csv.escapechar === undefined ? {} : { escape: csv.escapechar }),
      ltrim: csv.skipinitialspace ?? false,
    }) as readonly (readonly string[])[];
    const [header = [], ...body] = rows;
    const settings = canonicalJson(csv);
    return new Map(
      header.map((name, i) => [
        name,
        shortHash(canonicalJson([settings, ...body.map((row) => row[i] ?? null)])),
      ]),
    );
  } catch {
    // The loader reports unreadable seeds in full; here they only cannot be compared.
    return null;
  }
}
