/** An owner that is stopped past its lease and goes on later, while another one has taken over: it writes nothing more. */
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasMariadb } from "../../../scripts/mariadb/server.ts";
import type { Kill } from "./applying.ts";
import { randomNumbers, times, tortured } from "./torture.ts";
import type { Applying, Round, Twins } from "./twins.ts";
import { look, openTwins } from "./twins.ts";

/** Milliseconds. */
const lease = 600;

/** In the order of an apply: what a pause right before them leaves half done, and how it ends. */
const moments = [
  ["INSERT INTO `sluice`.`_lock_queue`", "already-applied"],
  ["INSERT INTO `sluice`.`_ledger`", "locked"],
  ["INSERT INTO `sluice`.`_snapshots`", "locked"],
  ["CREATE TABLE", "locked"],
  ["INSERT INTO `sluice`.`_journal`", "locked"],
  ["RENAME TABLE", "locked"],
  ["CREATE OR REPLACE VIEW `shop`.`sluice__", "locked"],
  ["INSERT INTO `sluice`.`_environments`", "locked"],
  // All was done but to say so.
  ["UPDATE `sluice`.`_ledger`", "applied"],
] as const;

describe.runIf(hasMariadb())("on a server", () => {
  let twins: Twins;
  beforeAll(async () => {
    twins = await openTwins();
  }, 240_000);
  afterAll(() => twins?.[Symbol.asyncDispose]());

  const pauses = times(3);
  test("a paused owner", { timeout: 60_000 + pauses * 30_000 }, async () => {
    const random = randomNumbers(3);
    let lost = 0;
    for (let index = 0; index < pauses; index++) {
      const round = await twins.next();
      const applying = await twins.start(round, {}, lease);
      await Promise.race([applying.outcome, pause(random() * round.milliseconds)]);
      applying.child.kill("SIGSTOP");
      if ((await overtake(round, applying)) === "locked") lost++;
    }
    console.info(`${pauses} pauses, ${lost} of them in the middle`);
  });

  test.each(moments)("one paused right before %s", { timeout: 90_000 }, async (pauseBeforeText, reason) => {
    expect(await pausedAt(await twins.next(), { pauseBeforeText })).toBe(reason);
  });

  // A long run takes them all.
  const every = tortured ? 1 : 70;
  test("one paused before a statement, whichever it is", { timeout: 3_600_000 }, async () => {
    for (let pauseBefore = every; ; pauseBefore += every) {
      const round = await twins.next();
      await pausedAt(round, { pauseBefore });
      if (pauseBefore > round.statements) break;
    }
  });

  async function pausedAt(round: Round, kill: Kill): Promise<string | undefined> {
    const applying = await twins.start(round, kill, lease);
    await Promise.race([applying.outcome, untilStopped(applying.child)]);
    return overtake(round, applying);
  }

  /** Another owner finishes the plan, the stopped one goes on and changes nothing: why it ended. */
  async function overtake(round: Round, { child, outcome }: Applying): Promise<string | undefined> {
    await pause(lease + 100);
    await twins.finish(round, lease);
    const before = await look(twins.engine);
    child.kill("SIGCONT");
    const ended = await outcome;
    expect(ended?.reason, JSON.stringify(ended)).toMatch(/^(locked|stale|already-applied|applied)$/);
    expect(await look(twins.engine)).toEqual(before);
    return ended?.reason;
  }
});

/** Until the process has stopped itself: the system says so. */
async function untilStopped({ pid }: ChildProcess): Promise<void> {
  for (;;) {
    const state = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0];
    if (state === "T") return;
    await pause(10);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
