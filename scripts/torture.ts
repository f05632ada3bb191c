/**
 * The cruel tests, many times: Sluice killed after each write to its journal, before statements and at random moments, in
 * every kind of step, the server killed, two applies at once, owners paused past their lease, also before each statement of an
 * apply, a reader that stays.
 *
 *     npm run torture -- [times] [kill | server-kill | races | paused | steps | long-reader …]
 *
 * Unless told, 100 kills of each kind and races, 30 kills of the server, pauses and of each kind of step, and a reader that
 * stays for 60 seconds (there a number means seconds, 240 at most): about two hours.
 */
import { spawnSync } from "node:child_process";

const suites = { kill: 100, "server-kill": 30, races: 100, paused: 30, steps: 30, "long-reader": 60 };
const places: Readonly<Record<string, string>> = { steps: "__tests__/flow/kill/" };
const [first = "", ...rest] = process.argv.slice(2);
const count = /^\d/.test(first) ? Number(first) : null;
const named = count === null && first !== "" ? [first, ...rest] : rest;
const unknown = named.filter((name) => !(name in suites));
if (count === 0 || unknown.length > 0) {
  console.error(`Give a number of times, then any of ${Object.keys(suites).join(", ")}.`);
  process.exit(2);
}
for (const [suite, usual] of Object.entries(suites)) {
  if (named.length > 0 && !named.includes(suite)) continue;
  const { status } = spawnSync(
    "npx",
    ["vitest", "run", places[suite] ?? `__tests__/flow/mysql/${suite}.test.ts`],
    {
      stdio: "inherit",
      env: { ...process.env, SLUICE_TORTURE: String(count ?? usual) },
    },
  );
  if (status !== 0) process.exitCode = status ?? 1;
}
