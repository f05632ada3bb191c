/**
 * Writes a benchmark project of any size in SQLMesh's format.
 *
 *     node scripts/generate-project.ts --models 1000 --out DIR [--dialect duckdb|mysql] [--rows 200] [--days 30] [--seed 1]
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { type BenchProject, benchProject, type ProjectShape } from "./bench/project.ts";

/** Writes the project into the folder `out` and returns it. */
export async function writeProject(shape: ProjectShape, out: string): Promise<BenchProject> {
  const project = benchProject(shape);
  const folders = new Set([...project.files.keys()].map((path) => dirname(join(out, path))));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  for (const [path, text] of project.files) await writeFile(join(out, path), text);
  return project;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      models: { type: "string", default: "100" },
      dialect: { type: "string", default: "duckdb" },
      out: { type: "string" },
      rows: { type: "string", default: "200" },
      days: { type: "string", default: "30" },
      seed: { type: "string", default: "1" },
    },
  });
  if (values.out === undefined) throw new Error("--out DIR is missing: the folder to write the project into");
  if (values.dialect !== "duckdb" && values.dialect !== "mysql")
    throw new Error("--dialect must be duckdb or mysql");
  const project = await writeProject(
    {
      models: Number(values.models),
      dialect: values.dialect,
      rows: Number(values.rows),
      days: Number(values.days),
      seed: Number(values.seed),
    },
    values.out,
  );
  console.log(`${project.models.length} models over ${project.rawTables} raw tables in ${values.out}`);
}
