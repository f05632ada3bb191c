/** Unit test files: found, rendered as Jinja and read as YAML; what they mean is decided where they run (spec project-format 8). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SluiceError } from "../errors.ts";
import type { Env } from "./config-file.ts";
import { renderJinja } from "./jinja.ts";
import { isRecord } from "./merge.ts";
import type { Settings } from "./settings.ts";
import { listFiles, rightMatcher } from "./source-files.ts";
import { parseYaml, type YamlPath } from "./yaml.ts";

export interface TestFile {
  /** From the project root. */
  readonly path: string;
  /** Test name → its body, as YAML gives it. */
  readonly tests: Readonly<Record<string, unknown>>;
  /** After Jinja. */
  readonly text: string;
  lineOf(path: YamlPath): number | undefined;
  /** The scalar at the path is written without quotes. */
  isPlain(path: YamlPath): boolean;
}

/** Throws TEST_INVALID with file and line for text that is no YAML mapping. */
export async function loadTestFiles(root: string, settings: Settings, env: Env): Promise<TestFile[]> {
  const isIgnored = rightMatcher(settings.ignorePatterns);
  const paths = listFiles(root, "tests", [".yaml", ".yml"]).filter(
    (path) => /(?:^|\/)test[^/]*$/.test(path) && !isIgnored(path),
  );
  return Promise.all(
    paths.map(async (path) => {
      const source = readFileSync(join(root, path), "utf8");
      const text = await renderJinja(source, path, { env, variables: settings.variables }, "TEST_INVALID");
      const yaml = parseYaml(text, path, "TEST_INVALID");
      const tests = yaml.value ?? {};
      if (!isRecord(tests)) {
        throw new SluiceError("TEST_INVALID", "a test file must hold a mapping of test names", {
          place: { file: path, line: 1 },
          hint: "Write `test_name:` and the test below it.",
        });
      }
      return { path, tests, text, lineOf: yaml.lineOf, isPlain: yaml.isPlain };
    }),
  );
}
