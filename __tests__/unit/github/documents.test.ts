/** What is written in two places is the same in both. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { duckdbLockText } from "../../../scripts/build/duckdb-lock.ts";
import { withTables } from "../../../scripts/readme-tables.ts";
import { inputNames } from "../../../src/github/inputs.ts";

const read = (path: string) => readFileSync(path, "utf8");

test("the README's tables are those of action.yml: npm run readme", () => {
  expect(withTables(read("README.md"), read("action.yml"))).toBe(read("README.md"));
});

test("action.yml has the inputs that are read, and no other", () => {
  const { inputs } = parse(read("action.yml")) as { inputs: Record<string, unknown> };
  expect(Object.keys(inputs).sort()).toEqual([...inputNames].sort());
});

test("DuckDB is installed as our lock file has it", () => {
  expect(read("src/github/duckdb-lock.json")).toBe(duckdbLockText("package-lock.json"));
});

describe("the commit of Sluice in the examples", () => {
  const names = readdirSync("examples/workflows");
  const { version } = JSON.parse(read("package.json")) as { version: string };

  test("is forty zeros beside the present version, everywhere", () => {
    const texts = ["README.md", ...names.map((name) => `examples/workflows/${name}`)].map(read);
    const uses = texts.flatMap((text) => text.match(/sluice-sql\/sluice@.*/g) ?? []);
    expect(new Set(uses)).toEqual(
      new Set([`sluice-sql/sluice@${"0".repeat(40)} # v${version}: take the commit from the release`]),
    );
  });

  test("is put in by the README's step, and before the release by nothing", () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-readme-"));
    const [origin, own] = [join(folder, "origin"), join(folder, "own")];
    const workflows = join(own, ".github/workflows");
    const git = (...words: string[]) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...words], {
        cwd: origin,
        encoding: "utf8",
      }).trim();
    const step = (/```sh\n(commit=[\s\S]*?)```/.exec(read("README.md"))?.[1] ?? "").replace(
      "https://github.com/sluice-sql/sluice",
      origin,
    );
    const follow = () => spawnSync("sh", ["-c", step], { cwd: own, encoding: "utf8" }).stderr;
    const written = () => names.map((name) => readFileSync(join(workflows, name), "utf8")).join("");
    try {
      mkdirSync(origin);
      cpSync("examples/workflows", workflows, { recursive: true });
      const before = written();
      git("init", "-q");
      git("commit", "-q", "--allow-empty", "-m", "One");
      expect(follow()).toBe("");
      expect(written()).toBe(before);
      git("tag", "-a", `v${version}`, "-m", "Release");
      expect(follow()).toBe("");
      const uses = new Set(written().match(/sluice-sql\/sluice@.*/g));
      expect(uses).toEqual(new Set([`sluice-sql/sluice@${git("rev-parse", "HEAD")} # v${version}`]));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test.each(["sluice", "sluice-dispatch", "monorepo", "forks"])(
  "%s.yml pins every action by commit",
  (name) => {
    const uses = [...read(`examples/workflows/${name}.yml`).matchAll(/- uses: (\S+)/g)].map(
      (match) => match[1],
    );
    expect(uses.length).toBeGreaterThan(0);
    for (const use of uses) expect(use).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  },
);
