/** action.yml as the runner reads it, and what it starts. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

export interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly runs: { readonly using: string; readonly main: string; readonly post?: string };
}

/** The root of the project, where action.yml lies. */
export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), "../../../..");

let known: ActionFile | undefined;

/** Read once: every run of every test asks. */
export function readActionFile(): ActionFile {
  known ??= parseActionFile(projectRoot);
  return known;
}

function parseActionFile(folder: string): ActionFile {
  const {
    inputs = {},
    outputs = {},
    runs,
  } = parse(readFileSync(resolve(folder, "action.yml"), "utf8")) as Partial<ActionFile>;
  if (!runs) throw new Error("action.yml says not what runs.");
  return { inputs, outputs, runs };
}

/** The Node that runs the Action: 24, as action.yml says, whatever runs the tests. */
export const actionNode = resolve(projectRoot, "node_modules/node/bin/node");

/** The bundle; SLUICE_ACTION_ENTRY names another one, and without a bundle the source is run. */
export function actionEntry(): string {
  const wanted = process.env["SLUICE_ACTION_ENTRY"];
  if (wanted) return resolve(projectRoot, wanted);
  const bundle = resolve(projectRoot, "dist/index.js");
  return existsSync(bundle) ? bundle : resolve(projectRoot, "src/github/main.ts");
}
