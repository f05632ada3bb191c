/**
 * Analysis of SQL that Sluice's own scanner cannot do: columns behind a star, their types, lineage, unknown columns. A library
 * does it in a worker thread under a watchdog. Its failure loses an answer, never correctness (ADR 6).
 */
import type { Column } from "../name-parts.ts";
import type { AnalysisRequest, Answer, Answers, OutputLineage, Question, UnknownColumn } from "./request.ts";
import { WorkerThread } from "./thread.ts";

export type { AnalysisRequest } from "./request.ts";

export interface AnalyserOptions {
  /** Milliseconds one query may take before its thread is ended; 10,000 when left out. */
  readonly timeout?: number;
  /** The worker's file, for tests. */
  readonly worker?: URL;
}

/** A question that got no answer, and why. */
export interface AnalysisWarning {
  readonly id: string;
  readonly question: Question;
  /** One sentence for people. */
  readonly text: string;
}

/** Answers come keyed by the request's id; null = cannot tell. Requests are taken one after the other, in order. */
export interface Analyser {
  /** Names and types of the output columns in order, stars expanded. */
  columns(requests: readonly AnalysisRequest[]): Promise<ReadonlyMap<string, readonly Column[] | null>>;
  /** Columns that none of the query's tables has; null also when one of its tables is not in the request's schema. */
  unknownColumns(
    requests: readonly AnalysisRequest[],
  ): Promise<ReadonlyMap<string, readonly UnknownColumn[] | null>>;
  /** For every output column, the columns of tables it is computed from. */
  lineage(
    requests: readonly AnalysisRequest[],
  ): Promise<ReadonlyMap<string, readonly OutputLineage[] | null>>;
  /** Every question that has been answered with null so far. */
  readonly warnings: readonly AnalysisWarning[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens nothing yet: the thread starts with the first question and ends with the analyser. */
export function openAnalyser(options: AnalyserOptions = {}): Analyser {
  const thread = new WorkerThread({ timeout: options.timeout ?? 10_000, file: options.worker });
  const warnings: AnalysisWarning[] = [];
  let queue: Promise<unknown> = Promise.resolve();

  async function ask<Q extends Question>(
    question: Q,
    requests: readonly AnalysisRequest[],
  ): Promise<Map<string, Answers[Q]>> {
    const found = new Map<string, Answers[Q]>();
    for (const request of requests) {
      const { value, why } = (await thread.ask({ kind: "ask", question, request })) as Answer<Q>;
      found.set(request.id, value);
      if (value === null) {
        warnings.push({
          id: request.id,
          question,
          text: `${request.id} could not be analysed: ${why ?? "no reason given"}.`,
        });
      }
    }
    return found;
  }
  /** The thread takes one question at a time. */
  function inTurn<Q extends Question>(
    question: Q,
    requests: readonly AnalysisRequest[],
  ): Promise<Map<string, Answers[Q]>> {
    const turn = queue.then(() => ask(question, requests));
    queue = turn.catch(() => undefined);
    return turn;
  }

  return {
    columns: (requests) => inTurn("columns", requests),
    unknownColumns: (requests) => inTurn("unknownColumns", requests),
    lineage: (requests) => inTurn("lineage", requests),
    warnings,
    async [Symbol.asyncDispose]() {
      await queue;
      await thread.end();
    },
  };
}
