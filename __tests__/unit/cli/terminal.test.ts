import { describe, expect, test } from "vitest";
import { makeClock, wantsColor } from "../../../src/cli/terminal.ts";

describe("colour", () => {
  test.each([
    { what: "a terminal", env: {}, refused: false, isTerminal: true, color: true },
    { what: "a pipe", env: {}, refused: false, isTerminal: false, color: false },
    {
      what: "NO_COLOR",
      env: { NO_COLOR: "1", FORCE_COLOR: "1" },
      refused: false,
      isTerminal: true,
      color: false,
    },
    { what: "an empty NO_COLOR", env: { NO_COLOR: "" }, refused: false, isTerminal: true, color: true },
    { what: "--no-color", env: { FORCE_COLOR: "1" }, refused: true, isTerminal: true, color: false },
    {
      what: "FORCE_COLOR in a pipe",
      env: { FORCE_COLOR: "1" },
      refused: false,
      isTerminal: false,
      color: true,
    },
    { what: "a dumb terminal", env: { TERM: "dumb" }, refused: false, isTerminal: true, color: false },
  ])("$what: $color", ({ env, refused, isTerminal, color }) =>
    expect(wantsColor(env, refused, isTerminal)).toBe(color),
  );
});

test("a clock that was set stands still until an apply lets it run", () => {
  let elapsed = 1000;
  const clock = makeClock(
    5000,
    () => 99,
    () => elapsed,
  );
  expect(clock.now()).toBe(5000);
  elapsed = 4000;
  expect(clock.now()).toBe(5000);
  clock.run();
  elapsed = 4250;
  expect(clock.now()).toBe(5250);
});

test("a clock that was not set is the system's", () => {
  const clock = makeClock(
    null,
    () => 99,
    () => 0,
  );
  clock.run();
  expect(clock.now()).toBe(99);
});
