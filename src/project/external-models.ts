/** `external_models.yaml` and `external_models/**` → EXTERNAL models (spec project-format 9.3). */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Digest, digestOf } from "../digest.ts";
import { SluiceError } from "../errors.ts";
import type { ModelContext } from "../model/context.ts";
import { buildExternalModel } from "../model/external.ts";
import type { Model, ModelFacts, ModelName } from "../model/model.ts";
import { isRecord } from "./merge.ts";
import { contextDigest } from "./model-context.ts";
import { factsOf, type ModelEntry } from "./model-files.ts";
import { listFiles } from "./source-files.ts";
import { parseYaml } from "./yaml.ts";
import { splitItems } from "./yaml-items.ts";

/** By name; an entry whose facts are known is not built again, nor a file parsed whose entries all are. Throws EXTERNAL_INVALID with file and line. */
export function loadExternalModels(
  root: string,
  context: ModelContext,
  known: ReadonlyMap<Digest, ModelFacts>,
): ReadonlyMap<ModelName, ModelEntry> {
  const source: Source = { context, known, common: contextDigest(context) };
  const base = new Map<ModelName, ModelEntry>();
  const ofGateway = new Map<ModelName, ModelEntry>();
  for (const path of externalFiles(root)) {
    const text = readFileSync(join(root, path), "utf8");
    const inFile = new Set<string>();
    for (const external of knownEntries(text, path, source) ?? parsedEntries(text, path, source)) {
      const { gateway, line, model } = external;
      refuseRepeated(model.facts, inFile, { file: path, line }, gateway);
      (gateway === null ? base : ofGateway).set(model.facts.name, model);
    }
  }
  return new Map([...base, ...ofGateway]);
}

interface Source {
  readonly context: ModelContext;
  readonly known: ReadonlyMap<Digest, ModelFacts>;
  readonly common: Digest;
}

interface ExternalEntry {
  readonly model: ModelEntry;
  readonly gateway: string | null;
  readonly line: number;
}

/** Null unless the facts of every entry are known. What hangs on a gateway has none where another is used. */
function knownEntries(text: string, path: string, source: Source): readonly ExternalEntry[] | null {
  const items = text.includes("gateway") ? null : splitItems(text);
  if (items === null) return null;
  let parsed: readonly ExternalEntry[] | null = null;
  const entries: ExternalEntry[] = [];
  for (const [index, item] of items.entries()) {
    const facts = source.known.get(digestOf([source.common, path, item.text]));
    if (facts === undefined) return null;
    const load: ModelEntry["load"] = () => {
      parsed ??= parsedEntries(text, path, source);
      return (parsed[index] as ExternalEntry).model.load();
    };
    entries.push({ model: { facts, load }, gateway: null, line: item.line });
  }
  return entries;
}

function parsedEntries(text: string, path: string, source: Source): readonly ExternalEntry[] {
  const { context, common } = source;
  const yaml = parseYaml(text, path, "EXTERNAL_INVALID");
  const entries = yaml.value ?? [];
  if (!Array.isArray(entries)) {
    throw new SluiceError("EXTERNAL_INVALID", "the file must hold a list of external models", {
      place: { file: path, line: 1 },
      hint: "Write `- name: schema.table` entries.",
    });
  }
  const items = splitItems(text);
  const texts = items?.length === entries.length ? items.map((item) => item.text) : null;
  return entries.flatMap((entry, index): ExternalEntry[] => {
    const line = yaml.lineOf([index]) ?? 1;
    const place = { file: path, line };
    if (!isRecord(entry))
      throw new SluiceError("EXTERNAL_INVALID", "an external model is a mapping", {
        place,
        hint: "Write `- name: schema.table`.",
      });
    const gateway = typeof entry["gateway"] === "string" ? entry["gateway"].toLowerCase() : null;
    if (gateway !== null && gateway !== context.gateway) return [];
    const sourceDigest = digestOf([common, path, texts?.[index] ?? entry]);
    const lineOf = (key: string): number => yaml.lineOf([index, key]) ?? line;
    const load = (): Model => buildExternalModel(entry, { place, sourceDigest, lineOf }, context);
    return [{ model: entryOf(load, source.known.get(sourceDigest)), gateway, line }];
  });
}

function entryOf(load: () => Model, recorded: ModelFacts | undefined): ModelEntry {
  if (recorded) return { facts: recorded, load };
  const model = load();
  return { facts: factsOf(model), load: () => model };
}

function externalFiles(root: string): string[] {
  const single = ["external_models.yaml", "schema.yaml"].find((name) => existsSync(join(root, name)));
  return [...(single ? [single] : []), ...listFiles(root, "external_models", [".yaml"])];
}

function refuseRepeated(
  model: ModelFacts,
  inFile: Set<string>,
  place: { file: string; line: number },
  gateway: string | null,
): void {
  const key = `${gateway ?? ""}:${model.name}`;
  if (inFile.has(key)) {
    throw new SluiceError(
      "EXTERNAL_INVALID",
      `the external model ${model.displayName} occurs twice in this file`,
      {
        place,
        hint: "Remove one of them.",
      },
    );
  }
  inFile.add(key);
}

/** Throws EXTERNAL_INVALID when an external model has the name of a model of the project. */
export function checkExternalNames(
  external: ReadonlyMap<ModelName, ModelEntry>,
  own: ReadonlyMap<ModelName, ModelEntry>,
): void {
  for (const [name, { facts }] of external) {
    const taken = own.get(name);
    if (!taken) continue;
    throw new SluiceError(
      "EXTERNAL_INVALID",
      `the external model ${facts.displayName} has the name of a model of the project`,
      {
        place: { file: facts.path },
        hint: `The model is in ${taken.facts.path}: remove one of them.`,
      },
    );
  }
}
