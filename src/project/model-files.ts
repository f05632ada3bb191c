/** `models/**` → facts at once, models when asked for. A file whose facts are known is hashed, not parsed (design 4.1). */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type Digest, digestOf, sha256 } from "../digest.ts";
import { SluiceError } from "../errors.ts";
import type { ModelContext } from "../model/context.ts";
import type { Model, ModelFacts, ModelName } from "../model/model.ts";
import { type ModelSource, parseModels } from "../model/parse.ts";
import { prepareTexts } from "../model/render-jinja.ts";
import { shownColumns } from "../model/shown-columns.ts";
import type { Column } from "../sql/name-parts.ts";
import { contextDigest } from "./model-context.ts";
import { listFiles } from "./source-files.ts";
import { refuseUnbuiltModel } from "./unbuilt.ts";

/** A model the project has: its facts, and how to come by the whole. */
export interface ModelEntry {
  readonly facts: ModelFacts;
  load(): Model | Promise<Model>;
}

export interface ModelFileOptions {
  readonly known: ReadonlyMap<Digest, ModelFacts>;
  /** Models from elsewhere, external ones: their columns can be asked for. */
  readonly others: ReadonlyMap<ModelName, ModelEntry>;
}

/** A file of models as it was read. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Over the file and everything else but columns of other models. */
  readonly digest: Digest;
  readonly origin: Origin;
}

interface Origin {
  readonly root: string;
  /** Over everything outside the file. */
  readonly common: Digest;
}

/** Files read before whatever else goes on gets its turn. */
const filesAtOnce = 200;

/** Reads and hashes `models/**`; nothing is parsed, so it can be done before what is recorded is known. */
export async function readModelFiles(
  root: string,
  context: ModelContext,
  isIgnored: (path: string) => boolean,
): Promise<readonly SourceFile[]> {
  const origin = { root, common: contextDigest(context) };
  const files: SourceFile[] = [];
  const paths = listFiles(root, "models", [".sql"]).filter((path) => !isIgnored(path));
  for (const [at, path] of paths.entries()) {
    // The warehouse opens meanwhile.
    if (at % filesAtOnce === 0) await setImmediate();
    const file = readSource(path, origin);
    if (file.bytes.length > 0) files.push(file);
  }
  return files;
}

function readSource(path: string, origin: Origin): SourceFile {
  const bytes = readFileSync(join(origin.root, path));
  return { path, bytes, digest: digestOf([origin.common, path, sha256(bytes)]), origin };
}

/** By name, in the order of paths. Throws MODEL_DUPLICATE for two files that define one model. */
export async function loadModels(
  files: readonly SourceFile[],
  context: ModelContext,
  options: ModelFileOptions,
): Promise<ReadonlyMap<ModelName, ModelEntry>> {
  const found = new Map<string, readonly ModelEntry[]>();
  const columns = new Map([...options.others].map(([name, entry]) => [name, shownColumns(entry.facts)]));
  let waiting = files;
  await prepareTexts(
    waiting
      .filter((file) => recordedOf(file, options.known).length === 0)
      .map(({ bytes }) => latin(bytes))
      .concat(defaultStatements(context)),
  );
  // @STAR and @UNION need the columns of models that stand in other files: those that miss some are read again.
  while (waiting.length > 0) {
    const attempts: { readonly file: SourceFile; readonly attempt: Attempt }[] = [];
    for (const [at, file] of waiting.entries()) {
      // What the warehouse has answered meanwhile is taken, and the next query sent.
      if (at % filesAtOnce === 0) await setImmediate();
      attempts.push({ file, attempt: readEntry(file, context, options.known, columns) });
    }
    const again = attempts.filter(({ attempt }) => attempt.waits);
    const isStuck = again.length === waiting.length;
    for (const { file, attempt } of attempts) {
      if (attempt.waits && !isStuck) continue;
      if (attempt.failure) throw attempt.failure.error;
      found.set(file.path, attempt.entries);
      for (const { facts } of attempt.entries) columns.set(facts.name, shownColumns(facts));
    }
    waiting = isStuck ? [] : again.map(({ file }) => file);
  }
  return byName(found);
}

function defaultStatements({ defaults }: ModelContext): readonly string[] {
  return [...defaults.preStatements, ...defaults.postStatements, ...defaults.onVirtualUpdate];
}

function byName(entries: ReadonlyMap<string, readonly ModelEntry[]>): ReadonlyMap<ModelName, ModelEntry> {
  const named = new Map<ModelName, ModelEntry>();
  for (const [path, ofFile] of [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    for (const entry of ofFile) {
      const other = named.get(entry.facts.name);
      if (other) throw repeated(entry.facts, other.facts, path);
      named.set(entry.facts.name, entry);
    }
  }
  return named;
}

function repeated(facts: ModelFacts, other: ModelFacts, file: string): SluiceError {
  return new SluiceError("MODEL_DUPLICATE", `the model ${facts.name} is defined twice`, {
    place: { file },
    hint:
      other.path === file
        ? "Two of its blueprints give this name: put a variable that differs into the name."
        : `The other one is in ${other.path}: rename or remove one of them.`,
  });
}

interface Attempt {
  /** It asked for columns that nobody knows yet. */
  readonly waits: boolean;
  /** None when the file has no model, or could not be read. */
  readonly entries: readonly ModelEntry[];
  readonly failure?: { readonly error: unknown };
}

function readEntry(
  file: SourceFile,
  context: ModelContext,
  known: ReadonlyMap<Digest, ModelFacts>,
  columns: ReadonlyMap<ModelName, readonly Column[] | null>,
): Attempt {
  const recorded = recordedOf(file, known);
  if (recorded.length > 0) {
    // The bytes go: most files of most plans are never looked at again.
    const again = rereading(file);
    return {
      waits: false,
      entries: recorded.map((facts) => ({ facts, load: () => parse(again(), context, facts.name) })),
    };
  }
  const seen = new Map<ModelName, readonly Column[] | null>();
  const columnsOf = (name: ModelName): readonly Column[] | null => {
    const answer = columns.get(name) ?? null;
    seen.set(name, answer);
    return answer;
  };
  const waits = (): boolean => [...seen.values()].includes(null);
  try {
    const parsed = parseModels(sourceOf(file), { ...context, columnsOf });
    for (const { model, line } of parsed) refuseUnbuiltModel(model, line, context.gateway);
    const entries = parsed.map(({ model }, i) =>
      entryOf(model, { ...file, digest: digestAt(file, i, parsed.length) }, seen),
    );
    return { waits: waits(), entries };
  } catch (error) {
    if (waits()) return { waits: true, entries: [], failure: { error } };
    throw error;
  }
}

/** The file as it was hashed. Throws MODEL_INVALID when it is another one by now. */
function rereading({ path, digest, origin }: SourceFile): () => SourceFile {
  return () => {
    const file = existsSync(join(origin.root, path)) ? readSource(path, origin) : null;
    if (file?.digest === digest) return file;
    throw new SluiceError("MODEL_INVALID", "the file was changed while it was being read", {
      place: { file: path },
      hint: "Run again.",
    });
  };
}

/** Facts recorded for the file: of its one model, or of all its blueprints. */
function recordedOf(file: SourceFile, known: ReadonlyMap<Digest, ModelFacts>): readonly ModelFacts[] {
  const only = known.get(file.digest);
  if (only) return [only];
  const facts: ModelFacts[] = [];
  for (;;) {
    const next = known.get(digestAt(file, facts.length, Number.POSITIVE_INFINITY));
    if (next) facts.push(next);
    else {
      const last = known.get(digestAt(file, facts.length, facts.length + 1));
      return last && facts.length > 0 ? [...facts, last] : [];
    }
  }
}

/** Of one of several models of a file; the last one's differs, so that it shows that all are there. */
function digestAt(file: SourceFile, index: number, count: number): Digest {
  return count === 1 ? file.digest : digestOf([file.digest, index, index === count - 1]);
}

/** What lies outside the file, a seed's rows or other models' columns, goes into the digest: such files are always read. */
function entryOf(
  model: Model,
  file: SourceFile,
  seen: ReadonlyMap<ModelName, readonly Column[] | null>,
): ModelEntry {
  const outside = [model.seed?.digest ?? null, [...seen].toSorted(([a], [b]) => (a < b ? -1 : 1))] as const;
  const isPlain = model.seed === undefined && seen.size === 0;
  const sourceDigest = isPlain ? file.digest : digestOf([file.digest, ...outside]);
  const whole = { ...model, sourceDigest };
  return { facts: factsOf(whole), load: () => whole };
}

function sourceOf(file: SourceFile): ModelSource {
  return { path: file.path, text: decode(file.bytes, file.path), sourceDigest: file.digest };
}

/** The model of a file whose facts were recorded: it has been read without fault before. */
async function parse(file: SourceFile, context: ModelContext, name: ModelName): Promise<Model> {
  await prepareTexts([latin(file.bytes), ...defaultStatements(context)]);
  const parsed = parseModels(sourceOf(file), context);
  const at = parsed.findIndex(({ model }) => model.name === name);
  const found = parsed[at];
  if (found) return { ...found.model, sourceDigest: digestAt(file, at, parsed.length) };
  throw new SluiceError("INTERNAL", `facts are recorded for ${file.path}, but the file has no model ${name}`);
}

/** Good enough to look for a keyword in, and fast. */
function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SluiceError("MODEL_INVALID", "the file is not UTF-8", {
      place: { file: path },
      cause,
      hint: "Save it as UTF-8.",
    });
  }
}

/** The small part of a model. */
export function factsOf(model: Model): ModelFacts {
  const {
    query: _q,
    preStatements: _pre,
    postStatements: _post,
    onVirtualUpdate: _v,
    audits: _a,
    auditDefinitions: _ad,
    columnDescriptions: _cd,
    partitionedBy: _p,
    clusteredBy: _c,
    physicalProperties: _pp,
    virtualProperties: _vp,
    sessionProperties: _sp,
    grains: _g,
    references: _r,
    stamp: _s,
    ignoredRules: _i,
    variables: _va,
    blueprint: _b,
    jinjaMacros: _j,
    seed: _seed,
    defaultCatalog: _dc,
    ...facts
  } = model;
  return facts;
}
