/** Lays a recorded project out in a fresh folder, performs its action in this process, and lists what differs. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { SluiceError } from "../../src/errors.ts";
import { type Check, permits, type RecordedCase, type RecordedRefusal, type Stage } from "./case.ts";

/** Loaded late, so that an action whose rooms are not there yet fails alone. */
const checks: Readonly<Record<string, () => Promise<Check>>> = {
  dates: async () => (await import("./dates.ts")).checkDates,
  cron: async () => (await import("./cron.ts")).checkCron,
  intervals: async () => (await import("./intervals.ts")).checkIntervals,
  load: async () => (await import("./load.ts")).checkLoad,
  config: async () => (await import("./config.ts")).checkConfig,
  render: async () => (await import("./render.ts")).checkRender,
  audit: async () => (await import("./audit.ts")).checkAudit,
  test: async () => (await import("./test.ts")).checkTest,
  apply: async () => (await import("./apply.ts")).checkApply,
  seed: async () => (await import("./apply.ts")).checkSeed,
  select: async () => (await import("./select.ts")).checkSelect,
  lint: async () => (await import("./lint.ts")).checkLint,
};

/** Empty = agrees. */
export async function playCase(recorded: RecordedCase): Promise<readonly string[]> {
  const load = checks[recorded.action];
  if (load === undefined) return [`the action ${recorded.action} is not known`];
  let check: Check;
  try {
    check = await load();
  } catch (error) {
    return [`not built: ${firstLine(error)}`];
  }
  const root = await mkdtemp(join(tmpdir(), "sluice-format-"));
  const before = process.cwd();
  process.chdir(root);
  try {
    await writeFiles(root, recorded.files);
    return await perform(check, {
      recorded,
      args: recorded.args,
      expect: recorded.expect,
      root,
      now: Date.parse(recorded.at),
      env: recorded.env,
    });
  } finally {
    process.chdir(before);
    await rm(root, { recursive: true, force: true });
  }
}

async function perform(check: Check, stage: Stage): Promise<readonly string[]> {
  const { ok, error: refusal } = stage.expect;
  try {
    const found = await check(stage);
    if (ok || refusal === undefined || permits(stage, /loader that (reads|accepts)/)) return found;
    return [`expected a refusal: ${refusal.about ?? refusal.class}`];
  } catch (error) {
    // A fault of ours is never "the same refusal".
    if (!(error instanceof SluiceError) || error.code === "INTERNAL") {
      return [`crashed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
    }
    return ok || refusal === undefined
      ? [`refused: ${error.code} ${error.sentence}`]
      : compareRefusal(refusal, error);
  }
}

function compareRefusal(expected: RecordedRefusal, error: SluiceError): readonly string[] {
  const sentence = error.sentence.toLowerCase();
  const silent = (expected.mentions ?? []).filter((word) => !sentence.includes(word.toLowerCase()));
  const file = expected.file;
  const found: string[] = [];
  if (silent.length > 0) found.push(`the refusal does not mention ${silent.join(", ")}`);
  if (file !== undefined && error.place?.file !== file && !error.sentence.includes(file)) {
    found.push(`the refusal does not name ${file} but ${error.place?.file ?? "no file"}`);
  }
  return found.length === 0
    ? []
    : [...found, `about: ${expected.about ?? expected.class}`, `ours: ${error.sentence}`];
}

async function writeFiles(root: string, files: RecordedCase["files"]): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const target = join(root, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
