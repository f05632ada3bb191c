/** An owner that is stopped past its lease and goes on later, while another one has taken over: it writes nothing more. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasMariadb } from "../../../scripts/mariadb/server.ts";
import { randomNumbers, times } from "./torture.ts";
import type { Twins } from "./twins.ts";
import { look, openTwins } from "./twins.ts";

const lease = 600;

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
      const { child, outcome } = await twins.start(round, {}, lease);
      await Promise.race([outcome, pause(random() * round.milliseconds)]);
      child.kill("SIGSTOP");
      await pause(lease + 100);
      await twins.finish(round, lease);
      const before = await look(twins.engine);
      child.kill("SIGCONT");
      const ended = await outcome;
      expect(ended?.reason).toMatch(/^(locked|stale|already-applied|applied)$/);
      if (ended?.reason === "locked") lost++;
      expect(await look(twins.engine)).toEqual(before);
    }
    console.info(`${pauses} pauses, ${lost} of them in the middle`);
  });
});

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
