/**
 * A project on disk → settings and models (spec project-format 1). Everything read stands in one {@link Project};
 * rooms behind it touch no file.
 */
import { canonicalJson, type Digest, digestOf } from "../digest.ts";
import { SluiceError } from "../errors.ts";
import type { ModelWarning } from "../model/context.ts";
import { graphOf, type ModelGraph } from "../model/graph.ts";
import type { AuditDefinition, Model, ModelFacts, ModelName } from "../model/model.ts";
import { nameCaseWarnings } from "../model/name-case.ts";
import { checkNameLevels } from "../model/name-levels.ts";
import { prepareRendering } from "../model/render-jinja.ts";
import { buildStandaloneAudits, checkAuditNames, loadAudits } from "./audit-files.ts";
import { type ConfigRequest, type LoadedConfig, loadConfig } from "./config.ts";
import type { Env } from "./config-file.ts";
import { withJinjaMacros } from "./environment-statements.ts";
import { checkExternalNames, loadExternalModels } from "./external-models.ts";
import { loadJinjaMacros } from "./jinja-macro-files.ts";
import { toModelContext } from "./model-context.ts";
import { loadModels, type ModelEntry, readModelFiles } from "./model-files.ts";
import { loadPythonMacros, pythonWarnings, refusePythonModels } from "./python-macros.ts";
import type { Settings } from "./settings.ts";
import { loadSluiceSettings, type SluiceSettings } from "./sluice-settings.ts";
import { ignoreMatcher } from "./source-files.ts";
import { loadTestFiles, type TestFile } from "./test-files.ts";

/** `root` is the absolute path of the folder that holds the configuration. */
export interface ProjectRequest extends ConfigRequest {
  /** Milliseconds: relative dates are read against it. */
  readonly now: number;
  /** Facts recorded earlier, by source digest: files they cover are hashed, not parsed. Waited for once the files are read. */
  readonly known?: ReadonlyMap<Digest, ModelFacts> | Promise<ReadonlyMap<Digest, ModelFacts>>;
  /** The configuration, when the caller has read it already. */
  readonly config?: LoadedConfig;
}

export interface Project {
  readonly settings: Settings;
  readonly sluice: SluiceSettings;
  readonly facts: ReadonlyMap<ModelName, ModelFacts>;
  readonly graph: ModelGraph;
  /** The model in full, parsed when first asked for. Throws MODEL_INVALID for a name the project has not. */
  model(name: ModelName): Promise<Model>;
  /** By lower-case name. */
  readonly audits: ReadonlyMap<string, AuditDefinition>;
  readonly tests: readonly TestFile[];
  readonly warnings: readonly ModelWarning[];
  /** Over the sources of all models and the statements around a plan. */
  readonly digest: Digest;
  /** Environment after `.env`. */
  readonly env: Env;
}

/** Reads a project. Throws the SluiceError of the first fault found, with file and line. */
export async function loadProject(request: ProjectRequest): Promise<Project> {
  const { root, now } = request;
  const config = request.config ?? (await loadConfig(request));
  const { env, warnings: configWarnings } = config;
  const warnings = new Map<string, ModelWarning>(
    configWarnings.map((warning) => [canonicalJson(warning), warning]),
  );
  const isIgnored = ignoreMatcher(config.settings.ignorePatterns);
  const jinjaMacros = loadJinjaMacros(root, isIgnored);
  const settings = withJinjaMacros(config.settings, jinjaMacros);
  refusePythonModels(root, isIgnored);
  const audits = loadAudits(root, settings, isIgnored);
  const pythonMacros = loadPythonMacros(root, isIgnored);
  const context = toModelContext(settings, {
    audits: audits.definitions,
    pythonMacros,
    jinjaMacros,
    now,
    // A file read twice warns once.
    warn: (warning) => warnings.set(canonicalJson(warning), warning),
  });
  const files = await readModelFiles(root, context, isIgnored);
  const known = (await request.known) ?? new Map<Digest, ModelFacts>();
  const external = loadExternalModels(root, context, known);
  const own = await loadModels(files, context, { known, others: external });
  const alone = await buildStandaloneAudits(audits.standalone, context);
  checkExternalNames(external, own);
  checkAuditNames(alone, new Map([...own, ...external]));
  const entries = new Map([...own, ...external, ...alone]);
  const facts = new Map([...entries].map(([name, entry]) => [name, entry.facts]));
  checkNameLevels(
    [...facts.values()].filter((one) => one.node === "model"),
    settings.defaultCatalog,
  );
  return {
    settings,
    sluice: loadSluiceSettings(root),
    facts,
    graph: graphOf(facts),
    model: async (name) => {
      const model = await entryOf(entries, name).load();
      await prepareRendering([model]);
      return model;
    },
    audits: audits.definitions,
    tests: await loadTestFiles(root, settings, env),
    warnings: [...warnings.values(), ...nameCaseWarnings(facts), ...pythonWarnings(root)],
    digest: digestOfProject(facts, settings),
    env,
  };
}

function entryOf(entries: ReadonlyMap<ModelName, ModelEntry>, name: ModelName): ModelEntry {
  const entry = entries.get(name);
  if (!entry)
    throw new SluiceError("MODEL_INVALID", `the project has no model ${name}`, { hint: "Check its name." });
  return entry;
}

function digestOfProject(facts: ReadonlyMap<ModelName, ModelFacts>, settings: Settings): Digest {
  return digestOf({
    models: [...facts.values()].map((model) => [model.name, model.sourceDigest]).sort(),
    beforeAll: settings.beforeAll,
    afterAll: settings.afterAll,
  });
}
