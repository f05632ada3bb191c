import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const module = resolve("src/young-heap.ts");

/** Megabytes of the young heap of a process of its own that keeps what it makes, in turns that let events through. */
async function megabytes(limited: boolean): Promise<number> {
  const program = `
    const { limitYoungHeap, youngHeapSize } = await import(${JSON.stringify(module)});
    if (${limited}) limitYoungHeap();
    const kept = [];
    for (let turn = 0; turn < 60; turn++) {
      for (let i = 0; i < 20_000; i++) kept.push({ turn, i, text: [turn, i] });
      await new Promise((resolve) => setImmediate(resolve));
    }
    console.log(youngHeapSize() / 1024 / 1024, kept.length);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
  return Number.parseFloat(stdout);
}

test("the space of young objects stops growing, although they live on", async () => {
  expect(await megabytes(false)).toBeGreaterThanOrEqual(32);
  const limited = await megabytes(true);
  expect(limited).toBeGreaterThanOrEqual(16);
  expect(limited).toBeLessThan(32);
});
