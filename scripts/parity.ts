/**
 * Runs every recorded story of a folder and prints, for each failing one, what differs; last `N passed, N failed`.
 * A story that is marked as a defect of the reference and differs is shown and counted apart: it is meant to differ.
 *
 *   node scripts/parity.ts DIR [--only ID[,ID…]] [--quiet]
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Story } from "./parity/case.ts";
import { mysqlWarehouse } from "./parity/mysql-warehouse.ts";
import { playStory } from "./parity/story.ts";
import { duckdbWarehouse } from "./parity/warehouse.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    quiet: { type: "boolean", default: false },
    engine: { type: "string", default: "duckdb" },
  },
});
const [folder] = positionals;
const open = { duckdb: duckdbWarehouse, mysql: mysqlWarehouse }[values.engine];
if (!folder || !open) {
  console.error("Usage: npm run parity -- DIR [--only ID[,ID…]] [--quiet] [--engine duckdb|mysql]");
  process.exit(2);
}
const root = resolve(folder);
const only = values.only?.split(",");
const files = readdirSync(root)
  .filter((name) => name.endsWith(".json"))
  .filter((name) => !only || only.includes(name.slice(0, -".json".length)))
  .sort();

let passed = 0;
let failed = 0;
const elsewhere: string[] = [];
await using warehouse = await open();
let onPurpose = 0;
for (const name of files) {
  const story = JSON.parse(readFileSync(join(root, name), "utf8")) as Story;
  const { differences, notHere } = await playStory(story, warehouse);
  if (notHere !== undefined) elsewhere.push(`${story.id}: ${notHere}`);
  else if (differences.length === 0) passed++;
  else {
    if (story.sqlmesh_defect) onPurpose++;
    else failed++;
    const defect = story.sqlmesh_defect ? ` (a defect of the reference: ${story.sqlmesh_defect})` : "";
    console.log(`\n${story.sqlmesh_defect ? "≠" : "✗"} ${story.id}${defect}`);
    if (!values.quiet) for (const line of differences.slice(0, 30)) console.log(`    ${line}`);
  }
}
if (onPurpose > 0) {
  console.log(
    `\n${onPurpose} differ where the record itself is marked as a defect: docs/differences.md says how.`,
  );
}
if (elsewhere.length > 0) {
  console.log(`\n${elsewhere.length} not for this engine`);
  if (!values.quiet) for (const line of elsewhere) console.log(`    ${line}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
