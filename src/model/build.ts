/** A read block and its statements → {@link Model}: names, kind, columns, dependencies, hashes. */
import { withExplicitNames } from "../sql/column-names.ts";
import type { Dialect, DialectFamily } from "../sql/dialect.ts";
import { familyOf, normaliseIdentifier } from "../sql/dialect.ts";
import { type Header, headerError } from "../sql/header.ts";
import { readColumns } from "../sql/header-values.ts";
import { splitFile } from "../sql/statements.ts";
import { attachedAudits } from "./attached-audits.ts";
import { attributesOf, inertOf } from "./attributes.ts";
import { checkBrackets } from "./brackets.ts";
import { type ColumnList, columnsOfQuery, declaredColumns } from "./columns.ts";
import type { ModelContext, SeedContent } from "./context.ts";
import { readsOf } from "./dependencies.ts";
import { hashModel } from "./hashes.ts";
import { identityOf } from "./identity.ts";
import { parseKind } from "./kind.ts";
import {
  everyText,
  expandedQuery,
  expansionOf,
  jinjaMacrosOf,
  type LoadedTexts,
  renderedTexts,
} from "./loaded-texts.ts";
import type { Model, ModelKind, SqlText } from "./model.ts";
import type { ModelSource } from "./parse.ts";
import type { Properties } from "./properties.ts";
import { type SeedColumn, seedColumns } from "./seed-columns.ts";
import type { StatementRoles } from "./statement-roles.ts";
import { readTiming } from "./timing.ts";
import { checkModel } from "./validate.ts";
import { variablesUsed } from "./variables-used.ts";

/** One file, read but not yet understood. */
export interface ModelDraft {
  readonly source: ModelSource;
  readonly dialect: Dialect;
  readonly header: Pick<Header, "line" | "comment">;
  readonly properties: Properties;
  readonly roles: StatementRoles;
  /** Blueprint variables: SQL text of each value. */
  readonly blueprint: Readonly<Record<string, string>>;
}

/** Understands a draft. Throws MODEL_INVALID and its relatives with file and line. */
export function buildModel(draft: ModelDraft, context: ModelContext): Model {
  const { properties, source, dialect } = draft;
  const family = familyOf(dialect);
  const kind = readModelKind(properties, context);
  const identity = identityOf(draft, context);
  const texts = textsOf(draft, context);
  const attached = attachedAudits(draft, context);
  const jinjaMacros = jinjaMacrosOf([...everyText(texts), ...attached.texts], context);
  for (const text of everyText(texts)) checkBrackets(text, family, source.path);
  const expansion = expansionOf(
    { identity, kind, jinjaMacros, dialect, path: source.path, blueprint: draft.blueprint },
    context,
  );
  const loading = expandedQuery(texts, expansion);
  const seed = readSeedOf(kind, properties, context);
  const found = columnsFound(properties, kind, loading, seed);
  const reads = readsOf(properties, loading, identity.defaultCatalog);
  const selfReferencing = reads.delete(identity.name);
  const own = [...texts.preStatements, ...(texts.query ? [texts.query] : []), ...texts.postStatements];
  const inMacros = Object.values(jinjaMacros).map((text) => ({ text, line: 1, jinja: true }));
  const variables = variablesUsed([...own, ...inMacros], context.variables, family);
  const metadataVariables = variablesUsed(
    [...texts.onVirtualUpdate, ...attached.texts],
    context.variables,
    family,
  );
  const base = {
    ...identity,
    ...texts,
    ...readTiming(properties, context.now),
    ...attributesOf(draft, kind, found, context),
    node: "model" as const,
    path: source.path,
    project: context.project,
    dialect,
    kind,
    dependsOn: [...reads].sort(),
    selfReferencing,
    columns: found.columns,
    hasAudits: attached.audits.length > 0,
    audits: attached.audits,
    auditDefinitions: attached.definitions,
    variables,
    blueprint: variablesUsed([...everyText(texts), ...inMacros, ...attached.texts], draft.blueprint, family),
    jinjaMacros,
    ...(seed ? { seed: { content: seed.content, digest: seed.digest } } : {}),
  };
  const hashes = hashModel(base, {
    family,
    inert: inertOf(properties),
    rendered: renderedTexts(texts, expansion).map((list) =>
      list.map((text) => withExplicitNames(text, family)),
    ),
    metadataVariables,
    ...(found.seed ? { seedColumns: found.seed.map((column) => [column.name, column.digest] as const) } : {}),
  });
  const model: Model = {
    ...base,
    variables: { ...variables, ...metadataVariables },
    hashes,
    sourceDigest: source.sourceDigest,
  };
  checkModel(model, properties, draft.header.line);
  return model;
}

function readModelKind(properties: Properties, context: ModelContext): ModelKind {
  const written = properties.get("kind");
  const {
    on_destructive_change: onDestructiveChange,
    on_additive_change: onAdditiveChange,
    batch_concurrency: batchConcurrency,
  } = context.defaults.properties;
  return parseKind(written ?? { text: "VIEW", line: 1 }, properties.source, {
    timeColumnFormat: context.timeColumnFormat,
    ...(onDestructiveChange === undefined ? {} : { onDestructiveChange }),
    ...(onAdditiveChange === undefined ? {} : { onAdditiveChange }),
    ...(batchConcurrency === undefined ? {} : { batchConcurrency }),
  });
}

function textsOf({ roles, dialect }: ModelDraft, { defaults }: ModelContext): LoadedTexts {
  const preset = (texts: readonly string[]): SqlText[] =>
    texts.flatMap((text) => presetStatements(text, familyOf(dialect)));
  return {
    ...(roles.query ? { query: roles.query } : {}),
    preStatements: [...preset(defaults.preStatements), ...roles.before],
    postStatements: [...preset(defaults.postStatements), ...roles.after],
    onVirtualUpdate: [...preset(defaults.onVirtualUpdate), ...roles.onVirtualUpdate],
  };
}

/** A statement of `model_defaults`; a Jinja block stands between its markers there too. */
function presetStatements(text: string, family: DialectFamily): SqlText[] {
  if (!/\bJINJA_STATEMENT_BEGIN\b/i.test(text)) return [{ text: text.trim().replace(/;\s*$/, ""), line: 1 }];
  return splitFile(text, family, "model_defaults").flatMap((part) =>
    part.kind === "statement" ? [part.sql] : [],
  );
}

function readSeedOf(kind: ModelKind, properties: Properties, context: ModelContext): SeedContent | undefined {
  if (kind.name !== "SEED") return undefined;
  return context.readSeed(
    kind.path,
    { file: properties.source.file, line: properties.line("kind") },
    kind.csv.encoding,
  );
}

interface FoundColumns extends ColumnList {
  readonly seed?: readonly SeedColumn[];
}

function columnsFound(
  properties: Properties,
  kind: ModelKind,
  loading: string | null,
  seed: SeedContent | undefined,
): FoundColumns {
  const { family } = properties.source;
  const written = properties.get("columns");
  const declared = written ? declaredColumns(readColumns(written, properties.source), family) : null;
  if (kind.name === "SEED" && seed) {
    const inFile = seedColumns(seed.content, kind.csv, {
      file: properties.source.file,
      line: properties.line("kind"),
    });
    const names = inFile.map((column) => normaliseIdentifier(column.name, family));
    const missing = declared?.find((column) => !names.includes(column.name));
    if (missing) {
      throw headerError(
        { ...properties.source, code: "SEED_INVALID" },
        properties.line("columns"),
        `the seed file has no column ${missing.name}`,
        `It has ${names.join(", ")}.`,
      );
    }
    return {
      columns: declared ?? names.map((name) => ({ name, type: null })),
      descriptions: {},
      seed: inFile,
    };
  }
  const inferred = loading === null ? { columns: null, descriptions: {} } : columnsOfQuery(loading, family);
  return { columns: declared ?? inferred.columns, descriptions: inferred.descriptions };
}
