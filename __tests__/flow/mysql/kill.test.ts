/** Sluice killed at any statement and at any moment: the next run ends where an undisturbed one does, readers never see a mixture. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasMariadb } from "../../../scripts/mariadb/server.ts";
import type { Step } from "../../../src/plan/step.ts";
import { randomNumbers, times, tortured } from "./torture.ts";
import type { Round, Twins } from "./twins.ts";
import { openTwins } from "./twins.ts";

describe.runIf(hasMariadb())("on a server", () => {
  let twins: Twins;
  beforeAll(async () => {
    twins = await openTwins();
  }, 240_000);
  afterAll(() => twins?.[Symbol.asyncDispose]());

  test("what is killed makes tables, fills them in all ways, changes a live one, audits, and removes a model", async () => {
    const steps: Step[] = [];
    const audited: string[] = [];
    for (let rounds = 0; rounds < 2; rounds++) {
      const round = await twins.next();
      await twins.finish(round);
      steps.push(...round.plan.steps);
      const models = round.plan.snapshots.flatMap(({ model }) =>
        model.audits.length > 0 ? [model.name] : [],
      );
      audited.push(...models.map((name) => name.replace(/.*\./, "")));
    }
    expect(steps.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["create-table", "load-seed", "backfill", "evolve-table", "switch"]),
    );
    const filled = steps.flatMap((step) =>
      step.kind === "backfill" ? [step.model.replace(/.*\./, "")] : [],
    );
    expect(filled).toEqual(
      expect.arrayContaining(["orders", "latest", "appended", "history", "kept", "totals"]),
    );
    const drops = steps.flatMap((step) => (step.kind === "switch" ? step.drops : []));
    expect(drops).toEqual([{ schema: "shop", table: "gone" }]);
    expect(audited).toEqual(expect.arrayContaining(["orders", "totals"]));
  });

  const statements = times(3);
  test("killed before a statement", { timeout: 60_000 + statements * 30_000 }, async () => {
    for (let index = 0; index < statements; index++) {
      const watch = twins.watch();
      const round = await twins.next();
      const killAt = statementOf(round, index, statements);
      const { outcome } = await twins.start(round, { beforeStatement: killAt });
      expect([killAt, await outcome]).toEqual([killAt, null]);
      await twins.finish(round);
      expect(await watch.stop()).toBeGreaterThan(0);
    }
    console.info(`${statements} kills before a statement`);
  });

  // Some of them, and under torture each.
  test("killed after a write to the journal", { timeout: 3_600_000 }, async () => {
    let kills = 0;
    let round = await twins.next();
    for (let at = 1; at <= round.journalled; at += tortured ? 1 : Math.ceil(round.journalled / 3)) {
      const watch = twins.watch();
      const { outcome } = await twins.start(round, { afterJournal: at });
      expect([at, await outcome]).toEqual([at, null]);
      await twins.finish(round);
      await watch.stop();
      kills++;
      round = await twins.next();
    }
    await twins.finish(round);
    console.info(`${kills} kills after a write to the journal`);
  });

  const moments = times(3);
  test("killed at a random moment", { timeout: 60_000 + moments * 30_000 }, async () => {
    const random = randomNumbers(1);
    let killed = 0;
    for (let index = 0; index < moments; index++) {
      const watch = twins.watch();
      const round = await twins.next();
      const { child, outcome } = await twins.start(round);
      await Promise.race([outcome, pause(random() * round.milliseconds)]);
      child.kill("SIGKILL");
      if ((await outcome) === null) killed++;
      await twins.finish(round);
      await watch.stop();
    }
    console.info(`${killed} of ${moments} kills at a random moment hit an apply that ran`);
    expect(killed).toBeGreaterThan(0);
  });
});

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Spread over all statements of the apply; every second one among the last, where the views move. */
function statementOf({ statements }: Round, index: number, count: number): number {
  const last = 20;
  if (index % 2 === 1) return Math.max(1, statements - last + Math.round((index * last) / count));
  return 1 + Math.round((index * (statements - 1)) / count);
}
