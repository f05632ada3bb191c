/** `npm run build`: `tsc` writes `lib/`, what npm publishes; then the bundle of the Action goes into `dist/`. */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const node = (...words: string[]) => execFileSync(process.execPath, words, { cwd: root, stdio: "inherit" });

rmSync(join(root, "lib"), { recursive: true, force: true });
node(join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json");
node(join(root, "ncc.config.js"));
