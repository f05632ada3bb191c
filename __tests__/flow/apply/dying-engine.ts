/** A warehouse whose connection is lost right before the n-th commit: that transaction rolls back, and nothing works any more. */
import type { Engine } from "../../../src/engine/engine.ts";

export interface DyingEngine {
  readonly engine: Engine;
  /** Transactions that came to their commit so far. */
  readonly commits: () => number;
}

/** `at` = 0: it lives on and only counts. */
export function dyingEngine(real: Engine, at: number, die: () => void): DyingEngine {
  let commits = 0;
  let dead = false;
  const check = async (): Promise<void> => {
    if (dead) throw new Error("the connection is lost");
  };
  const transaction: Engine["transaction"] = (work, options) =>
    real.transaction(async (session) => {
      await check();
      const result = await work(session);
      if (++commits === at) {
        dead = true;
        die();
      }
      await check();
      return result;
    }, options);
  const engine = new Proxy(real, {
    get(target, key) {
      if (key === "transaction") return transaction;
      const value = Reflect.get(target, key, target) as unknown;
      if (typeof value !== "function") return value;
      return (...given: unknown[]) =>
        dead && key !== "name" ? check() : (Reflect.apply(value, target, given) as unknown);
    },
  });
  return { engine, commits: () => commits };
}
