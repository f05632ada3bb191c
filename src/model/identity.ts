/** Who a model is: its name as written, its key, its place in the physical layer (spec project-format 3.9, 2.8). */
import { familyOf } from "../sql/dialect.ts";
import { headerError } from "../sql/header.ts";
import { parseName } from "../sql/identifiers.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { ModelDraft } from "./build.ts";
import type { ModelContext } from "./context.ts";
import type { ModelName } from "./model.ts";
import { modelNameOf, toNameParts } from "./name.ts";
import { didYouMean } from "./nearest.ts";
import { physicalSchemaOf } from "./physical-name.ts";

export interface Identity {
  readonly name: ModelName;
  readonly displayName: string;
  readonly parts: NameParts;
  readonly physicalSchema: string;
  readonly gateway?: string;
  readonly defaultCatalog?: string;
}

/** Throws MODEL_INVALID for a missing or wrong name and an unknown gateway. */
export function identityOf(draft: ModelDraft, context: ModelContext): Identity {
  const { properties, source, dialect } = draft;
  const family = familyOf(dialect);
  const gateway = properties.text("gateway")?.toLowerCase();
  if (gateway !== undefined && !context.catalogs.has(gateway)) {
    throw headerError(
      properties.source,
      properties.line("gateway"),
      `there is no gateway called ${gateway}`,
      didYouMean(gateway, context.catalogs.keys()),
    );
  }
  const defaultCatalog = context.defaultCatalog;
  const displayName = nameOf(draft, context);
  const raw = parseName(displayName, family, { place: { file: source.path, line: properties.line("name") } });
  const parts = toNameParts(raw, family, defaultCatalog);
  return {
    name: modelNameOf(parts),
    displayName,
    parts,
    physicalSchema: physicalSchemaOf(raw.at(-2), context.physicalSchemaMapping, family),
    ...(gateway === undefined ? {} : { gateway }),
    ...(defaultCatalog === undefined ? {} : { defaultCatalog }),
  };
}

function nameOf(draft: ModelDraft, context: ModelContext): string {
  const { properties, source, header } = draft;
  const property = properties.get("name");
  // `name @env.t` expands to `'dev'.t`: a string in front of a dot stands for a name.
  if (property) return property.text.trim().replace(/'([^']*)'(?=\s*\.)/g, '"$1"');
  if (context.inferNames) return inferredName(source.path);
  throw headerError(
    properties.source,
    header.line,
    "a model needs a name",
    "Write MODEL (name schema.table), or set model_naming.infer_names.",
  );
}

/** `models/s/a.sql` → `s.a`: the last three of the folders under `models` and the file's stem. */
function inferredName(path: string): string {
  const segments = path.split("/");
  const folders = segments.slice(segments.indexOf("models") + 1, -1);
  const stem = (segments.at(-1) as string).replace(/\.sql$/, "");
  return [...folders, ...stem.split(".")].slice(-3).join(".");
}
