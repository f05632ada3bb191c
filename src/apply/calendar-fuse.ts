/** The fuse of promotion windows and freezes (design 6). */
import type { EnvironmentName } from "../environment/environment.ts";
import type { Override } from "../plan/outcome.ts";
import { type CalendarRules, judgeCalendar } from "../plan/windows.ts";
import type { Fuse } from "./context.ts";

export interface CalendarFuseOptions {
  readonly rules: CalendarRules;
  readonly environment: EnvironmentName;
  /** UTC epoch milliseconds. */
  readonly now: () => number;
  /** The override of a fuse, if there is one; asking for it means that it is needed. */
  readonly override: (fuse: Override["fuse"]) => Override | null;
}

export function calendarFuse({ rules, environment, now, override }: CalendarFuseOptions): Fuse {
  let switched = false;
  return {
    name: "The fuse of windows and freezes",
    ask(moment) {
      // What follows the switch belongs to it.
      if (switched) return { go: true };
      const verdict = judgeCalendar(rules, environment, now());
      if (verdict.open || override(verdict.fuse) !== null) {
        switched = moment === "switch";
        return { go: true };
      }
      const { fuse, sentence } = verdict;
      const advice = `Apply again when it is open, or override ${fuse} with a reason.`;
      return { go: false, reason: "window-closed", sentence: `${sentence} ${advice}` };
    },
  };
}
