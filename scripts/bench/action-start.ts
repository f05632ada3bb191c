/** How long the bundled Action takes from the start of its process to its first request to GitHub. */
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export interface ActionStart {
  /** Milliseconds, sorted. */
  readonly times: readonly number[];
  readonly median: number;
}

/** Starts `entry` as the runner does, on a merged pull request: its first request asks for it. `folder` is written to. */
export async function measureActionStart(entry: string, runs: number, folder: string): Promise<ActionStart> {
  await mkdir(folder, { recursive: true });
  const event = join(folder, "event.json");
  await writeFile(event, JSON.stringify(mergedPull));
  const times: number[] = [];
  for (let run = 0; run < runs; run++) times.push(await measureOne(entry, event, folder));
  times.sort((a, b) => a - b);
  return { times, median: times[Math.floor(times.length / 2)] ?? 0 };
}

function measureOne(entry: string, event: string, folder: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer((_request, response) => {
      const took = performance.now() - began;
      response.writeHead(404, { "content-type": "application/json" }).end('{"message":"Not Found"}');
      child.kill("SIGKILL");
      server.close();
      resolve(took);
    });
    let child: ReturnType<typeof spawn>;
    let began = 0;
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      began = performance.now();
      child = spawn(process.execPath, [entry], { env: runnerEnv(port, event, folder), stdio: "ignore" });
      child.on("exit", (code) => {
        if (code !== null) reject(new Error(`the Action ended with ${code} before it asked GitHub anything`));
      });
    });
  });
}

function runnerEnv(port: number, event: string, folder: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    GITHUB_ACTIONS: "true",
    GITHUB_API_URL: `http://127.0.0.1:${port}`,
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_REPOSITORY: "octo/shop",
    GITHUB_RUN_ID: "1",
    GITHUB_EVENT_NAME: "pull_request",
    GITHUB_EVENT_PATH: event,
    GITHUB_SHA: "a".repeat(40),
    GITHUB_REF: "refs/heads/main",
    GITHUB_WORKFLOW_REF: "octo/shop/.github/workflows/sluice.yml@refs/heads/main",
    GITHUB_WORKSPACE: folder,
    RUNNER_TEMP: folder,
    "INPUT_GITHUB-TOKEN": "token",
  };
}

const mergedPull = {
  action: "closed",
  repository: { id: 1, default_branch: "main" },
  pull_request: {
    number: 7,
    merged: true,
    merge_commit_sha: "a".repeat(40),
    head: { sha: "b".repeat(40), repo: { id: 1 } },
    base: { sha: "c".repeat(40), ref: "main" },
    user: { login: "octocat" },
  },
};
