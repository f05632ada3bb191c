/**
 * The Action's own code in the process of the tests, with the environment and the files a runner gives: for tests that ask what it
 * does, hundreds of times, where a process of its own would only add its start.
 */
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { getInput, setOutput } from "@actions/core";
import { runAction } from "../../../../src/github/action.ts";
import { type Hurry, hurry } from "./hurry.ts";
import { type StepProcess, splitLines } from "./process.ts";

/** The exit code. One at a time: the environment is the process's. */
export async function runInProcess(step: StepProcess, time: Hurry = {}): Promise<number> {
  const environment = { ...process.env };
  const write = process.stdout.write;
  const lines = splitLines(step.onLine);
  const slowDown = hurry(time);
  replaceEnvironment(step.env);
  // The toolkit prints there too.
  process.stdout.write = ((text: string | Uint8Array) => {
    lines.push(text.toString());
    return true;
  }) as typeof write;
  try {
    return await runAction({
      env: process.env,
      write: (text) => process.stdout.write(text),
      readInput: (name) => getInput(name),
      setOutput,
      writeSummary: (markdown) => writeFile(step.env["GITHUB_STEP_SUMMARY"] ?? "", markdown),
      now: clockFrom(step.env["SLUICE_NOW"]),
      random: Math.random,
      randomWord: randomUUID,
      signal: step.cancel ?? new AbortController().signal,
    });
  } finally {
    process.stdout.write = write;
    slowDown();
    replaceEnvironment(environment);
    lines.end();
  }
}

function replaceEnvironment(env: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
}

function clockFrom(start: string | undefined): () => number {
  if (start === undefined) return Date.now;
  const [at, began] = [Date.parse(start), performance.now()];
  return () => Math.round(at + performance.now() - began);
}
