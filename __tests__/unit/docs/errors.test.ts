import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { errorCodes } from "../../../src/errors.ts";
import { reasons } from "../../../src/plan/outcome.ts";
import { toolVersion } from "../../../src/use-cases/version.ts";

const root = join(import.meta.dirname, "../../..");
const page = readFileSync(join(root, "docs/errors.md"), "utf8");

test("docs/errors.md lists every code, and no other", () => {
  const listed = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
  expect(listed.toSorted()).toEqual(Object.keys(errorCodes).toSorted());
});

test("docs/errors.md lists every reason", () => {
  const [, table = ""] = page.split("## Reasons and exit codes");
  const listed = [...table.matchAll(/`([a-z]+(?:-[a-z]+)+|[a-z]+)`/g)].map(([, reason]) => reason);
  for (const reason of reasons) expect(listed).toContain(reason);
});

test("the version in the code is the package's", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  expect(toolVersion).toBe(manifest.version);
});
