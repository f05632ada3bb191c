import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadSluiceSettings } from "../../../src/project/sluice-settings.ts";

const root = join(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

test("the example of docs/sluice-yaml.md can be read, and names every setting", () => {
  const [, example = ""] = read("docs/sluice-yaml.md").split("```yaml\n");
  const text = example.split("```")[0] ?? "";
  const folder = mkdtempSync(join(tmpdir(), "sluice-yaml-"));
  writeFileSync(join(folder, "sluice.yaml"), text);
  const settings = loadSluiceSettings(folder);
  rmSync(folder, { recursive: true });
  expect(settings).toMatchObject({
    windows: [{ days: ["mon", "tue", "wed", "thu"] }, { environments: ["prod", "staging"] }],
    freezes: [{ from: "2024-12-23", reason: "Christmas", environments: ["prod"] }],
    impact: { maxKeyLoss: 0.01, maxBackfillModels: 50 },
    impactTimeLimitSeconds: 300,
    overrides: { impact: ["alice"] },
  });
  const { properties } = JSON.parse(read("src/project/sluice.schema.json"));
  const keys = Object.keys(properties).filter((key) => key !== "$schema");
  for (const key of [...keys, ...Object.keys(properties.impact.properties)])
    expect(text).toContain(`${key}:`);
});

test("the published schema is the one that is checked", () => {
  expect(read("docs/schema/sluice.schema.json")).toBe(read("src/project/sluice.schema.json"));
});

test.each([
  ["from", "tomorrow"],
  ["to", "24.12.2024"],
])("a freeze whose %s is no date is refused with its line", (key, value) => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-yaml-"));
  const freeze = { from: "2024-12-23", to: "2024-12-24", [key]: value };
  writeFileSync(join(folder, "sluice.yaml"), `freezes:\n  - from: ${freeze.from}\n    to: ${freeze.to}\n`);
  expect(() => loadSluiceSettings(folder)).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      place: { file: "sluice.yaml", line: key === "from" ? 2 : 3 },
    }),
  );
  rmSync(folder, { recursive: true });
});
