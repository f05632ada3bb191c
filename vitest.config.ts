import { defineConfig } from "vitest/config";

const report = process.env["SLUICE_TEST_REPORT"];
const project = (name: string, timeout = 20_000) => ({
  test: { name, include: [`__tests__/${name}/**/*.test.ts`], testTimeout: timeout, hookTimeout: timeout },
});

// Each step of a run is a process of its own.
const action = {
  test: { ...project("action", 300_000).test, setupFiles: ["__tests__/support/github/json-imports.ts"] },
};

export default defineConfig({
  test: {
    // Most files wait for a server or a process of their own half of the time.
    maxWorkers: 2,
    reporters: report ? ["default", "json"] : ["default"],
    ...(report ? { outputFile: { json: report } } : {}),
    projects: [
      project("unit"),
      project("contract", 60_000),
      project("flow", 120_000),
      project("cli", 120_000),
      action,
    ],
  },
});
