/** What an analyser is asked and what it answers: plain data that crosses a thread. */
import type { Dialect } from "../dialect.ts";
import type { Column } from "../name-parts.ts";

/** One query to look at. `id` is the caller's key, usually the model's name. */
export interface AnalysisRequest {
  readonly id: string;
  /** One SELECT or set operation, macros already expanded. Never changed, only read. */
  readonly sql: string;
  readonly dialect: Dialect;
  /** Known tables by dotted name as the query writes it, `shop.orders`. A column's type may be null. */
  readonly schema: Readonly<Record<string, readonly Column[]>>;
}

/** A column that is not there. `line` counts from 1 within the request's text. */
export interface UnknownColumn {
  readonly column: string;
  /** The table it was looked for in; null when the query names no single one. */
  readonly table: string | null;
  readonly line: number;
  readonly sentence: string;
}

/** A column of a table that an output column is computed from. */
export interface ColumnSource {
  readonly table: string;
  readonly column: string;
}

export interface OutputLineage {
  readonly column: string;
  readonly sources: readonly ColumnSource[];
}

/** Answers by kind of question; null = cannot tell, with `why`. */
export interface Answers {
  readonly columns: readonly Column[] | null;
  readonly unknownColumns: readonly UnknownColumn[] | null;
  readonly lineage: readonly OutputLineage[] | null;
}

export type Question = keyof Answers;

export interface Answer<Q extends Question = Question> {
  readonly value: Answers[Q];
  /** Why `value` is null: one clause without a full stop. */
  readonly why?: string;
}

/** Main thread → worker. */
export interface AskMessage {
  readonly kind: "ask";
  readonly question: Question;
  readonly request: AnalysisRequest;
}

/** Worker → main thread. */
export type WorkerMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "answer"; readonly answer: Answer };
