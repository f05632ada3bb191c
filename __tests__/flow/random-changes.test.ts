/**
 * Whatever a production went through, its views show what a warehouse built at once from the same files shows, and the next
 * plan finds nothing to do.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Context, SluiceError } from "../../src/index.ts";
import { changed, filesOf, firstProject, type RandomProject, rawEvents } from "../support/random-project.ts";
import { type SmallProject, smallProject } from "../support/small-project.ts";
import { randomNumbers, times } from "./mysql/torture.ts";

const now = Date.UTC(2024, 0, 5, 6);

test.each([11, 12])("random pull requests, seed %i", { timeout: times(5) * 60_000 }, async (seed) => {
  const random = randomNumbers(seed);
  const history: RandomProject[] = [firstProject(random)];
  await using project = await smallProject({}, rawEvents);
  let files: Readonly<Record<string, string>> = {};
  for (let round = 0; round < times(5); round++) {
    const latest = history.at(-1) ?? [];
    // Now and then somebody takes changes back.
    const next =
      round === 0 ? latest : random() < 0.15 ? (history.at(-3) ?? latest) : changed(latest, random);
    history.push(next);
    files = await replaceFiles(project, files, filesOf(next));
    const what = `seed ${seed}, round ${round}`;
    if (random() < 0.4) await promote(project, "dev", what).catch(unlessNothingDiffers);
    await promote(project, "prod", what);
    const views = next.filter(({ kind }) => kind !== "EMBEDDED").map(({ name }) => name);
    expect(await shown(project, views), what).toEqual(await builtAtOnce(files, views));
  }
});

async function replaceFiles(
  project: SmallProject,
  old: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  for (const path of Object.keys(old)) if (!(path in files)) await rm(join(project.path, path));
  await project.write(files);
  return files;
}

/** Plans, applies, and plans again: then there is nothing left. */
async function promote(project: SmallProject, environment: string, what: string): Promise<void> {
  await using context = new Context({ paths: [project.path], now: () => now, env: {} });
  const outcome = await context.apply(await context.plan(environment));
  expect(outcome.reason, `${what}: ${outcome.sentence}`).toMatch(/^(applied|nothing-to-do)$/);
  const after = await context.plan(environment);
  expect(after.contextDiff.hasChanges, `${what}: the next plan of ${environment} has changes`).toBe(false);
  expect(after.requiresBackfill, `${what}: the next plan of ${environment} computes something`).toBe(false);
}

/** Where nothing differs from production there is no development environment to make. */
function unlessNothingDiffers(error: unknown): void {
  if (!(error instanceof SluiceError && error.code === "NO_CHANGES")) throw error;
}

async function builtAtOnce(
  files: Readonly<Record<string, string>>,
  views: readonly string[],
): Promise<unknown> {
  await using fresh = await smallProject(files, rawEvents);
  await promote(fresh, "prod", "at once");
  return await shown(fresh, views);
}

async function shown(project: SmallProject, views: readonly string[]): Promise<unknown> {
  const rows: Record<string, unknown> = {};
  for (const view of views) rows[view] = await project.sql(`SELECT * FROM ${view} ORDER BY ALL`);
  return rows;
}
