/** What a query reads, as names of models and tables (spec project-format 6.2). */
import type { DialectFamily } from "../sql/dialect.ts";
import { readText } from "../sql/header-values.ts";
import { parseName } from "../sql/identifiers.ts";
import { findReferences } from "../sql/references.ts";
import type { ModelName } from "./model.ts";
import { toModelName } from "./name.ts";
import type { Properties } from "./properties.ts";

/** Names of the tables an expanded query reads, without repeats. */
export function tablesRead(
  sql: string,
  family: DialectFamily,
  defaultCatalog: string | undefined,
): Set<ModelName> {
  const names = new Set<ModelName>();
  for (const reference of findReferences(sql, family)) {
    if (reference.role === "source") names.add(toModelName(reference.parts, family, defaultCatalog));
  }
  return names;
}

/** What the query reads, and what `depends_on` adds. `loading`: the query as loading sees it. */
export function readsOf(
  properties: Properties,
  loading: string | null,
  defaultCatalog: string | undefined,
): Set<ModelName> {
  const { family, file } = properties.source;
  const reads = loading === null ? new Set<ModelName>() : tablesRead(loading, family, defaultCatalog);
  for (const item of properties.list("depends_on")) {
    const text = /^'/.test(item.text) ? readText(item, properties.source) : item.text;
    reads.add(
      toModelName(parseName(text, family, { place: { file, line: item.line } }), family, defaultCatalog),
    );
  }
  return reads;
}
