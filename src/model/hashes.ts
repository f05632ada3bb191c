/** The four hashes of a model's own definition (spec plan-and-apply 1.3–1.5; meaning in {@link ModelHashes}). */
import { type Digest, digestOf } from "../digest.ts";
import { canonicalTokens } from "../sql/canonical.ts";
import type { DialectFamily } from "../sql/dialect.ts";
import { auditIdentity } from "./audit-identity.ts";
import { isIncremental, type Model, type ModelHashes, type ModelKind, type SqlText } from "./model.ts";

/** What has an effect on identity but no place in {@link Model}. */
export interface HashInput {
  readonly family: DialectFamily;
  /** Properties Sluice gives no effect, yet whose change rebuilds in SQLMesh: table_format, storage_format, optimize_query. */
  readonly inert: Readonly<Record<string, string>>;
  /** Query, pre and post statements after expansion, at each moment. */
  readonly rendered: readonly (readonly string[])[];
  /** SEED: each column's name and the digest of its values. */
  readonly seedColumns?: readonly (readonly [name: string, digest: Digest])[];
  /** Variables that only audits and on-virtual-update statements read. */
  readonly metadataVariables: Model["variables"];
}

/** Hashes of a model whose other fields are complete. */
export function hashModel(model: Omit<Model, "hashes" | "sourceDigest">, input: HashInput): ModelHashes {
  const { family } = input;
  // Tokens keep their quotes, so the joined text could be cut into the same tokens again: nothing is lost.
  const expression = (text: string): string => canonicalTokens(text, family).join(" ");
  const tokens = (text: SqlText): string => (text.jinja ? `{jinja}${text.text}` : expression(text.text));
  const raw = {
    pre: model.preStatements.map(tokens),
    query: model.query ? tokens(model.query) : null,
    post: model.postStatements.map(tokens),
  };
  const properties = digestOf({
    kind: kindData(model.kind, model.dialect, expression),
    inert: input.inert,
    partitionedBy: model.partitionedBy.map(expression),
    clusteredBy: model.clusteredBy.map(expression),
    stamp: model.stamp,
    physicalSchema: model.physicalSchema,
    physicalVersion: model.physicalVersion,
    gateway: model.gateway,
    intervalUnit: model.intervalUnit,
    virtualEnvironmentMode: model.virtualEnvironmentMode,
    columns: model.columnsDeclared
      ? (model.columns ?? []).map(({ name, type }) => [name, expression(type ?? "")])
      : null,
    physicalProperties: mapValues(model.physicalProperties, expression),
  });
  return {
    properties,
    data: digestOf({
      properties,
      variables: model.variables,
      blueprint: model.blueprint,
      jinjaMacros: model.jinjaMacros,
      ...raw,
      seed: input.seedColumns,
    }),
    rendered: digestOf(input.rendered.map((texts) => texts.map(expression))),
    metadata: digestOf({
      ...metadataOf(model, expression, tokens),
      kind: kindMetadata(model.kind),
      variables: input.metadataVariables,
      blueprint: model.blueprint,
      jinjaMacros: model.jinjaMacros,
      raw,
      onVirtualUpdate: model.onVirtualUpdate.map(tokens),
    }),
  };
}

type Expression = (text: string) => string;

function kindData(kind: ModelKind, dialect: string, expression: Expression): unknown {
  const { name } = kind;
  switch (name) {
    case "VIEW":
      return { name, materialized: kind.materialized };
    case "INCREMENTAL_BY_TIME_RANGE":
      return {
        name,
        dialect,
        lookback: kind.lookback,
        timeColumn: kind.timeColumn,
        timeFormat: kind.timeFormat,
      };
    case "INCREMENTAL_BY_UNIQUE_KEY":
      return { name, dialect, lookback: kind.lookback, uniqueKey: kind.uniqueKey.map(expression) };
    case "INCREMENTAL_UNMANAGED":
      return { name, insertOverwrite: kind.insertOverwrite };
    case "SEED":
      return { name, csv: kind.csv };
    case "SCD_TYPE_2":
    case "SCD_TYPE_2_BY_TIME":
    case "SCD_TYPE_2_BY_COLUMN": {
      const {
        forwardOnly: _f,
        disableRestatement: _r,
        onDestructiveChange: _d,
        onAdditiveChange: _a,
        ...data
      } = kind;
      return { ...data, dialect };
    }
    default:
      return { name };
  }
}

function kindMetadata(kind: ModelKind): unknown {
  if (kind.name === "SEED") return { batchSize: kind.batchSize };
  if (!isIncremental(kind) || !("forwardOnly" in kind)) return {};
  return {
    forwardOnly: kind.forwardOnly,
    disableRestatement: kind.disableRestatement,
    onDestructiveChange: kind.onDestructiveChange,
    onAdditiveChange: kind.onAdditiveChange,
    batchSize: kind.batchSize,
    batchConcurrency: kind.batchConcurrency,
    partitionByTimeColumn: kind.name === "INCREMENTAL_BY_TIME_RANGE" ? kind.partitionByTimeColumn : undefined,
  };
}

function metadataOf(
  model: Omit<Model, "hashes" | "sourceDigest">,
  expression: Expression,
  tokens: (text: SqlText) => string,
): object {
  const definitions = new Map(model.auditDefinitions.map((audit) => [audit.name, audit]));
  return {
    dialect: model.dialect,
    owner: model.owner,
    description: model.description,
    columnDescriptions: model.columnDescriptions,
    cron: model.cron,
    cronTz: model.cronTz,
    start: model.start,
    end: model.end,
    tags: model.tags.toSorted(),
    grains: model.grains.map(expression).toSorted(),
    references: model.references.map(expression).toSorted(),
    project: model.project,
    allowPartials: model.allowPartials,
    sessionProperties: mapValues(model.sessionProperties, expression),
    virtualProperties: mapValues(model.virtualProperties, expression),
    audits: model.audits
      .map((use) => ({
        name: use.name,
        args: mapValues(use.args, expression),
        definition: auditIdentity(definitions.get(use.name), tokens),
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
  };
}

function mapValues(record: Readonly<Record<string, string>>, map: Expression): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
