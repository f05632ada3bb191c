/** What the walk over a statement's tables passes around and collects. */
import type { PairedTokens } from "./token-tree.ts";

export interface TableReference {
  /** As written, out of quotes: `["shop", "orders"]`. A file scan (`FROM 'a.csv'`) has one part and `file: true`. */
  readonly parts: readonly string[];
  /** UTF-16 offsets of the name. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  /** The alias as written, out of quotes. */
  readonly alias: string | null;
  /** Where ` AS name` goes when there is no alias; null where a statement takes none (INSERT, CREATE INDEX, `TABLE t`). */
  readonly aliasAt: number | null;
  readonly role: "source" | "target";
  readonly file: boolean;
  /** A comment `sqlglot.meta replace=false` stands next to the name. */
  readonly keep: boolean;
}

/** What a FROM clause makes visible under a normalised name; `reference` null for CTEs and derived tables. */
export interface Exposed {
  readonly name: string;
  readonly reference: TableReference | null;
}

export interface Scope {
  readonly parent: Scope | null;
  readonly exposed: Exposed[];
}

/** A dotted name outside table positions: `shop.orders.id`. `ends[i]` is the offset after part i. */
export interface DottedName {
  readonly scope: Scope;
  readonly parts: readonly string[];
  readonly start: number;
  readonly ends: readonly number[];
  readonly line: number;
}

export interface TableScan {
  readonly references: readonly TableReference[];
  /** Every scope that shows at least one table. */
  readonly scopes: readonly Scope[];
  readonly dotted: readonly DottedName[];
}

/**
 * - `start`: a query may begin here; `select`: in a SELECT list, until FROM; `from`: in a list of tables;
 * - `tail`: after the tables; `set`: UPDATE … SET, where FROM may follow; `expression`: no query word counts.
 */
export type ScanState = "start" | "select" | "from" | "tail" | "set" | "expression";

export interface Frame {
  readonly state: ScanState;
  /** Normalised names of the CTEs visible here. */
  readonly environment: ReadonlySet<string>;
  readonly scope: Scope;
}

/** The walk itself: tokens, what was found, and the two readers that call each other through it. */
export interface Walk extends PairedTokens {
  readonly references: TableReference[];
  readonly scopes: Scope[];
  readonly dotted: DottedName[];
  readonly region: (from: number, to: number, frame: Frame) => void;
  readonly statement: (from: number, to: number, frame: Frame) => void;
}

export function newScope(parent: Scope | null): Scope {
  return { parent, exposed: [] };
}
