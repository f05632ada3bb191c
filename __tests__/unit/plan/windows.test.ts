import { describe, expect, test } from "vitest";
import type { EnvironmentName } from "../../../src/environment/environment.ts";
import { prod } from "../../../src/environment/naming.ts";
import { type FreezeRule, judgeCalendar, type WindowRule } from "../../../src/plan/windows.ts";

const all = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const aWindow = (more: Partial<WindowRule> = {}): WindowRule => ({
  from: "02:00",
  to: "04:00",
  timezone: "Europe/Berlin",
  days: ["mon", "tue", "wed", "thu"],
  environments: ["prod"],
  ...more,
});
const aFreeze = (more: Partial<FreezeRule> = {}): FreezeRule => ({
  from: "2024-12-23",
  to: "2024-12-26",
  timezone: "Europe/Berlin",
  environments: ["prod"],
  ...more,
});
const judge = (windows: WindowRule[], freezes: FreezeRule[], at: string, environment = prod) =>
  judgeCalendar({ windows, freezes }, environment, Date.parse(at));

describe("windows", () => {
  test.each([
    ["as it opens", "2024-01-31T01:00:00Z", true],
    ["a moment before", "2024-01-31T00:59:59Z", false],
    ["a moment before it closes", "2024-01-31T02:59:59Z", true],
    ["as it closes", "2024-01-31T03:00:00Z", false],
    ["an hour earlier in summer", "2024-07-31T00:30:00Z", true],
    ["on a Friday", "2024-02-02T01:30:00Z", false],
  ])("%s", (_, at, open) => {
    expect(judge([aWindow()], [], at).open).toBe(open);
  });

  test("past midnight it belongs to the day on which it opened", () => {
    const night = aWindow({ from: "22:00", to: "02:00", timezone: "UTC", days: ["fri"] });
    expect(judge([night], [], "2024-02-02T23:00:00Z").open).toBe(true);
    expect(judge([night], [], "2024-02-03T01:59:00Z").open).toBe(true);
    expect(judge([night], [], "2024-02-02T01:00:00Z").open).toBe(false);
    expect(judge([night], [], "2024-02-03T22:30:00Z").open).toBe(false);
  });

  test("a day ends at 24:00", () => {
    const day = aWindow({ from: "00:00", to: "24:00", timezone: "UTC", days: ["sat"] });
    expect(judge([day], [], "2024-02-03T23:59:00Z").open).toBe(true);
    expect(judge([day], [], "2024-02-04T00:00:00Z").open).toBe(false);
  });

  test("one open window is enough, and the next opening of all is named", () => {
    const early = aWindow({ from: "23:00", to: "23:30", days: all, timezone: "UTC" });
    expect(judge([aWindow(), early], [], "2024-02-02T23:10:00Z").open).toBe(true);
    expect(judge([aWindow(), early], [], "2024-02-02T12:00:00Z")).toEqual({
      open: false,
      fuse: "window",
      opensAt: Date.parse("2024-02-02T23:00:00Z"),
      sentence:
        "prod may be changed only between 02:00 and 04:00 Europe/Berlin on mon, tue, wed, thu, or between 23:00 and 23:30 UTC. The next window opens 2024-02-02 23:00 UTC.",
    });
  });

  test("over a weekend the next opening is days away", () => {
    expect(judge([aWindow()], [], "2024-02-02T12:00:00Z")).toMatchObject({
      opensAt: Date.parse("2024-02-05T01:00:00Z"),
      sentence: expect.stringContaining("opens 2024-02-05 02:00 Europe/Berlin."),
    });
  });

  test("other environments are free", () => {
    const dev = "dev" as EnvironmentName;
    expect(judge([aWindow()], [aFreeze()], "2024-12-24T12:00:00Z", dev)).toEqual({
      open: true,
      sentence: "",
    });
    const staging = aWindow({ environments: ["Staging-1"] });
    expect(judge([staging], [], "2024-02-02T12:00:00Z", "staging_1" as EnvironmentName).open).toBe(false);
  });
});

describe("freezes", () => {
  test.each([
    ["as it begins", "2024-12-22T23:00:00Z", false],
    ["a moment before", "2024-12-22T22:59:59Z", true],
    ["on its last day", "2024-12-26T22:59:59Z", false],
    ["after its last day", "2024-12-26T23:00:00Z", true],
  ])("%s", (_, at, open) => {
    expect(judge([], [aFreeze()], at).open).toBe(open);
  });

  test("wins over a window, and says why and until when", () => {
    const window = aWindow({ from: "00:00", to: "24:00", days: all });
    expect(judge([window], [aFreeze({ reason: "Christmas" })], "2024-12-24T12:00:00Z")).toEqual({
      open: false,
      fuse: "freeze",
      opensAt: Date.parse("2024-12-26T23:00:00Z"),
      sentence: "prod is frozen until 2024-12-27 00:00 Europe/Berlin: Christmas.",
    });
  });

  test("an end with a time is meant as it is", () => {
    const freeze = aFreeze({ to: "2024-12-26 12:00" });
    expect(judge([], [freeze], "2024-12-26T10:59:00Z").open).toBe(false);
    expect(judge([], [freeze], "2024-12-26T11:00:00Z").open).toBe(true);
  });

  test("what cannot be read holds", () => {
    expect(judge([], [aFreeze({ to: "Boxing Day" })], "2030-01-01T00:00:00Z").open).toBe(false);
  });
});
