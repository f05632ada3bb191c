import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sluice } from "../support/sluice-process.ts";

const folder = await mkdtemp(join(tmpdir(), "sluice-door-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("help", () => {
  test("sluice --help lists the commands and exits with 0", async () => {
    const { code, stdout, stderr } = await sluice(["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("sluice <command> [options]");
    expect(stdout).toMatch(/^ {2}plan +Show what would change/m);
  });

  test("sluice alone shows the same", async () => expect((await sluice([])).code).toBe(0));

  test("a command's help needs neither project nor arguments", async () => {
    const { code, stdout } = await sluice(["apply", "--help"], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toContain("sluice apply <plan-file> [options]");
  });

  test("sluice --version", async () =>
    expect((await sluice(["--version"])).stdout).toMatch(/^sluice \d+\.\d+\.\d+\n$/));
});

describe("wrong use ends with 2, one sentence on stderr, nothing on stdout, no stack", () => {
  test.each([
    { words: ["pln"], says: 'sluice has no command "pln". Did you mean plan?' },
    { words: ["plan", "--restate-models", "x"], says: "Did you mean --restate-model?" },
    { words: ["apply"], says: "sluice apply needs <plan-file>" },
    { words: ["import-state"], says: "config" },
    { words: ["plan"], says: "config" },
    { words: ["plan", "--start"], says: "--start needs a value." },
  ])("sluice $words", async ({ words, says }) => {
    const { code, stdout, stderr } = await sluice(words, { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  test("a wrong SLUICE_NOW is named", async () => {
    const { code, stderr } = await sluice(["plan"], { cwd: folder, env: { SLUICE_NOW: "yesterday" } });
    expect(code).toBe(2);
    expect(stderr).toContain('SLUICE_NOW is "yesterday"');
  });
});

test("with --json an error is an object on stdout", async () => {
  const { code, stdout } = await sluice(["plan", "--json"], { cwd: folder });
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, exitCode: 2, error: { code: "CONFIG_MISSING" } });
});

describe("a plan file that is none is refused with 3", () => {
  test.each([
    { what: "no file", text: null },
    { what: "no JSON", text: "{" },
    { what: "another document", text: '{"format": 1}' },
  ])("$what", async ({ text }) => {
    const file = join(folder, "plan.json");
    await rm(file, { force: true });
    if (text !== null) await writeFile(file, text);
    const { code, stdout, stderr } = await sluice(["show", file]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(/^error: .+\n$/);
  });
});

test("a closed pipe is no error", async () => {
  const { code } = await new Promise<{ code: number }>((done) => {
    execFile(
      "bash",
      ["-c", `"${process.execPath}" src/cli/main.ts --help | head -1; exit \${PIPESTATUS[0]}`],
      (error) => done({ code: typeof error?.code === "number" ? error.code : 0 }),
    );
  });
  expect(code).toBe(0);
});

describe("init", () => {
  test("writes a project, and never over another", async () => {
    const shop = join(folder, "shop");
    const first = await sluice(["init", shop]);
    expect(first.code).toBe(0);
    expect(existsSync(join(shop, "models/daily_revenue.sql"))).toBe(true);
    await writeFile(join(shop, "config.yaml"), "# mine\n");
    const second = await sluice(["init", shop]);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain("there is a project already");
    expect(await readFile(join(shop, "config.yaml"), "utf8")).toBe("# mine\n");
  });
});
