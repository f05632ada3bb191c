/**
 * The analyser's thread as a bundle of its own beside the Action's, with the WebAssembly as a Brotli file: 23 MB become 2.6.
 * The file's digest is fixed here, so that a changed library never slips in unseen.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { minified } from "./minified.ts";

/** SHA-256 of `polyglot_sql.wasm` in @polyglot-sql/sdk 0.12.1. */
const wasmDigest = "27f296ff050eb1f7a4474204ec159383e33c08ed85d52e9a91152b064ec02a7c";

export interface AnalysisWorkerOptions {
  /** The compiled worker, `lib/sql/analysis/worker.js`. */
  readonly entry: string;
  /** The bundle's folder, `dist`; the worker goes into `analysis-worker/` below it. */
  readonly out: string;
}

/** Writes `analysis-worker/index.js`, where `src/sql/analysis/thread.ts` looks for it, and `polyglot_sql.wasm.br` beside it. */
export async function bundleAnalysisWorker({ entry, out }: AnalysisWorkerOptions): Promise<void> {
  const require = createRequire(import.meta.url);
  const ncc = require("@vercel/ncc") as (file: string, options: object) => Promise<{ readonly code: string }>;
  const folder = join(out, "analysis-worker");
  await mkdir(folder, { recursive: true });
  const { code } = await ncc(entry, { cache: false, quiet: true, minify: false });
  await writeFile(join(folder, "index.js"), await minified(code));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }\n');
  await writeFile(
    join(folder, "polyglot_sql.wasm.br"),
    await packedWasm(require.resolve("@polyglot-sql/sdk/polyglot_sql.wasm")),
  );
}

/** Quality 9 takes two seconds, 11 almost a minute for a tenth less. */
async function packedWasm(file: string): Promise<Uint8Array> {
  const wasm = await readFile(file);
  const digest = createHash("sha256").update(wasm).digest("hex");
  if (digest !== wasmDigest) throw new Error(`${file} has the SHA-256 ${digest}, expected is ${wasmDigest}`);
  return brotliCompressSync(wasm, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: wasm.length },
  });
}
