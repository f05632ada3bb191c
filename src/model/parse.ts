/**
 * A model file → {@link Model} (spec project-format 3 and 4). Pure: seeds and configuration come in through the context.
 * Belongs here: the order of reading. Each property's meaning is in the file named after it.
 */
import type { Digest } from "../digest.ts";
import { SluiceError } from "../errors.ts";
import { type Dialect, type DialectFamily, dialects, familyOf, isDialect } from "../sql/dialect.ts";
import type { Header, HeaderProperty, HeaderSource } from "../sql/header.ts";
import { type FilePart, findDialect, splitFile } from "../sql/statements.ts";
import { readBlueprints } from "./blueprints.ts";
import { buildModel, type ModelDraft } from "./build.ts";
import type { ModelContext } from "./context.ts";
import { headerScope } from "./header-scope.ts";
import type { Model } from "./model.ts";
import { didYouMean } from "./nearest.ts";
import { expandProperties, Properties } from "./properties.ts";
import { checkPropertyNames, ignoredProperties } from "./property-names.ts";
import { readStatementRoles } from "./statement-roles.ts";

export interface ModelSource {
  /** From the project root, forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly sourceDigest: Digest;
}

export interface ParsedModel {
  readonly model: Model;
  /** Line of the MODEL word. */
  readonly line: number;
}

/**
 * The models of one file: one, one per blueprint, or none when it says `enabled false`. Throws MODEL_INVALID, SQL_INVALID,
 * MACRO_INVALID or NOT_SUPPORTED with file and line.
 */
export function parseModels(source: ModelSource, context: ModelContext): readonly ParsedModel[] {
  const dialect = dialectOf(source, context);
  const family = familyOf(dialect);
  const parts = splitFile(source.text, family, source.path);
  const { header, rest } = takeHeader(parts, source, context);
  const headerSource: HeaderSource = { family, file: source.path };
  checkPropertyNames(header.properties, headerSource);
  context.checkHeader(header, source.path);
  warnIgnored(header.properties, source.path, context);
  const blueprints = readBlueprints(header, headerSource, headerScope(headerSource, context, {}));
  return blueprints.flatMap((blueprint) => {
    const model = parseBlueprint({ source, dialect, header, rest, blueprint }, context);
    return model === null ? [] : [{ model, line: header.line }];
  });
}

interface BlueprintDraft extends Pick<ModelDraft, "source" | "dialect" | "blueprint"> {
  readonly header: Header;
  readonly rest: readonly FilePart[];
}

function parseBlueprint(draft: BlueprintDraft, context: ModelContext): Model | null {
  const { source, dialect, header, rest, blueprint } = draft;
  const headerSource: HeaderSource = { family: familyOf(dialect), file: source.path };
  const written = header.properties.filter((property) => property.key !== "blueprints");
  const expanded = expandProperties(withDefaults(written, context), () =>
    headerScope(headerSource, context, blueprint),
  );
  const properties = new Properties(
    new Map(expanded.map((property) => [property.key, property])),
    headerSource,
  );
  if (!properties.boolean("enabled", true)) return null;
  const kindText = properties.get("kind")?.text.trim() ?? "VIEW";
  const isSeed = /^['"]?SEED\b/i.test(kindText);
  const roles = readStatementRoles(rest, { file: source.path, dialect, isSeed, headerLine: header.line });
  return buildModel({ source, dialect, header, properties, roles, blueprint }, context);
}

/** The pre-scan knows the value only; the word stands where the block says `dialect`. */
function lineOfDialect(text: string): number {
  const at = text.search(/\bdialect\s/i);
  return at < 0 ? 1 : text.slice(0, at).split("\n").length;
}

/** The file's dialect must be one of the gateway's family: nothing is translated. */
function dialectOf(source: ModelSource, context: ModelContext): Dialect {
  const written = findDialect(source.text);
  const dialect = written ?? context.defaults.dialect;
  const place = { file: source.path, line: lineOfDialect(source.text) };
  if (!isDialect(dialect)) {
    throw new SluiceError("MODEL_INVALID", `the dialect ${dialect} is not supported`, {
      place,
      hint: didYouMean(dialect, dialects, `Sluice knows ${dialects.join(", ")}.`) ?? "",
    });
  }
  if (familyOf(dialect) !== context.family) {
    const family: DialectFamily = context.family;
    throw new SluiceError(
      "NOT_SUPPORTED",
      `the model is written in ${dialect}, but the gateway's engine speaks ${family}`,
      {
        place,
        hint: "Sluice runs the text its author wrote: write the model in the engine's dialect.",
      },
    );
  }
  return dialect;
}

function takeHeader(
  parts: readonly FilePart[],
  source: ModelSource,
  context: ModelContext,
): { header: Header; rest: readonly FilePart[] } {
  const first = parts[0];
  if (first?.kind === "header" && first.header.word === "MODEL")
    return { header: first.header, rest: parts.slice(1) };
  if (context.inferNames && first)
    return { header: { word: "MODEL", line: 1, comment: null, properties: [] }, rest: parts };
  const line = first?.kind === "statement" ? first.sql.line : 1;
  throw new SluiceError("MODEL_INVALID", "the file does not start with a MODEL block", {
    place: { file: source.path, line },
    hint: "Please add a MODEL block at the top of the file.",
  });
}

/** `model_defaults` stand in for what the block leaves out. */
function withDefaults(
  properties: readonly HeaderProperty[],
  context: ModelContext,
): readonly HeaderProperty[] {
  const written = new Set(properties.map((property) => property.key));
  const kindDefaults = new Set(["on_destructive_change", "on_additive_change", "batch_concurrency"]);
  const defaults = Object.entries(context.defaults.properties)
    .filter(([key]) => !written.has(key) && !kindDefaults.has(key))
    .map(([key, text]) => ({ key, text, line: 1, keyLine: 1 }));
  return [...properties, ...defaults];
}

function warnIgnored(properties: readonly HeaderProperty[], file: string, context: ModelContext): void {
  for (const { key, keyLine } of properties) {
    const why = ignoredProperties[key];
    if (why)
      context.warn({ code: "property-ignored", text: `${key} has no effect: ${why}`, file, line: keyLine });
  }
}
