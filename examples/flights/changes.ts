/**
 * The pull requests of this example: each folder under `changes/` holds the files a branch adds or replaces, a README.md
 * with the title and the description, and perhaps a REMOVED file with the paths the branch deletes, one a line.
 */
import { cp, readdir, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";

const here = import.meta.dirname;

export interface Change {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly removed: readonly string[];
}

/** Names of the pull requests, sorted. */
export async function changeNames(): Promise<string[]> {
  return (await readdir(join(here, "changes"))).sort();
}

/** The title, description and deletions of one pull request. */
export async function readChange(name: string): Promise<Change> {
  const folder = join(here, "changes", name);
  const [heading = "", ...rest] = (await readFile(join(folder, "README.md"), "utf8")).split("\n");
  const removed = await readFile(join(folder, "REMOVED"), "utf8").catch(() => "");
  return {
    name,
    title: heading.replace(/^# /, ""),
    description: rest.join("\n").trim(),
    removed: removed.split("\n").filter((line) => line !== ""),
  };
}

/** Copies the base project, without warehouse files and pull requests, into the folder `target`. */
export async function copyBase(target: string): Promise<void> {
  const skipped = new Set(["changes", "changes.ts", "load.ts", "load-mysql.ts", "README.md"]);
  await cp(here, target, {
    recursive: true,
    filter: (source) => !skipped.has(basename(source)) && !/\.duckdb(\.wal)?$/.test(source),
  });
}

/** Turns a copy of the base project at `target` into what the pull request `name` proposes. */
export async function applyChange(name: string, target: string): Promise<void> {
  const change = await readChange(name);
  const own = new Set(["README.md", "REMOVED"]);
  await cp(join(here, "changes", name), target, {
    recursive: true,
    filter: (source) => !own.has(basename(source)),
  });
  for (const path of change.removed) await rm(join(target, path));
}
