import { expect, test } from "vitest";
import { describeDifference } from "../../../src/report/difference.ts";
import { aPlan, aPlannedModel } from "../../support/plan-samples.ts";

const quiet = aPlan();
const byHand = aPlan({
  models: [
    aPlannedModel({
      name: "shop.orders",
      change: "unmodified",
      reasons: [{ code: "drift", text: "its view shop.orders is not there" }],
    }),
  ],
});

test("what was changed by hand, or set right, since the plan was made is said", () => {
  expect(describeDifference(quiet, byHand)).toEqual([
    "shop.orders was changed by hand since the plan was made: its view shop.orders is not there.",
  ]);
  expect(describeDifference(byHand, quiet)).toEqual([
    "shop.orders was changed by hand when the plan was made, and is set right by now.",
  ]);
  expect(describeDifference(byHand, byHand).join()).not.toContain("by hand");
});
