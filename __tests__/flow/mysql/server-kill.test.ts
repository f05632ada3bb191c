/** The server killed at any moment, the rename included: once it is back, the plan ends where an undisturbed one does. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasMariadb } from "../../../scripts/mariadb/server.ts";
import { randomNumbers, times } from "./torture.ts";
import type { Twins } from "./twins.ts";
import { openTwins } from "./twins.ts";

const owned = hasMariadb() && process.env["SLUICE_TEST_MYSQL_URL"] === undefined;

describe.runIf(owned)("on a server of the tests' own", () => {
  let twins: Twins;
  beforeAll(async () => {
    twins = await openTwins();
  }, 240_000);
  afterAll(() => twins?.[Symbol.asyncDispose]());

  const moments = times(2);
  test("killed and started again", { timeout: 60_000 + moments * 60_000 }, async () => {
    const random = randomNumbers(2);
    let survived = 0;
    for (let index = 0; index < moments; index++) {
      const round = await twins.next();
      const { outcome } = await twins.start(round);
      // Every second time near the end, where the views move.
      const share = index % 2 === 1 ? 0.8 + random() * 0.3 : random();
      await Promise.race([
        outcome,
        new Promise((resolve) => setTimeout(resolve, share * round.milliseconds)),
      ]);
      await twins.server.kill();
      await twins.server.restart();
      const ended = await outcome;
      if (ended?.reason === "applied") survived++;
      else expect(ended).toMatchObject({ reason: expect.stringMatching(/^(engine-error|locked)$/) });
      const watch = twins.watch();
      await twins.finish(round);
      await watch.stop();
    }
    console.info(`${moments} kills of the server; ${survived} applies went on by themselves`);
  });
});
