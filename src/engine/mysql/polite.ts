/**
 * Changing names that readers use. Such a statement waits for the readers that are there, and every new reader waits
 * behind it: it may wait for a short time only, and must let the others through before it tries again.
 *
 * One that takes many names takes them one after the other. Waiting for one while it holds others is worse than slow: a
 * reader that has one and wants another then meets a deadlock, which ends its transaction, and after which a single
 * statement goes on with a mixture of old and new views (measured on MariaDB 10.11). So there it never waits: it takes
 * all at once, or none and tries again.
 */
import type { Session } from "../engine.ts";
import type { Wire } from "./connections.ts";
import { isConflict, isLost } from "./failure.ts";

interface Manner {
  /** Seconds the server lets the statement wait. */
  readonly lockWait: number;
  /** Milliseconds between two tries; the pause doubles from the first to the second. */
  readonly pauses: readonly [shortest: number, longest: number];
}

/** For a statement that takes one name readers use. The longest pause is what someone who cancels has to bear. */
export const takingOne: Manner = { lockWait: 2, pauses: [100, 3_000] };

/** For one that takes many. `shortest`: the least the server can be told to wait. */
export function takingAll(shortest: number): Manner {
  return shortest === 0 ? { lockWait: 0, pauses: [5, 15] } : { lockWait: shortest, pauses: [100, 3_000] };
}

/** Milliseconds after which nothing is tried again. */
const patience = 300_000;

/** When the connection is lost: what was done before is then found done, and told by the statement's failure. */
const lostTries = 3;

/** Runs `work` with a short time-out for locks; `each`: the server can be told so for one statement at a time. */
export async function hurried<T>(
  wire: Wire,
  { lockWait }: Manner,
  each: boolean,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  if (each) {
    const hurry = `SET STATEMENT lock_wait_timeout = ${lockWait} FOR `;
    return work({
      query: (sql, values) => wire.query(sql, values),
      run: (sql, values) => wire.run(hurry + sql, values),
    });
  }
  await wire.runCleanly(`SET SESSION lock_wait_timeout = ${lockWait}`);
  try {
    return await work(wire);
  } finally {
    // A connection that is gone has nothing to put back.
    await wire.runCleanly("SET SESSION lock_wait_timeout = DEFAULT").catch(() => {});
  }
}

/** Calls `work` again while it ends in a time-out or a deadlock. */
export async function repeatedly<T>({ pauses }: Manner, work: () => Promise<T>): Promise<T> {
  const [shortest, longest] = pauses;
  const started = performance.now();
  for (let attempt = 0, lost = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (isLost(error)) lost++;
      const hopeless = isLost(error) ? lost > lostTries : !isConflict(error);
      if (hopeless || performance.now() - started > patience) throw error;
      const pause = Math.min(shortest * 2 ** attempt, longest);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
