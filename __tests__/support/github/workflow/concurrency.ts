/** Which runs wait for which. */
import { type Contexts, interpolate } from "./expressions.ts";
import type { ConcurrencyText } from "./file.ts";

export interface Concurrency {
  readonly group: string;
  readonly cancels: boolean;
  readonly queue: string;
}

/** What a `concurrency:` says for this event. */
export function concurrencyOf(text: ConcurrencyText | undefined, contexts: Contexts): Concurrency | null {
  if (text === undefined) return null;
  const status = { failed: false, cancelled: false };
  const block = typeof text === "string" ? { group: text } : text;
  return {
    group: interpolate(block.group, contexts, status),
    cancels: interpolate(block["cancel-in-progress"] ?? false, contexts, status) === "true",
    queue: block.queue ?? "single",
  };
}
