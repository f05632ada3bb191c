/**
 * The part of the JavaScript heap where objects begin. V8 lets it grow to three times 32 MB, although what a plan reads lives on: that
 * memory is paid for and what it holds is copied more often (ADR 16). For entries of a process of our own; a library's user chooses.
 */
import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** Bytes: two halves of 8 MB. Smaller ones are emptied too often. */
const enough = 16 * 1024 * 1024;

/** Lets it grow to 16 MB and no further. */
export function limitYoungHeap(): void {
  if (youngHeapSize() >= enough) {
    stay();
    return;
  }
  const observer = new PerformanceObserver(() => {
    if (youngHeapSize() < enough) return;
    observer.disconnect();
    stay();
  });
  observer.observe({ entryTypes: ["gc"] });
}

/** Bytes, both halves. */
export function youngHeapSize(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space")?.space_size ?? 0;
}

/** The one flag of its size that V8 looks at again each time: how much larger it becomes. */
function stay(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
