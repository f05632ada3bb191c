/** The physical schema of a model (spec project-format 2.8), with Sluice's own prefix. */
import { type DialectFamily, normaliseIdentifier } from "../sql/dialect.ts";

/** `rawSchema` is the schema as written; the first pattern that matches at its start decides. */
export function physicalSchemaOf(
  rawSchema: string | undefined,
  mapping: readonly { readonly pattern: string; readonly schema: string }[],
  family: DialectFamily,
): string {
  if (rawSchema === undefined) return "sluice__default";
  const mapped = mapping.find(({ pattern }) => new RegExp(`^(?:${pattern})`).test(rawSchema));
  return normaliseIdentifier(mapped?.schema ?? `sluice__${rawSchema}`, family);
}
