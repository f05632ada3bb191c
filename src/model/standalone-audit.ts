/**
 * A standalone audit → a node of its own (spec project-format 7.1): it reads models, runs after them by its cron, and never
 * blocks. Everything about it is metadata: a changed one has no rows to compute again.
 */
import { type Digest, digestOf } from "../digest.ts";
import { canonicalTokens } from "../sql/canonical.ts";
import { type DialectFamily, familyOf } from "../sql/dialect.ts";
import type { HeaderSource } from "../sql/header.ts";
import { parseName } from "../sql/identifiers.ts";
import type { AuditFile } from "./audit.ts";
import { auditIdentity } from "./audit-identity.ts";
import type { ModelContext } from "./context.ts";
import { readsOf } from "./dependencies.ts";
import { headerScope } from "./header-scope.ts";
import { everyText, expandedQuery, expansionOf, jinjaMacrosOf } from "./loaded-texts.ts";
import type { AuditDefinition, Model, ModelHashes } from "./model.ts";
import { modelNameOf, toNameParts } from "./name.ts";
import { expandProperties, Properties } from "./properties.ts";
import { readTiming } from "./timing.ts";
import { variablesUsed } from "./variables-used.ts";

/** Throws AUDIT_INVALID and its relatives with file and line. `sourceDigest`: over its file and the context. */
export function buildStandaloneAudit(
  { definition, header }: AuditFile,
  sourceDigest: Digest,
  context: ModelContext,
): Model {
  const { dialect, path } = definition;
  const family = familyOf(dialect);
  const source: HeaderSource = { family, file: path, code: "AUDIT_INVALID" };
  const expanded = expandProperties(header.properties, () => headerScope(source, context, {}));
  const properties = new Properties(new Map(expanded.map((one) => [one.key, one])), source);
  const texts = textsOf(definition);
  const jinjaMacros = jinjaMacrosOf(everyText(texts), context);
  const { defaultCatalog } = context;
  const identity = {
    displayName: definition.name,
    ...(defaultCatalog === undefined ? {} : { defaultCatalog }),
  };
  const parts = toNameParts(parseName(definition.name, family), family);
  const owner = properties.text("owner");
  const description = properties.text("description") ?? header.comment ?? undefined;
  const stamp = properties.text("stamp");
  const loading = expandedQuery(
    texts,
    expansionOf({ identity, jinjaMacros, dialect, path, blueprint: {} }, context),
  );
  const base: Omit<Model, "hashes" | "sourceDigest"> = {
    ...identity,
    ...texts,
    ...readTiming(properties, context.now),
    ...nothingOfATable,
    node: "audit",
    kind: { name: "STANDALONE_AUDIT" },
    name: modelNameOf(parts),
    parts,
    path,
    project: context.project,
    dialect,
    dependsOn: [...readsOf(properties, loading, defaultCatalog)].sort(),
    tags: properties.texts("tags"),
    auditDefinitions: [definition],
    variables: variablesUsed(everyText(texts), context.variables, family),
    jinjaMacros,
    namingConvention: context.namingConvention,
    virtualEnvironmentMode: context.virtualEnvironmentMode,
    ...(owner === undefined ? {} : { owner }),
    ...(description === undefined ? {} : { description }),
    ...(stamp === undefined ? {} : { stamp }),
  };
  return { ...base, sourceDigest, hashes: hashesOf(base, definition, family) };
}

function textsOf({ query, statements }: AuditDefinition) {
  return { query, preStatements: statements, postStatements: [], onVirtualUpdate: [] };
}

const nothingOfATable = {
  selfReferencing: false,
  columns: null,
  columnsDeclared: false,
  hasAudits: false,
  physicalSchema: "",
  audits: [],
  columnDescriptions: {},
  partitionedBy: [],
  clusteredBy: [],
  physicalProperties: {},
  virtualProperties: {},
  sessionProperties: {},
  grains: [],
  references: [],
  ignoredRules: [],
  blueprint: {},
} as const;

function hashesOf(
  model: Omit<Model, "hashes" | "sourceDigest">,
  definition: AuditDefinition,
  family: DialectFamily,
): ModelHashes {
  const nothing = digestOf({ kind: model.kind.name });
  const { cron, cronTz, intervalUnit, start, end, owner, description, stamp, project } = model;
  const metadata = digestOf({
    ...{ cron, cronTz, intervalUnit, start, end, owner, description, stamp, project },
    tags: model.tags.toSorted(),
    dependsOn: model.dependsOn,
    variables: model.variables,
    jinjaMacros: model.jinjaMacros,
    definition: auditIdentity(definition, (text) =>
      text.jinja ? `{jinja}${text.text}` : canonicalTokens(text.text, family).join(" "),
    ),
  });
  return { data: nothing, properties: nothing, rendered: nothing, metadata };
}
