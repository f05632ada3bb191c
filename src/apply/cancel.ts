/** Cancelling: no further statement is sent, and the one at hand is interrupted when it does not end soon (design 5). */
import type { Engine } from "../engine/engine.ts";
import type { Stop } from "./stop.ts";
import { cancelStop } from "./stop.ts";

/** Milliseconds a running statement is given to end by itself: what then follows must fit into seven seconds. */
const grace = 2_000;

/** Watches the signal until the returned function is called. */
export function watchSignal(signal: AbortSignal | undefined, engine: Engine, stop: Stop): () => void {
  let timer: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    stop.set(cancelStop());
    timer = setTimeout(() => {
      if (stop.interruptible) void engine.interrupt();
    }, grace);
  };
  if (signal?.aborted) cancel();
  else signal?.addEventListener("abort", cancel, { once: true });
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
  };
}
