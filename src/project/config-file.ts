/** Disk → the merged, unchecked configuration: project file, personal file, environment (spec project-format 1.4). */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { SluiceError } from "../errors.ts";
import type { ModelWarning } from "../model/context.ts";
import { parseDotenv } from "./dotenv.ts";
import { renderJinja } from "./jinja.ts";
import { isRecord, mergeDeep, setPath, valueAt } from "./merge.ts";
import { parseYaml, type YamlFile, type YamlPath } from "./yaml.ts";

const configFiles = ["config.yaml", "config.yml", "sqlmesh.yaml", "sqlmesh.yml"] as const;

export type Env = Readonly<Record<string, string | undefined>>;

export interface RawConfig {
  /** Name of the project's file. */
  readonly file: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly source: Pick<YamlFile, "file" | "lineOf" | "isPlain">;
  /** Environment after `.env` and `env_vars` of a personal file. */
  readonly env: Env;
  readonly warnings: readonly ModelWarning[];
}

/** Reads everything the configuration is made of. Throws CONFIG_MISSING or CONFIG_INVALID with file and line. */
export async function loadRawConfig(root: string, outerEnv: Env, dotenvPath?: string): Promise<RawConfig> {
  const warnings: ModelWarning[] = [];
  let env: Env = { ...outerEnv, ...loadDotenv(dotenvPath ?? join(root, ".env"), outerEnv) };
  const file = findConfigFile(root);
  const personal = await loadPersonalConfig(env, warnings);
  const exported = personal?.value["env_vars"];
  if (isRecord(exported)) {
    env = {
      ...env,
      ...Object.fromEntries(Object.entries(exported).map(([key, value]) => [key, String(value)])),
    };
  }
  const own = await loadYamlConfig(join(root, file), file, env, warnings);
  let value: Record<string, unknown> = own.value;
  if (personal) {
    const { env_vars: _, ...rest } = personal.value;
    value = mergeDeep(value, rest);
  }
  const overrides = environmentOverrides(env);
  for (const override of overrides) value = setPath(value, override.path, override.value);
  return { file, value, env, warnings, source: layered(own.yaml, personal?.yaml, overrides) };
}

/** The one configuration file of a folder. */
function findConfigFile(root: string): string {
  const found = configFiles.filter((name) => existsSync(join(root, name)));
  const [first, second] = found;
  if (first !== undefined && second !== undefined) {
    throw new SluiceError(
      "CONFIG_INVALID",
      `the project has two configuration files, ${first} and ${second}; only one is allowed`,
      {
        place: { file: second },
        hint: "Remove one of them.",
      },
    );
  }
  if (first !== undefined) return first;
  if (existsSync(join(root, "config.py"))) {
    throw new SluiceError("NOT_SUPPORTED", "Python configs are not supported", {
      place: { file: "config.py" },
      hint: "Provide config.yaml.",
    });
  }
  if (existsSync(join(root, "dbt_project.yml"))) {
    throw new SluiceError("NOT_SUPPORTED", "dbt projects are not supported", {
      place: { file: "dbt_project.yml" },
      hint: "Sluice reads SQLMesh projects: provide config.yaml.",
    });
  }
  throw new SluiceError("CONFIG_MISSING", `there is no configuration file in ${root}`, {
    hint: "Run `sluice init`, or go to the folder that holds config.yaml.",
  });
}

function loadDotenv(path: string, env: Env): Record<string, string> {
  if (!existsSync(path) || !statSync(path).isFile()) return {};
  return parseDotenv(readFileSync(path, "utf8"), env);
}

interface LoadedYaml {
  readonly yaml: YamlFile;
  readonly value: Record<string, unknown>;
}

async function loadPersonalConfig(env: Env, warnings: ModelWarning[]): Promise<LoadedYaml | null> {
  const home = env["SQLMESH_HOME"] ?? (env["HOME"] ? join(env["HOME"], ".sqlmesh") : undefined);
  const path = home && configFiles.map((name) => join(home, name)).find((candidate) => existsSync(candidate));
  return path ? loadYamlConfig(path, path, env, warnings) : null;
}

async function loadYamlConfig(
  path: string,
  file: string,
  env: Env,
  warnings: ModelWarning[],
): Promise<LoadedYaml> {
  const onUnset = (name: string): void => {
    warnings.push({
      code: "env-unset",
      text: `${file} reads the environment variable ${name}, which is not set`,
      file,
    });
  };
  const text = await renderJinja(readFileSync(path, "utf8"), file, { env, onUnset });
  const yaml = parseYaml(text, file);
  if (yaml.value === null || yaml.value === undefined) {
    throw new SluiceError("CONFIG_INVALID", "the configuration file is empty", {
      place: { file },
      hint: "Give it gateways and model_defaults.",
    });
  }
  if (!isRecord(yaml.value)) {
    throw new SluiceError("CONFIG_INVALID", "the configuration file must hold a mapping", {
      place: { file, line: 1 },
      hint: "Write `key: value` lines.",
    });
  }
  return { yaml, value: yaml.value };
}

interface Override {
  readonly variable: string;
  readonly path: YamlPath;
  readonly value: string;
}

/** `SQLMESH__A__B=v` → path `a.b`. */
function environmentOverrides(env: Env): Override[] {
  const overrides: Override[] = [];
  for (const [variable, value] of Object.entries(env)) {
    const name = variable.toLowerCase();
    if (
      value === undefined ||
      !name.startsWith("sqlmesh__") ||
      name === "sqlmesh__airflow__disable_state_migration"
    )
      continue;
    const path = name.slice("sqlmesh__".length).split("__");
    if (path.some((key) => key === "")) {
      throw new SluiceError("CONFIG_INVALID", `the environment variable ${variable} names no setting`, {
        hint: "Write SQLMESH__KEY or SQLMESH__KEY__KEY.",
      });
    }
    overrides.push({ variable, path, value });
  }
  return overrides.sort((a, b) => (a.variable < b.variable ? -1 : 1));
}

/** Lines of the merged value: of the environment variable, else of the personal file, else of the project's own. */
function layered(
  own: YamlFile,
  personal: YamlFile | undefined,
  overrides: readonly Override[],
): RawConfig["source"] {
  return {
    file: own.file,
    lineOf: (path) => {
      const overridden = overrides.some((o) => o.path.join(".") === path.join("."));
      return overridden || (personal && valueAt(personal.value, path) !== undefined)
        ? undefined
        : own.lineOf(path);
    },
    isPlain: (path) => own.isPlain(path),
  };
}
