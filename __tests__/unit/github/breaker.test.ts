/** The fuse: open when a check is red, closed when GitHub does not answer, patient with what is missing. */
import { expect, test } from "vitest";
import { RequiredChecks, type Waiting, waitForChecks } from "../../../src/github/breaker.ts";
import type { CommitChecks } from "../../../src/github/required-checks.ts";

const sha = "a".repeat(40);
const green: CommitChecks = { sha, runs: [], statuses: [{ context: "build", state: "success" }] };
const red: CommitChecks = { sha, runs: [], statuses: [{ context: "build", state: "failure" }] };
const none: CommitChecks = { sha, runs: [], statuses: [] };

function checks(answers: readonly (CommitChecks | Error)[]): RequiredChecks {
  let at = 0;
  return new RequiredChecks({
    required: [{ name: "build" }],
    shas: [sha],
    read: async () => {
      const answer = answers[Math.min(at, answers.length - 1)];
      at += 1;
      if (answer instanceof Error) throw answer;
      return answer ?? none;
    },
  });
}

function waiting(grace: number): Waiting {
  return {
    grace,
    now: () => 0,
    random: () => 0.5,
    signal: new AbortController().signal,
    note: () => undefined,
  };
}

test("asked again, it looks again", async () => {
  const fuse = checks([green, red]);
  expect(await fuse.ask()).toEqual({ go: true });
  expect(await fuse.ask()).toMatchObject({ go: false, reason: "breaker-open" });
  expect(fuse.last.map((each) => each.state)).toEqual(["failure"]);
});

test("asked twice at once, it looks once", async () => {
  const fuse = checks([green, red]);
  expect(await Promise.all([fuse.ask(), fuse.ask()])).toEqual([{ go: true }, { go: true }]);
});

test("an API that does not answer is an error, which the apply counts as a stop", async () => {
  await expect(checks([new Error("503")]).ask()).rejects.toThrow("503");
});

test.each([
  { what: "green", answers: [green], sentence: null },
  { what: "red", answers: [red], sentence: "not green" },
  { what: "missing without grace", answers: [none], sentence: "missing" },
  { what: "not readable", answers: [new Error("403")], sentence: "counts as a stop: 403" },
])("before the first step: $what", async ({ answers, sentence }) => {
  const said = await waitForChecks(checks(answers), waiting(0));
  if (sentence === null) expect(said).toBeNull();
  else expect(said).toContain(sentence);
});

test("what is missing may come within the grace period", async () => {
  expect(await waitForChecks(checks([none, green]), waiting(20))).toBeNull();
});

test("a cancelled run waits no longer", async () => {
  const stop = new AbortController();
  const wait = waitForChecks(checks([none]), { ...waiting(60_000), signal: stop.signal });
  stop.abort();
  await expect(wait).rejects.toThrow();
});
