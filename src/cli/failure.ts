/** An error, said in a sentence, and the exit code it ends with (design 7). */
import { type ErrorCode, messageOf, SluiceError } from "../errors.ts";
import { terminalText } from "../report/escape.ts";
import { inFlags } from "./plan-options.ts";
import type { Terminal } from "./terminal.ts";

/** 1 failed, 2 wrong use or configuration, 3 refused, 4 stopped by the breaker, 130 cancelled. */
function exitCodeOfError(error: unknown): number {
  return error instanceof SluiceError ? codes[error.code] : 1;
}

const codes: Record<ErrorCode, number> = {
  CONFIG_MISSING: 2,
  CONFIG_INVALID: 2,
  MODEL_INVALID: 2,
  MODEL_DUPLICATE: 2,
  MODEL_CYCLE: 2,
  AUDIT_INVALID: 2,
  SEED_INVALID: 2,
  EXTERNAL_INVALID: 2,
  TEST_INVALID: 2,
  MACRO_INVALID: 2,
  SQL_INVALID: 2,
  NOT_SUPPORTED: 2,
  PLAN_OPTION_INVALID: 2,
  PLAN_REFUSED: 3,
  PLAN_FILE_INVALID: 3,
  NO_CHANGES: 0,
  TESTS_FAILED: 1,
  LINT_FAILED: 1,
  ENGINE_MISSING: 2,
  ENGINE_LOCKED: 1,
  ENGINE_FAILED: 1,
  STATE_INVALID: 1,
  STATE_NEWER: 2,
  LOCK_HELD: 3,
  LOCK_LOST: 1,
  AUDIT_FAILED: 1,
  BREAKER_OPEN: 4,
  CANCELLED: 130,
  USAGE: 2,
  INPUT_INVALID: 2,
  GITHUB_FAILED: 1,
  INTERNAL: 1,
};

/** Prints the error: a sentence on stderr, with `--json` an object on stdout; the stack only under SLUICE_DEBUG. */
export function reportError(error: unknown, terminal: Terminal): number {
  const exitCode = exitCodeOfError(error);
  const debug = (terminal.env["SLUICE_DEBUG"] ?? "") !== "";
  if (terminal.json) {
    terminal.print(JSON.stringify({ ok: exitCode === 0, exitCode, error: errorJson(error) }, null, 2));
  }
  if (exitCode === 0) {
    if (!terminal.json) terminal.print(sentenceOf(error));
    return 0;
  }
  const word = terminal.paint("red", "error:");
  terminal.note(`${word} ${sentenceOf(error)}`);
  if (debug && error instanceof Error) terminal.note(stackOf(error));
  else if (!(error instanceof SluiceError)) {
    terminal.note("This is a fault of Sluice. Run again with SLUICE_DEBUG=1 and report what it prints.");
  }
  return exitCode;
}

const ofOptions: ReadonlySet<ErrorCode> = new Set(["PLAN_OPTION_INVALID", "PLAN_REFUSED", "NO_CHANGES"]);

function sentenceOf(error: unknown): string {
  const text = terminalText(messageOf(error));
  return error instanceof SluiceError && ofOptions.has(error.code) ? inFlags(text) : text;
}

function errorJson(error: unknown): Record<string, unknown> {
  if (!(error instanceof SluiceError)) return { code: "INTERNAL", message: messageOf(error) };
  return {
    code: error.code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.place === undefined ? {} : { place: error.place }),
    ...(error.details === undefined ? {} : { details: error.details }),
  };
}

function stackOf(error: Error): string {
  const own = terminalText(error.stack ?? error.message);
  return error.cause instanceof Error ? `${own}\ncaused by ${stackOf(error.cause)}` : own;
}
