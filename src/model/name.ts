/**
 * Names of models (spec project-format 3.9, 6.1): written parts → normalised parts → the key of a model.
 * Every other room gets its {@link ModelName} from here. Reading parts out of text is `parseName` of the sql room.
 */
import { type DialectFamily, normaliseIdentifier } from "../sql/dialect.ts";
import { parseName } from "../sql/identifiers.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { ModelName } from "./model.ts";

/** Normalised parts; the catalog is left out when it is the default one. */
export function toNameParts(
  parts: readonly string[],
  family: DialectFamily,
  defaultCatalog?: string,
): NameParts {
  const [table = "", schema, catalog] = parts.map((part) => normaliseIdentifier(part, family)).toReversed();
  const home = defaultCatalog === undefined ? undefined : normaliseIdentifier(defaultCatalog, family);
  return {
    ...(catalog !== undefined && catalog !== home ? { catalog } : {}),
    ...(schema === undefined ? {} : { schema }),
    table,
  };
}

/** Key of the model that written parts name. */
export function toModelName(
  parts: readonly string[],
  family: DialectFamily,
  defaultCatalog?: string,
): ModelName {
  return modelNameOf(toNameParts(parts, family, defaultCatalog));
}

/** The only place where a {@link ModelName} is made. */
export function modelNameOf(parts: NameParts): ModelName {
  return [parts.catalog, parts.schema, parts.table]
    .filter((part) => part !== undefined)
    .map(plainOrQuoted)
    .join(".") as ModelName;
}

/** Back to parts: the inverse of {@link modelNameOf}. */
export function partsOf(name: ModelName): NameParts {
  const parts = /["`]/.test(name) ? parseName(name, "duckdb") : name.split(".");
  const [table = "", schema, catalog] = parts.toReversed();
  return {
    ...(catalog === undefined ? {} : { catalog }),
    ...(schema === undefined ? {} : { schema }),
    table,
  };
}

function plainOrQuoted(part: string): string {
  return /^[\p{L}\p{N}_$]+$/u.test(part) ? part : `"${part.replaceAll('"', '""')}"`;
}
