/**
 * The one error class users meet, and the closed lists of codes and reasons.
 * A message is one sentence a person can act on; secrets and full DSNs never enter it.
 */

/** Where in the author's files a fault stands; `line` and `column` count from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Every code with its short meaning; `docs/errors.md` holds the long one and a test compares the two. */
export const errorCodes = {
  CONFIG_MISSING: "no configuration file was found",
  CONFIG_INVALID: "the configuration is wrong",
  MODEL_INVALID: "a model file is wrong",
  MODEL_DUPLICATE: "two files define one model",
  MODEL_CYCLE: "models depend on each other in a circle",
  AUDIT_INVALID: "an audit is wrong",
  SEED_INVALID: "a seed file is wrong",
  EXTERNAL_INVALID: "an external model is wrong",
  TEST_INVALID: "a unit test file is wrong",
  MACRO_INVALID: "a macro cannot be expanded",
  SQL_INVALID: "SQL text cannot be read",
  NOT_SUPPORTED: "the project format knows this, Sluice does not",
  PLAN_OPTION_INVALID: "a plan option is wrong",
  PLAN_REFUSED: "the plan cannot be built",
  PLAN_FILE_INVALID: "a plan file cannot be used",
  NO_CHANGES: "there is nothing to plan",
  TESTS_FAILED: "unit tests failed",
  LINT_FAILED: "lint rules were violated",
  ENGINE_MISSING: "a warehouse driver is not installed",
  ENGINE_LOCKED: "the database is in use by another process",
  ENGINE_FAILED: "the warehouse reported an error",
  STATE_INVALID: "the state tables cannot be used",
  STATE_NEWER: "the state was written by a newer Sluice",
  LOCK_HELD: "another apply holds the lock",
  LOCK_LOST: "this apply no longer holds the lock",
  AUDIT_FAILED: "a blocking audit found rows",
  BREAKER_OPEN: "the circuit breaker stopped the apply",
  CANCELLED: "the run was cancelled",
  USAGE: "the command was called wrongly",
  INPUT_INVALID: "an input of the Action is wrong",
  GITHUB_FAILED: "GitHub did not do what was asked",
  INTERNAL: "Sluice has a fault",
} as const;

export type ErrorCode = keyof typeof errorCodes;

export interface SluiceErrorOptions {
  /** What to do next, one sentence. */
  readonly hint?: string;
  readonly place?: SourcePlace;
  readonly cause?: unknown;
  /** Structured facts for `--json`: never rows, never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A failure with a stable code, a place and a hint. Wrong input always ends here, never in a stack trace. */
export class SluiceError extends Error {
  override readonly name = "SluiceError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly place: SourcePlace | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: SluiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.place = options.place;
    this.details = options.details ?? {};
  }

  /** `models/a.sql:3: what is wrong. What to do.` — the sentence printed by every door. */
  get sentence(): string {
    const where = this.place ? `${describePlace(this.place)}: ` : "";
    const end = /[.!?:…]$/.test(this.message) ? "" : ".";
    const hint = this.hint ? ` ${this.hint}` : "";
    return `${where}${this.message}${end}${hint}`;
  }
}

/** `file:line` or `file`. */
export function describePlace(place: SourcePlace): string {
  return place.line === undefined ? place.file : `${place.file}:${place.line}`;
}

/** The message of anything thrown, without a stack. */
export function messageOf(error: unknown): string {
  if (error instanceof SluiceError) return error.sentence;
  return error instanceof Error ? error.message : String(error);
}

/** For the `default` of a switch over a closed union: adding a member stops compilation there. */
export function unreachable(value: never): never {
  throw new SluiceError("INTERNAL", `unexpected value ${JSON.stringify(value)}`);
}
