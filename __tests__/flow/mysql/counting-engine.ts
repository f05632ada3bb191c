/**
 * An engine that tells of every statement right before it is sent, and of those whose work is committed. Who is told may
 * name another one to send instead.
 */
import type { Engine, Session, SqlValue } from "../../../src/engine/engine.ts";

/** Whether a statement tells the journal of a step. */
export function writesJournal(sql: string): boolean {
  return /^INSERT INTO \S*_journal\b/.test(sql);
}

type Done = (sql: string) => void;

export function countingEngine(
  real: Engine,
  told: (sql: string) => unknown,
  committed: Done = () => {},
): Engine {
  const watched = (session: Session, done: Done): Session => {
    const around = async <T>(sql: string, work: (sent: string) => Promise<T>): Promise<T> => {
      const instead = await told(sql);
      const result = await work(typeof instead === "string" ? instead : sql);
      done(sql);
      return result;
    };
    return {
      query: (sql: string, values?: readonly SqlValue[]) =>
        around(sql, (sent) => session.query(sent, values)),
      run: (sql: string, values?: readonly SqlValue[]) => around(sql, (sent) => session.run(sent, values)),
    };
  };
  type Work = (session: Session) => Promise<unknown>;
  const around: Record<string, (...given: never[]) => unknown> = {
    ...(watched(real, committed) as unknown as Record<string, (...given: never[]) => unknown>),
    transaction: async (work: Work, { before, single = false }: { before?: Work; single?: boolean } = {}) => {
      let sent: string[] = [];
      const result = await real.transaction(
        async (session) => {
          sent = [];
          const worked = await work(watched(session, (sql) => sent.push(sql)));
          if (!single) told("COMMIT");
          return worked;
        },
        {
          single,
          ...(before && { before: async (session) => void (await before(watched(session, committed))) }),
        },
      );
      for (const sql of sent) committed(sql);
      return result;
    },
    exclusive: (work: Work) => real.exclusive((session) => work(watched(session, committed))),
    politely: (work: Work, options?: object) =>
      real.politely((session) => work(watched(session, committed)), options),
  };
  return new Proxy(real, {
    get(target, key) {
      const own = typeof key === "string" ? around[key] : undefined;
      if (own !== undefined) return own;
      const value = Reflect.get(target, key, target) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
