/** `npm run dist:check`, after `npm run build`: the bundle just built is the one that is committed. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
if (!existsSync(join(root, "dist/index.js"))) end("dist/ is missing: run npm run build, and commit it.");
const changed = execFileSync("git", ["status", "--porcelain", "--", "dist"], {
  cwd: root,
  encoding: "utf8",
}).trim();
if (changed !== "") end(`dist/ is not what the source builds; commit it:\n${changed}`);

function end(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
