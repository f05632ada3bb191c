/**
 * `npm run demo`: the whole story on real data in less than a minute. Everything it makes lies in `.demo/`.
 * `npm run demo -- --mysql`: the same on a MariaDB server that is started for it (mariadb-server must be installed).
 */
import { resolve } from "node:path";
import { narrator } from "./demo/narrator.ts";
import { tell } from "./demo/story.ts";
import { duckdbWarehouse, mysqlWarehouse } from "./demo/warehouse.ts";

const started = performance.now();
const terminal = process.stdout.isTTY === true;
const color = terminal && process.env["NO_COLOR"] === undefined;
const width = Math.min(process.stdout.columns ?? 100, 120);
const voice = narrator({ write: (text) => process.stdout.write(text), terminal, color, width });

voice.say("Sluice: plan SQL models on the pull request, apply exactly that plan on merge.");
const folder = resolve(".demo");
await using warehouse = process.argv.includes("--mysql") ? await mysqlWarehouse() : duckdbWarehouse(folder);
const outcomes = await tell({
  folder,
  warehouse,
  narrator: voice,
  terminal: { color, width: width - 2 },
  env: process.env,
});
voice.say(`Took ${((performance.now() - started) / 1000).toFixed(0)} seconds.`);

const expected = ["applied", "applied", "already-applied", "stale"];
const reasons = outcomes.map((outcome) => outcome.reason);
if (reasons.join() !== expected.join()) {
  voice.say(`The story should have ended ${expected.join(", ")}, but it ended ${reasons.join(", ")}.`);
  process.exitCode = 1;
}
