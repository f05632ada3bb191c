/** A step's process: lines of both streams, and the way the runner ends it. */
import { spawn } from "node:child_process";

export interface StepProcess {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** Aborted = somebody cancels the run. */
  readonly cancel?: AbortSignal;
  /** Aborted = the machine dies: no signal is sent first. */
  readonly crash?: AbortSignal;
  /** Milliseconds after which a test gives up. */
  readonly timeout?: number;
}

/** Milliseconds from SIGINT to SIGTERM, and from there to the end. */
const patience = { interrupt: 7_500, terminate: 2_500 };

/** The exit code; the name of the signal when one ended it. */
export function runProcess(step: StepProcess): Promise<number | string> {
  const child = spawn(step.command, step.arguments, {
    cwd: step.cwd,
    env: step.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const timers = [setTimeout(() => child.kill("SIGKILL"), step.timeout ?? 240_000)];
  step.crash?.addEventListener("abort", () => child.kill("SIGKILL"));
  step.cancel?.addEventListener("abort", () => {
    child.kill("SIGINT");
    timers.push(setTimeout(() => child.kill("SIGTERM"), patience.interrupt));
    timers.push(setTimeout(() => child.kill("SIGKILL"), patience.interrupt + patience.terminate));
  });
  const streams = [child.stdout, child.stderr].map((stream) => readLines(stream, step.onLine));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      for (const timer of timers) clearTimeout(timer);
      for (const flush of streams) flush();
      resolve(code ?? signal ?? "unknown");
    });
  });
}

/** Returns what to call at the end, for a last line without a line feed. */
function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): () => void {
  const lines = splitLines(onLine);
  stream.setEncoding("utf8");
  stream.on("data", lines.push);
  return lines.end;
}

/** Pieces of text in, whole lines out. */
export function splitLines(onLine: (line: string) => void) {
  let rest = "";
  return {
    push(piece: string): void {
      const lines = (rest + piece).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine(line.replace(/\r$/, ""));
    },
    end(): void {
      if (rest !== "") onLine(rest);
    },
  };
}
