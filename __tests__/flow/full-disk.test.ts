/** A disk that fills up in the middle of a batch: production unchanged, and the next run completes with every row once. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { smallProject } from "../support/small-project.ts";

const main = join(import.meta.dirname, "../../src/cli/main.ts");

const many = `MODEL (name shop.many, kind FULL);

SELECT range::BIGINT AS id, md5(range::TEXT) AS text
FROM range(600000)
`;

test("a full disk", async () => {
  await using project = await smallProject();
  const before = await run(project.path, "plan prod --out plan.json && sluice apply plan.json");
  expect(before.code, before.stderr).toBe(0);

  await project.write({ "models/many.sql": many });
  // A limit on the size of files stands for the disk: writes fail as they do on a full one (4,096 KiB).
  const full = await run(
    project.path,
    "plan prod --out plan.json && ulimit -f 4096 && sluice apply plan.json --json",
  );
  expect(full.code, full.stderr).toBe(1);
  expect(JSON.parse(full.stdout.slice(full.stdout.indexOf("{")))).toMatchObject({
    outcome: { reason: "engine-error", production: "unchanged" },
  });
  expect(full.stderr).not.toContain("    at ");
  expect(await project.sql("SELECT COUNT(*)::INT AS n FROM shop.revenue")).toEqual([{ n: 2 }]);

  const again = await run(project.path, "apply plan.json");
  expect(again.code, again.stderr).toBe(0);
  expect(
    await project.sql("SELECT COUNT(*)::INT AS n, COUNT(DISTINCT id)::INT AS ids FROM shop.many"),
  ).toEqual([{ n: 600_000, ids: 600_000 }]);
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `sluice …` in a shell, for its limits. */
function run(cwd: string, words: string): Promise<Ended> {
  const script = `sluice() { "$NODE" "$MAIN" "$@"; }\nsluice ${words}`;
  const env = {
    PATH: process.env["PATH"] ?? "",
    NODE: process.execPath,
    MAIN: main,
    NO_COLOR: "1",
    SLUICE_NOW: "2024-01-04T06:00:00Z",
  };
  return new Promise((done) => {
    execFile("bash", ["-c", script], { cwd, env, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}
