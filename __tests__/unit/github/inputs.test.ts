/** Inputs: what they become, and which are refused by name. */
import { expect, test } from "vitest";
import type { SluiceError } from "../../../src/errors.ts";
import { parseInputs } from "../../../src/github/inputs.ts";

const parse = (given: Readonly<Record<string, string>>) =>
  parseInputs((name) => ({ "github-token": "t", ...given })[name] ?? "");

test("defaults", () => {
  expect(parse({})).toMatchObject({
    command: "auto",
    project: ".",
    environment: "prod",
    productionBranch: null,
    planWorkflow: null,
    requiredChecks: [],
    requiredChecksOn: "head",
    requiredChecksGrace: null,
    comment: true,
    commentAuthor: "github-actions[bot]",
    openPullRequests: "replan",
    lockWait: 30,
    pr: null,
  });
});

test.each([
  { given: { project: "./shop/" }, expected: { project: "shop" } },
  { given: { project: "teams\\shop" }, expected: { project: "teams/shop" } },
  { given: { environment: "Prod" }, expected: { environment: "prod" } },
  { given: { pr: " 12 " }, expected: { pr: 12 } },
  { given: { "required-checks": "auto" }, expected: { requiredChecks: "auto" } },
  {
    given: { "required-checks": "build, lint@15368\nci / test" },
    expected: { requiredChecks: [{ name: "build" }, { name: "lint", appId: 15368 }, { name: "ci / test" }] },
  },
  {
    given: { "plan-options": "no_gaps: true\nallow-destructive-models: [a.b]" },
    expected: { planOptions: { noGaps: true, allowDestructiveModels: ["a.b"] } },
  },
  { given: { comment: "false" }, expected: { comment: false } },
])("$given", ({ given, expected }) => {
  expect(parse(given as Record<string, string>)).toMatchObject(expected);
});

test.each([
  { name: "command", value: "deploy" },
  { name: "pr", value: "7; rm -rf /" },
  { name: "pr", value: "-1" },
  { name: "plan-run-id", value: "1e9" },
  { name: "plan-digest", value: "abc" },
  { name: "project", value: "../other" },
  { name: "project", value: "/etc" },
  { name: "environment", value: "prod'; DROP" },
  { name: "required-checks", value: "auto, build" },
  { name: "required-checks-on", value: "base" },
  { name: "plan-workflow", value: "sluice.yml" },
  { name: "plan-options", value: "just words" },
  { name: "plan-options", value: "a: [" },
  { name: "github-token", value: "" },
])("$name: $value is refused", ({ name, value }) => {
  expect(() => parse({ [name]: value })).toThrowError(
    expect.objectContaining({ code: "INPUT_INVALID", message: expect.stringContaining(name) }) as SluiceError,
  );
});
