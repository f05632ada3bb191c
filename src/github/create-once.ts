/** Makes something on GitHub once: a request without an answer may have been carried out, and blind repetition would make it twice. */
import { setTimeout as sleep } from "node:timers/promises";
import { statusOf } from "./client.ts";

/** For requests that this file repeats itself. */
export const noRetries = { retries: 0 };

const attempts = 4;

export interface Created<T> {
  readonly id: T;
  /** An attempt before it got no answer: what that one makes may still appear. */
  readonly uncertain: boolean;
}

/** `find` looks for what an attempt before made; it is asked after an attempt whose end is not known. */
export async function createOnce<T>(
  create: () => Promise<T>,
  find: () => Promise<T | null>,
): Promise<Created<T>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return { id: await create(), uncertain: attempt > 1 };
    } catch (error) {
      if (attempt === attempts || !mayBeDone(statusOf(error))) throw error;
      await sleep(1_000 * attempt ** 2);
      const found = await find();
      if (found !== null) return { id: found, uncertain: true };
    }
  }
}

/** GitHub refuses what it will never do with 4xx, those of limits and conflicts excepted. */
function mayBeDone(status: number | null): boolean {
  return status === null || status >= 500 || status === 409 || status === 429;
}
