/**
 * Puts an expanded text together. Everything a macro did not touch is copied byte for byte; a macro that gives nothing takes
 * its comma along, one that gives several values needs a place for a list (spec project-format 5.2).
 */
import type { Token } from "../lexer.ts";

export type Piece =
  /** Stays as written. */
  | { readonly kind: "kept"; readonly token: Token; readonly start: number; readonly end: number }
  /** One operand or keyword in place of what was written. */
  | { readonly kind: "text"; readonly start: number; readonly end: number; readonly text: string }
  /** The result of a macro. */
  | {
      readonly kind: "result";
      readonly start: number;
      readonly end: number;
      readonly items: readonly string[];
      /** Operators outside of brackets: needs parentheses beside another operator. */
      readonly compound: boolean;
      readonly token: Token;
    }
  /** A clause switched off. */
  | { readonly kind: "gone"; readonly start: number; readonly end: number };

/** Why a macro's result does not fit its place. */
export type Misfit = "operand-removed" | "projections-removed" | "list-as-operand";

const listOpeners = new Set([
  "(",
  "[",
  "{",
  ",",
  "SELECT",
  "DISTINCT",
  "ALL",
  "BY",
  "VALUES",
  "FROM",
  "SET",
  "RETURNING",
]);
const listClosers = new Set(
  (
    ") ] } , ; FROM WHERE GROUP HAVING QUALIFY WINDOW ORDER LIMIT OFFSET FETCH UNION INTERSECT EXCEPT INTO FOR JOIN LEFT RIGHT " +
    "FULL INNER CROSS NATURAL WITH ON USING"
  ).split(" "),
);
const operators = new Set(
  "+ - * / % // ^ ** || && = <> != < > <= >= <=> == :: AND OR NOT XOR IS IN LIKE ILIKE BETWEEN DIV MOD REGEXP RLIKE SIMILAR".split(
    " ",
  ),
);

/**
 * The text of `source` from `from` to `to` with the pieces in place. `misfit` is told about the first result that does not
 * fit and must throw.
 */
export function assemble(
  source: string,
  from: number,
  to: number,
  pieces: readonly Piece[],
  misfit: (why: Misfit, token: Token) => never,
): string {
  const texts: (string | null)[] = pieces.map((piece) => (piece.kind === "text" ? piece.text : null));
  const removed = new Set<number>();
  pieces.forEach((piece, i) => {
    if (piece.kind === "gone") removed.add(i);
  });
  const seen = (i: number): boolean => !removed.has(i) && !isRemark(pieces[i] as Piece);
  const before = (i: number): number => {
    for (let j = i - 1; j >= 0; j--) if (seen(j)) return j;
    return -1;
  };
  const after = (i: number): number => {
    for (let j = i + 1; j < pieces.length; j++) if (seen(j)) return j;
    return -1;
  };
  pieces.forEach((piece, i) => {
    if (piece.kind !== "result") return;
    const previous = before(i);
    const next = after(i);
    const left = previous < 0 ? "(" : wordOf(pieces[previous] as Piece);
    const right = next < 0 ? ")" : wordOf(pieces[next] as Piece);
    const inList = listOpeners.has(left) && listClosers.has(right);
    if (piece.items.length === 0) {
      if (!inList) misfit("operand-removed", piece.token);
      if (right === ",") removed.add(next);
      else if (left === ",") removed.add(previous);
      else if (left !== "(" && left !== "[")
        misfit(left === "SELECT" ? "projections-removed" : "operand-removed", piece.token);
      else if (!isCall(pieces, before, previous)) misfit("operand-removed", piece.token);
      removed.add(i);
    } else if (piece.items.length > 1) {
      if (!inList) misfit("list-as-operand", piece.token);
      texts[i] = piece.items.join(", ");
    } else {
      const only = piece.items[0] as string;
      texts[i] = piece.compound && (operators.has(left) || operators.has(right)) ? `(${only})` : only;
    }
  });
  let text = "";
  let at = from;
  pieces.forEach((piece, i) => {
    text += source.slice(at, piece.start);
    if (!removed.has(i)) text += texts[i] ?? source.slice(piece.start, piece.end);
    at = piece.end;
  });
  return text + source.slice(at, to);
}

/** Comments and hints do not count as neighbours. */
function isRemark(piece: Piece): boolean {
  return piece.kind === "kept" && (piece.token.kind === "comment" || piece.token.kind === "hint");
}

function wordOf(piece: Piece): string {
  if (piece.kind === "kept") return piece.token.kind === "string" ? "'" : piece.token.text.toUpperCase();
  return piece.kind === "text" ? piece.text.toUpperCase() : "";
}

/** The bracket at `open` holds the arguments of a function, so it may become empty. */
function isCall(pieces: readonly Piece[], before: (i: number) => number, open: number): boolean {
  const name = open < 0 ? -1 : before(open);
  const piece = name < 0 ? undefined : pieces[name];
  return (
    piece?.kind === "kept" &&
    piece.token.kind === "word" &&
    !operators.has(wordOf(piece)) &&
    !listOpeners.has(wordOf(piece))
  );
}
