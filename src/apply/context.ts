/** What every part of an apply works with. Built once the lock is held; nothing in it changes but the flag that stops all, and what one transaction knows. */
import type { Engine, ObjectType, Session } from "../engine/engine.ts";
import type { Environment } from "../environment/environment.ts";
import type { MacroValue } from "../model/model.ts";
import type { ApplyEvent } from "../plan/events.ts";
import type { Outcome, OutcomeReason } from "../plan/outcome.ts";
import type { PlanDocument } from "../plan/plan.ts";
import type { Column } from "../sql/name-parts.ts";
import type { State, StateLock } from "../state/state.ts";
import type { Definitions } from "./definitions.ts";
import type { Rebuilds } from "./rebuild.ts";
import type { Stop } from "./stop.ts";

/** When a fuse is asked: before the first step, before every step, right before views move. */
export type FuseMoment = "start" | "step" | "switch";

export type FuseVerdict =
  | { readonly go: true }
  | { readonly go: false; readonly reason: OutcomeReason; readonly sentence: string };

/** One thing that can stop an apply (design 6). An error or a time-out counts as a stop. */
export interface Fuse {
  readonly name: string;
  /** Milliseconds it may take to answer, where that is longer than usual. */
  readonly timeout?: number;
  ask(moment: FuseMoment): Promise<FuseVerdict> | FuseVerdict;
}

export interface ApplyOptions {
  readonly engine: Engine;
  readonly state: State;
  /** UTC epoch milliseconds. */
  readonly now: () => number;
  /** Who applies: run address, host and process. */
  readonly owner: string;
  /** Name of the selected gateway, for `@gateway`. */
  readonly gateway?: string;
  /** Configuration variables of the selected gateway, for `before_all` and `after_all`. */
  readonly variables?: Readonly<Record<string, MacroValue>>;
  /** Asked as a fuse; false aborts. */
  readonly circuitBreaker?: () => boolean | Promise<boolean>;
  readonly fuses?: readonly Fuse[];
  /** What fuses have to add to the outcome, asked when it is written. */
  readonly notes?: () => Pick<Outcome, "impact" | "overrides">;
  readonly emit: (event: ApplyEvent) => void;
  /** Aborting it cancels the apply. */
  readonly signal?: AbortSignal;
  /** Milliseconds to wait for the lock; default ten minutes. */
  readonly lockWait?: number;
  /** Milliseconds a fuse may take to answer; default one minute. */
  readonly fuseTimeout?: number;
  /**
   * Milliseconds of work that may share one commit, where one process has the warehouse to itself and each commit waits for the disk;
   * default 250, 0 = each step has its own. A crash costs what was not yet committed; it is never half done.
   */
  readonly sharedCommits?: number;
  /** A base other than the plan's that a fresh plan was found equal on (design 4.3). */
  readonly acceptBase?: { readonly environmentVersion: number };
}

export interface ApplyContext {
  readonly plan: PlanDocument;
  readonly engine: Engine;
  readonly state: State;
  readonly lock: StateLock;
  readonly now: () => number;
  readonly gateway: string;
  readonly variables: Readonly<Record<string, MacroValue>>;
  readonly emit: (event: ApplyEvent) => void;
  /** "now" of every text that is rendered: the first apply's of this plan. */
  readonly executionTime: number;
  /** The environment's record before this plan; null when there is none. */
  readonly before: Environment | null;
  /** The pointer view shows this plan, whatever the record says: its apply ended right after the views had moved. */
  readonly moved: boolean;
  /** The record this plan writes, not yet finalized. */
  readonly after: Environment;
  readonly definitions: Definitions;
  /** What of the plan's objects was there when the apply began, by key. */
  readonly found: ReadonlyMap<string, ObjectType>;
  /** Keys of tables that are there before any batch: found when the apply began, or made by a step of their own. */
  readonly ahead: ReadonlySet<string>;
  readonly rebuilds: Rebuilds;
  readonly stop: Stop;
  /** The transaction at hand, where what others of its steps made is not seen from outside. */
  readonly inside?: Session;
  /** Tables that this transaction has made and nobody has written to since, with their columns. */
  readonly fresh?: Map<string, readonly Column[]>;
}

/** A session that before every statement, or every text of several, first looks whether the apply was stopped, and whether it still holds the lock. */
export function guarded(session: Session, { stop, lock }: Pick<ApplyContext, "stop" | "lock">): Session {
  const afterLook = <Given extends readonly unknown[], Result>(
    send: (...given: Given) => Promise<Result>,
  ): ((...given: Given) => Promise<Result>) => {
    return async (...given) => {
      stop.check();
      await lock.stillHeld();
      return send(...given);
    };
  };
  const { runTogether, append } = session;
  return {
    query: afterLook((sql, values) => session.query(sql, values)),
    run: afterLook((sql, values) => session.run(sql, values)),
    ...(runTogether === undefined ? {} : { runTogether: afterLook(runTogether) }),
    ...(append === undefined ? {} : { append: afterLook(append) }),
  };
}
