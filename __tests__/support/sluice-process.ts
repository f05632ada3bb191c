/** The command line as a user starts it: a process of its own. */
import { execFile } from "node:child_process";
import { join } from "node:path";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const main = join(import.meta.dirname, "../../src/cli/main.ts");

/** Runs `sluice …` without colours; `env` is added to a small environment. */
export function sluice(
  words: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ended> {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "",
    NO_COLOR: "1",
    ...options.env,
  };
  return new Promise((done, fail) => {
    execFile(
      process.execPath,
      [main, ...words],
      { env, maxBuffer: 64 * 1024 * 1024, ...(options.cwd === undefined ? {} : { cwd: options.cwd }) },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== "number") fail(error);
        else done({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
      },
    );
  });
}
