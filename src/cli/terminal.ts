/** Where a command prints, and what that place can do. Everything read from the process comes in here, once. */
import { painter } from "../report/paint.ts";

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly json: boolean;
  /** Colours on stdout. */
  readonly color: boolean;
  /** Columns; 100 where there is no terminal. */
  readonly width: number;
  /** stderr is a terminal: progress may be drawn and redrawn. */
  readonly interactive: boolean;
  readonly paint: ReturnType<typeof painter>;
  readonly clock: Clock;
  /** Results. */
  readonly print: (text: string) => void;
  /** Progress, warnings, errors. */
  readonly note: (text: string) => void;
}

/** The time of a command: the system's, or SLUICE_NOW. */
export interface Clock {
  readonly now: () => number;
  /** While planning, a clock set by SLUICE_NOW stands still, so that plans can be repeated; an apply needs it to run on. */
  readonly run: () => void;
}

/** `start` null = the system's clock. `elapsed` in milliseconds, never running backwards. */
export function makeClock(start: number | null, system: () => number, elapsed: () => number): Clock {
  if (start === null) return { now: system, run: () => {} };
  let since: number | null = null;
  return {
    now: () => (since === null ? start : Math.floor(start + elapsed() - since)),
    run: () => {
      since ??= elapsed();
    },
  };
}

/** The terminal of this process. */
export function openTerminal(options: {
  readonly json: boolean;
  readonly noColor: boolean;
  readonly clock: Clock;
}): Terminal {
  const { env, stdout, stderr } = process;
  const color = wantsColor(env, options.noColor, stdout.isTTY ?? false) && !options.json;
  return {
    env,
    json: options.json,
    color,
    width: stdout.columns ?? (Number(env["COLUMNS"]) || 100),
    interactive: (stderr.isTTY ?? false) && env["TERM"] !== "dumb" && env["CI"] === undefined,
    paint: painter(color),
    clock: options.clock,
    print: (text) => void stdout.write(text.endsWith("\n") ? text : `${text}\n`),
    note: (text) => void stderr.write(text.endsWith("\n") ? text : `${text}\n`),
  };
}

/** NO_COLOR and --no-color win, FORCE_COLOR comes next, then whether anyone can see colours. */
export function wantsColor(env: Terminal["env"], refused: boolean, isTerminal: boolean): boolean {
  if (refused || (env["NO_COLOR"] ?? "") !== "") return false;
  if ((env["FORCE_COLOR"] ?? "") !== "" && env["FORCE_COLOR"] !== "0") return true;
  return isTerminal && env["TERM"] !== "dumb";
}
