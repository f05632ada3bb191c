/** Names of a generated project's models, each after what it reads. The number in a name is its place. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";

export async function readOrder(project: string): Promise<string[]> {
  const names: string[] = [];
  for (const schema of ["staging", "core", "mart"]) {
    const files = await readdir(join(project, "models", schema)).catch(() => []);
    for (const file of files) names.push(`${schema}.${file.replace(/\.sql$/, "")}`);
  }
  return names.sort((a, b) => place(a) - place(b));
}

function place(name: string): number {
  return Number(name.slice(name.lastIndexOf("_") + 1));
}
