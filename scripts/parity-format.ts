/**
 * Runs every recorded project of a folder and prints, for each failing one, what differs; last `N passed, N failed`.
 *
 *   node scripts/parity-format.ts DIR [--group G[,G…]] [--only ID[,ID…]] [--verbose]
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { RecordedCase } from "./parity-format/case.ts";
import { playCase } from "./parity-format/play.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    group: { type: "string" },
    only: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});
const [folder] = positionals;
if (!folder) {
  console.error("Usage: npm run parity:format -- DIR [--group G[,G…]] [--only ID[,ID…]] [--verbose]");
  process.exit(2);
}
const root = resolve(folder);
const groups = values.group?.split(",");
const only = values.only?.split(",");
const cases = readdirSync(root)
  .filter((name) => name.endsWith(".json"))
  .sort()
  .map((name) => JSON.parse(readFileSync(join(root, name), "utf8")) as RecordedCase)
  .filter((one) => (!groups || groups.includes(one.group)) && (!only || only.includes(one.id)));

/** Lines per failing case, unless `--verbose`. */
const shownLines = 12;

let passed = 0;
let failed = 0;
for (const one of cases) {
  const started = performance.now();
  const differences = await playCase(one);
  if (differences.length === 0) passed++;
  else {
    failed++;
    console.log(`\n✗ ${one.id}: ${one.title}${one.note ? ` (${one.note})` : ""}`);
    const shown = values.verbose ? differences : differences.slice(0, shownLines);
    for (const line of shown) console.log(`    ${line}`);
    if (shown.length < differences.length) console.log(`    … ${differences.length - shown.length} more`);
  }
  if (values.verbose) console.log(`${one.id}: ${Math.round(performance.now() - started)} ms`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
