/**
 * Time for those who wait for GitHub: the pauses that Sluice and its clients leave between requests and attempts last milliseconds. Only
 * timers they start themselves; everything else keeps its time.
 */
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";

/** Who leaves such pauses: throttling and retries, the toolkit, the storage client, and our own polling. */
const clients = /\/node_modules\/(bottleneck|@actions\/artifact|@azure|@typespec)\/|\/src\/github\//;

/** Milliseconds: shorter ones cost nothing. */
const [shortest, instead] = [100, 2];

export interface Hurry {
  /** Milliseconds that one request may take, instead of half a minute. */
  readonly requestLimit?: number;
}

/** Returns what ends it. */
export function hurry({ requestLimit }: Hurry = {}): () => void {
  const { setTimeout: wait } = globalThis;
  const { setTimeout: sleep } = timers;
  const { timeout } = AbortSignal;
  const quick = (milliseconds = 0) =>
    milliseconds >= shortest && clients.test(new Error().stack ?? "") ? instead : milliseconds;
  globalThis.setTimeout = ((work: () => void, milliseconds?: number, ...rest: []) =>
    wait(work, quick(milliseconds), ...rest)) as typeof wait;
  timers.setTimeout = ((milliseconds, ...rest) => sleep(quick(milliseconds), ...rest)) as typeof sleep;
  AbortSignal.timeout = (milliseconds) => timeout.call(AbortSignal, requestLimit ?? milliseconds);
  syncBuiltinESMExports();
  return () => {
    Object.assign(globalThis, { setTimeout: wait });
    timers.setTimeout = sleep;
    AbortSignal.timeout = timeout;
    syncBuiltinESMExports();
  };
}
