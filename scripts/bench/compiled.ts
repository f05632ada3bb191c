/** The measured code as JavaScript, like what is published: Node's own reading of TypeScript takes time and memory that users do not spend. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
let built: Promise<string> | undefined;

/** Path of the task to start; compiled once. */
export function compiledTask(): Promise<string> {
  built ??= compile();
  return built;
}

async function compile(): Promise<string> {
  const root = join(import.meta.dirname, "..", "..");
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  await run(process.execPath, [compiler, "-p", join(import.meta.dirname, "tsconfig.json")]);
  return join(root, ".bench", "js", "scripts", "bench", "task.js");
}
