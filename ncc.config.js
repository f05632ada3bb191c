/**
 * Bundles `lib/` for the Action: `node ncc.config.js` writes `dist/`. Equal input gives equal bytes, so that a check can
 * compare them; another folder may be named. DuckDB is not in it (design 7): `src/github/duckdb-driver.ts` finds or installs it.
 */
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleAnalysisWorker } from "./scripts/build/analysis-worker.ts";
import { minified } from "./scripts/build/minified.ts";

const root = dirname(fileURLToPath(import.meta.url));
const ncc = createRequire(import.meta.url)("@vercel/ncc");

/** @param {string} out absolute path of the folder that is written anew */
export async function bundleAction(out) {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const { code, assets } = await ncc(join(root, "lib/github/main.js"), {
    cache: false,
    quiet: true,
    minify: true,
    sourceMap: false,
    license: "licenses.txt",
    externals: ["@duckdb/node-api"],
  });
  await writeFile(join(out, "index.js"), code);
  for (const [name, { source }] of Object.entries(assets)) {
    await mkdir(dirname(join(out, name)), { recursive: true });
    await writeFile(join(out, name), name.endsWith(".js") ? await minified(String(source)) : source);
  }
  await writeFile(join(out, "package.json"), '{ "type": "module" }\n');
  await cp(join(root, "templates"), join(out, "templates"), { recursive: true });
  await bundleAnalysisWorker({ entry: join(root, "lib/sql/analysis/worker.js"), out });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bundleAction(resolve(process.argv[2] ?? join(root, "dist")));
}
