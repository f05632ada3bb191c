/** The circuit breaker (design 6): fuses asked in order, failing closed. */
import { messageOf } from "../errors.ts";
import type { State } from "../state/state.ts";
import type { ApplyOptions, Fuse, FuseMoment, FuseVerdict } from "./context.ts";
import type { Stop } from "./stop.ts";
import { breakerStop } from "./stop.ts";

const defaultTimeout = 60_000;

/** Asks the kill switch in state, the caller's breaker and the caller's fuses; the first that stops sets `stop` and throws it. */
export async function askFuses(options: ApplyOptions, stop: Stop, moment: FuseMoment): Promise<void> {
  stop.check();
  const { circuitBreaker, fuses = [] } = options;
  await askKillSwitch(options.state, stop);
  for (const fuse of [...(circuitBreaker === undefined ? [] : [breakerFuse(circuitBreaker)]), ...fuses]) {
    const verdict = await askOne(fuse, moment, fuse.timeout ?? options.fuseTimeout ?? defaultTimeout);
    if (!verdict.go) stop.set(breakerStop(verdict.reason, verdict.sentence));
    stop.check();
  }
}

async function askOne(fuse: Fuse, moment: FuseMoment, timeout: number): Promise<FuseVerdict> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<FuseVerdict>((resolve) => {
    timer = setTimeout(
      () => resolve(closed(`${fuse.name} did not answer within ${timeout} ms, which counts as a stop.`)),
      timeout,
    );
  });
  try {
    return await Promise.race([Promise.resolve().then(() => fuse.ask(moment)), late]);
  } catch (error) {
    return closed(`${fuse.name} failed, which counts as a stop: ${messageOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

function closed(sentence: string): FuseVerdict {
  return { go: false, reason: "breaker-open", sentence };
}

function breakerFuse(ask: () => boolean | Promise<boolean>): Fuse {
  return {
    name: "The circuit breaker",
    // Anything but true stops: a breaker that forgot its return value must not let an apply through.
    ask: async () => ((await ask()) === true ? { go: true } : closed("The circuit breaker is open.")),
  };
}

/** A state that cannot be read is a failure by its own name, not an open breaker. */
async function askKillSwitch(state: State, stop: Stop): Promise<void> {
  const entry = await state.readBreaker();
  if (entry === null || !entry.open) return;
  stop.set(breakerStop("breaker-open", `The circuit breaker was opened by ${entry.by}: ${entry.reason}`));
  stop.check();
}
