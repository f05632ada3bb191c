import { describe, expect, test } from "vitest";
import { parseEnvironmentName, prod } from "../../../src/environment/naming.ts";
import { SluiceError } from "../../../src/errors.ts";
import { normaliseOptions, type PlanOptions } from "../../../src/plan/options.ts";

const dev = parseEnvironmentName("dev");
const defaults = { forwardOnly: false, includeUnmodified: false, enablePreview: true, devOnly: false };

describe("options as given", () => {
  test("become complete, with SQLMesh's defaults", () => {
    expect(normaliseOptions(prod, {}, defaults)).toEqual({
      createFrom: "prod",
      skipTests: false,
      skipLinter: false,
      noGaps: false,
      skipBackfill: false,
      emptyBackfill: false,
      forwardOnly: false,
      allowDestructiveModels: [],
      allowAdditiveModels: [],
      includeUnmodified: false,
      enablePreview: true,
      run: false,
      ignoreCron: false,
      minIntervals: 0,
      noAutoCategorization: false,
      choices: {},
    });
  });

  test.each<{ why: string; given: PlanOptions; gives: object }>([
    {
      why: "a selection is also what is computed",
      given: { selectModels: ["a"] },
      gives: { selectModels: ["a"], backfillModels: ["a"] },
    },
    {
      why: "ignoreCron without run has no effect",
      given: { ignoreCron: true },
      gives: { ignoreCron: false },
    },
    { why: "ignoreCron with run has", given: { ignoreCron: true, run: true }, gives: { ignoreCron: true } },
    { why: "explain skips the tests", given: { explain: true }, gives: { skipTests: true } },
    {
      why: "dates become ISO text",
      given: { start: new Date(0) },
      gives: { start: "1970-01-01T00:00:00.000Z" },
    },
    {
      why: "choices are read as people write them",
      given: { choices: { a: "non-breaking" } },
      gives: { choices: { a: "NON_BREAKING" } },
    },
  ])("$why", ({ given, gives }) => {
    expect(normaliseOptions(dev, given, defaults)).toMatchObject(gives);
  });

  test("an empty backfill list means none", () => {
    expect(normaliseOptions(dev, { backfillModels: [] }, defaults)).not.toHaveProperty("backfillModels");
  });

  test("a project in dev_only mode is always forward-only", () => {
    expect(normaliseOptions(prod, { forwardOnly: false }, { ...defaults, devOnly: true }).forwardOnly).toBe(
      true,
    );
  });
});

describe("options that are wrong are named", () => {
  test.each<{ given: unknown; says: string }>([
    { given: { skipTest: true }, says: "skipTest is not a plan option" },
    { given: { noGaps: "yes" }, says: "noGaps must be true or false" },
    { given: { start: {} }, says: "start must be a date" },
    { given: { start: "" }, says: "start must be a date" },
    { given: { start: new Date(Number.NaN) }, says: "start must be a date" },
    { given: { restateModels: "a" }, says: "restateModels must be a list" },
    { given: { restateModels: [1] }, says: "restateModels must be a list" },
    { given: { minIntervals: -1 }, says: "minIntervals must be a whole number" },
    { given: { minIntervals: 1.5 }, says: "minIntervals must be a whole number" },
    { given: { choices: { a: "sometimes" } }, says: 'gives a the category "sometimes"' },
    { given: { createFrom: "  " }, says: "environment is empty" },
    { given: { skipBackfill: true, emptyBackfill: true }, says: "cannot be combined" },
  ])("$says", ({ given, says }) => {
    let thrown: unknown;
    try {
      normaliseOptions(dev, given as PlanOptions, defaults);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(SluiceError);
    expect(thrown).toMatchObject({ code: "PLAN_OPTION_INVALID", message: expect.stringContaining(says) });
  });
});

test.each([
  { restateRequests: [{ id: "x", models: "shop.orders", askedBy: "a test" }] },
  { restateRequests: [{ models: ["shop.orders"], askedBy: "a test" }] },
  { permissions: ["shop.orders"] },
  { permissions: [{ change: "destructive", models: [1], by: "a test" }] },
])("what is asked for by name has a shape: %j", (given) => {
  expect(() => normaliseOptions(prod, given as unknown as PlanOptions, defaults)).toThrow(
    /must be a list of/,
  );
});
