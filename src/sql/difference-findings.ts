/** What comparing two pieces of a query finds: reasons, additions, or just "not the same". */

export type DifferenceReasonCode =
  | "query-changed"
  | "cte-added"
  | "cte-removed"
  | "cte-changed"
  | "set-operation-changed"
  | "clause-added"
  | "clause-removed"
  | "clause-changed"
  | "modifier-added"
  | "modifier-removed"
  | "column-removed"
  | "column-changed"
  | "columns-reordered"
  | "projection-under-distinct"
  | "projection-under-set-operation"
  | "projection-regroups"
  | "first-aggregate"
  | "ordinal-shifted"
  | "position-shifted"
  | "table-function"
  | "alias-captured"
  | "projection-through-star";

export interface DifferenceReason {
  readonly code: DifferenceReasonCode;
  /** A clause without capital and full stop: "a WHERE was added". */
  readonly text: string;
}

/** What comparing two pieces found; `same` is false where they differ in a way no reason names yet. */
export interface Findings {
  readonly same: boolean;
  readonly reasons: readonly DifferenceReason[];
  readonly additions: readonly Addition[];
}

/** A projection that only the new query has. */
export interface Addition {
  /** Index in the new list. */
  readonly position: number;
  readonly atEnd: boolean;
  /** Tokens of the projection. */
  readonly tokens: number;
  /** In the outermost query, not in a CTE or a subquery. */
  readonly outermost: boolean;
  /** Of this very list: false once it is passed on from a query inside. */
  readonly own: boolean;
  /** `the projection \`x\` in the CTE \`recent\``. */
  readonly label: string;
}

/** Where a query stands, and what its surroundings make of its columns. */
export interface QueryContext {
  /** `""`, ` in the CTE \`x\``, ` in a subquery of WHERE`. */
  readonly place: string;
  readonly outermost: boolean;
  /** A set operation around compares whole rows. */
  readonly wholeRows: string | null;
  /** The highest column number that a GROUP BY or ORDER BY around names. */
  readonly ordinals: readonly Ordinal[];
  /** Names are given to the columns by position: `AS d (x, y)`, `WITH x (a, b)`. */
  readonly positional: boolean;
}

export interface Ordinal {
  readonly clause: string;
  readonly number: number;
}

export const nothing: Findings = { same: true, reasons: [], additions: [] };

export function reason(code: DifferenceReasonCode, text: string): Findings {
  return { same: true, reasons: [{ code, text }], additions: [] };
}

export function merge(parts: readonly Findings[]): Findings {
  return {
    same: parts.every((part) => part.same),
    reasons: parts.flatMap((part) => part.reasons),
    additions: parts.flatMap((part) => part.additions),
  };
}

/** `a JOIN`, `an ORDER BY`. */
export function article(words: string): string {
  return `${/^[AEIO]/.test(words) ? "an" : "a"} ${words}`;
}
