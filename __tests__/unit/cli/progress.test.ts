import { expect, test } from "vitest";
import { lineProgress } from "../../../src/cli/progress.ts";
import { aPlan, aStep, planNow } from "../../support/plan-samples.ts";

test("a log gets one line per finished step, and no command of the runner", () => {
  const steps = [
    aStep({ kind: "create-table", sentence: "Create shop.orders" }),
    aStep({ kind: "backfill", sentence: "::error::x\n::y" }),
  ];
  const lines: string[] = [];
  const progress = lineProgress(aPlan({ steps }), (line) => lines.push(line));
  const [create, fill] = steps as [(typeof steps)[0], (typeof steps)[0]];
  progress.show({ kind: "apply-started", at: planNow, planId: "x", steps: 2, resumed: true });
  progress.show({ kind: "waiting-for-lock", at: planNow, owner: "run 7" });
  progress.show({ kind: "step-started", at: planNow, step: create });
  progress.show({ kind: "step-finished", at: planNow, step: create, seconds: 0, already: true });
  progress.show({
    kind: "audit-finished",
    at: planNow,
    step: fill,
    audit: "not_null",
    badRows: 2,
    blocking: false,
  });
  progress.show({
    kind: "step-finished",
    at: planNow,
    step: fill,
    seconds: 12.4,
    rows: 1200,
    already: false,
  });
  expect(lines).toEqual([
    "Continuing an apply that stopped before.",
    "Waiting for the lock, held by run 7.",
    "[1/2] Create shop.orders (was done before)",
    "audit not_null found 2 rows (not blocking)",
    "[2/2] : :error::x ::y (12 s, 1,200 rows)",
  ]);
});
