#!/usr/bin/env node
/** Door 2, the Action: the process itself. Signals become an abort, the result becomes the exit code. */
import { randomUUID } from "node:crypto";
import { getInput, setOutput, summary } from "@actions/core";
import { SluiceError } from "../errors.ts";
import { limitYoungHeap } from "../young-heap.ts";
import { runAction } from "./action.ts";

/** Milliseconds: the runner sends SIGTERM 7.5 s after SIGINT, and kills 2.5 s later (spec github-platform 1). */
const cancelLimit = 6_800;

const cancelled = new AbortController();

function cancel(): void {
  if (cancelled.signal.aborted) return;
  cancelled.abort(
    new SluiceError("CANCELLED", "The run was cancelled", {
      hint: "Run the job again: what is done stays done.",
    }),
  );
  setTimeout(() => process.exit(130), cancelLimit).unref();
}

limitYoungHeap();
process.on("SIGINT", cancel);
process.on("SIGTERM", cancel);

const code = await runAction({
  env: process.env,
  write: (text) => process.stdout.write(text),
  readInput: (name) => getInput(name),
  setOutput,
  writeSummary: async (markdown) => {
    if (process.env["GITHUB_STEP_SUMMARY"]) await summary.addRaw(markdown).write({ overwrite: true });
  },
  now: clockOf(process.env["SLUICE_NOW"]),
  random: Math.random,
  randomWord: randomUUID,
  signal: cancelled.signal,
});
// Sockets of a driver or a client must not keep a finished step alive.
process.exitCode = code;
setTimeout(() => process.exit(code), 1_000).unref();

/** `SLUICE_NOW` starts the clock there; it runs on. */
function clockOf(start: string | undefined): () => number {
  const at = start ? Date.parse(start) : Number.NaN;
  if (Number.isNaN(at)) return Date.now;
  const began = performance.now();
  return () => Math.round(at + performance.now() - began);
}
