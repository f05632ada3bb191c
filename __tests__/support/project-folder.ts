/** Real project folders in a temporary place, removed when the test file ends. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import type { Digest } from "../../src/digest.ts";
import { SluiceError } from "../../src/errors.ts";
import type { Model, ModelFacts, ModelName } from "../../src/model/model.ts";
import { loadProject, type Project } from "../../src/project/project.ts";

export const duckdbConfig =
  "gateways:\n  local:\n    connection:\n      type: duckdb\nmodel_defaults:\n  dialect: duckdb\n";
export const mysqlConfig =
  "gateways:\n  local:\n    connection: {type: mysql, host: h, user: u, password: p}\nmodel_defaults:\n  dialect: mysql\n";

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Writes files, with a DuckDB configuration unless one is given; answers the absolute path. `null` leaves a file out. */
export function projectFolder(files: Readonly<Record<string, string | null>>): string {
  const root = mkdtempSync(join(tmpdir(), "sluice-project-"));
  folders.push(root);
  for (const [path, text] of Object.entries({ "config.yaml": duckdbConfig, ...files })) {
    if (text === null) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

export interface LoadOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly gateway?: string;
  readonly known?: ReadonlyMap<Digest, ModelFacts>;
}

export const loadedAt = Date.UTC(2024, 5, 1);

/** Loads the project of these files. */
export function loadFiles(
  files: Readonly<Record<string, string | null>>,
  options: LoadOptions = {},
): Promise<Project> {
  return loadProject({ root: projectFolder(files), env: {}, now: loadedAt, ...options });
}

/** The only model, or the named one, of a project of these files. */
export async function loadModel(
  files: Readonly<Record<string, string | null>>,
  name?: string,
): Promise<Model> {
  const project = await loadFiles(files);
  const [only] = project.facts.keys();
  return project.model((name ?? only) as ModelName);
}

/** The error of loading these files, as people read it. */
export async function loadError(
  files: Readonly<Record<string, string | null>>,
  options: LoadOptions = {},
): Promise<SluiceError> {
  try {
    await loadFiles(files, options);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error("the project loaded without an error");
}
