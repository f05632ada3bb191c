/**
 * Canonical tokens → a tree of queries, clauses and brackets, just deep enough to compare two versions of a query
 * (spec sql-text 5). No grammar: a list that is cut too early only makes the comparison more cautious.
 */
import { beginsQuery } from "./keywords.ts";
import { reservedWords } from "./reserved-words.ts";

export type Node = string | Bracket;

export interface Bracket {
  readonly open: string;
  readonly nodes: readonly Node[];
  /** The inside read as a query, when it begins like one. */
  readonly query: Query | null;
}

export interface Query {
  readonly recursive: boolean;
  readonly ctes: readonly Cte[];
  /** One, or several joined by `operators`. */
  readonly branches: readonly Branch[];
  /** `UNION ALL`, `UNION`, `EXCEPT`, …: one fewer than branches. */
  readonly operators: readonly string[];
}

export interface Cte {
  /** Everything before the body: `x`, `x (a, b) AS MATERIALIZED`. */
  readonly head: readonly Node[];
  readonly name: string;
  readonly body: Bracket;
}

export interface Branch {
  /** Words between SELECT and the first projection; null for what is no SELECT (`(…)`, VALUES, `FROM t`, TABLE). */
  readonly modifiers: readonly Node[] | null;
  readonly items: readonly (readonly Node[])[];
  readonly clauses: readonly Clause[];
}

export interface Clause {
  /** `FROM`, `WHERE`, `GROUP BY`, …; `""` for the beginning of a branch that is no SELECT. */
  readonly word: string;
  readonly nodes: readonly Node[];
}

const closers: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** The tree of one statement; null when it does not begin like a query. */
export function queryTree(tokens: readonly string[]): Query | null {
  const nodes = nest(tokens, 0).nodes;
  return readQuery(nodes);
}

function nest(tokens: readonly string[], from: number, close?: string): { nodes: Node[]; end: number } {
  const nodes: Node[] = [];
  let i = from;
  while (i < tokens.length) {
    const token = tokens[i] as string;
    if (token === close) return { nodes, end: i };
    const closer = closers[token];
    if (closer === undefined) nodes.push(token);
    else {
      const inner = nest(tokens, i + 1, closer);
      nodes.push({ open: token, nodes: inner.nodes, query: token === "(" ? readQuery(inner.nodes) : null });
      i = inner.end;
    }
    i++;
  }
  return { nodes, end: i };
}

function readQuery(nodes: readonly Node[]): Query | null {
  const first = nodes[0];
  const opens = typeof first === "string" ? beginsQuery.has(first) : first?.query != null;
  if (!opens) return null;
  // A bracketed query followed by anything but a set operator or an ending is an expression: `((SELECT 1) + 1)`.
  if (typeof first !== "string" && nodes.length > 1 && !isOperator(nodes, 1) && clauseAt(nodes, 1) === null)
    return null;
  const { ctes, recursive, end } = readCtes(nodes);
  const branches: Branch[] = [];
  const operators: string[] = [];
  let begin = end;
  for (let i = begin; i <= nodes.length; i++) {
    if (i < nodes.length && !isOperator(nodes, i)) continue;
    branches.push(readBranch(nodes.slice(begin, i)));
    if (i === nodes.length) break;
    let after = i + 1;
    while (/^(ALL|DISTINCT|BY|name)$/i.test(textOf(nodes[after]))) after++;
    operators.push(nodes.slice(i, after).join(" ").toUpperCase());
    begin = after;
    i = after - 1;
  }
  return { recursive, ctes, branches, operators };
}

function readCtes(nodes: readonly Node[]): { ctes: Cte[]; recursive: boolean; end: number } {
  const ctes: Cte[] = [];
  if (nodes[0] !== "WITH") return { ctes, recursive: false, end: 0 };
  const recursive = nodes[1] === "RECURSIVE";
  let begin = recursive ? 2 : 1;
  for (let i = begin; i < nodes.length; i++) {
    const node = nodes[i] as Node;
    const before = textOf(nodes[i - 1]);
    if (typeof node === "string" || !/^(AS|MATERIALIZED)$/i.test(before)) continue;
    ctes.push({ head: nodes.slice(begin, i), name: textOf(nodes[begin]), body: node });
    begin = i + 1;
    if (nodes[begin] !== ",") break;
    begin++;
  }
  return { ctes, recursive, end: begin };
}

function readBranch(nodes: readonly Node[]): Branch {
  const clauses: Clause[] = [];
  let items: readonly (readonly Node[])[] = [];
  let modifiers: readonly Node[] | null = null;
  let word = "";
  let begin = 0;
  const close = (end: number): void => {
    const piece = nodes.slice(begin, end);
    if (word === "SELECT") {
      const after = modifierEnd(piece);
      modifiers = piece.slice(0, after);
      items = splitItems(piece.slice(after));
    } else if (word !== "" || piece.length > 0) clauses.push({ word, nodes: withoutTrailingComma(piece) });
  };
  for (let i = 0; i < nodes.length; i++) {
    const next = nodes[i] === "SELECT" ? { word: "SELECT", length: 1 } : clauseAt(nodes, i);
    if (!next) continue;
    close(i);
    word = next.word;
    begin = i + next.length;
    i = begin - 1;
  }
  close(nodes.length);
  return { modifiers, items, clauses };
}

const clauseWords: ReadonlySet<string> = new Set(
  "FROM WHERE HAVING WINDOW QUALIFY LIMIT OFFSET FETCH INTO FOR LOCK VALUES".split(" "),
);

function clauseAt(nodes: readonly Node[], i: number): { word: string; length: number } | null {
  const node = nodes[i];
  const before = textOf(nodes[i - 1]);
  if (typeof node !== "string" || before === "." || before === "AS") return null;
  if (node === "GROUP" || node === "ORDER") {
    return nodes[i + 1] === "BY" ? { word: `${node} BY`, length: 2 } : null;
  }
  if (node === "FROM" && before === "DISTINCT" && /^(IS|NOT)$/.test(textOf(nodes[i - 2]))) return null;
  return clauseWords.has(node) ? { word: node, length: 1 } : null;
}

/** UNION, INTERSECT, EXCEPT, MINUS between queries; `* EXCEPT (a)` takes columns out of a star. */
function isOperator(nodes: readonly Node[], i: number): boolean {
  const node = nodes[i];
  if (node === "UNION" || node === "INTERSECT") return i > 0;
  if (node !== "EXCEPT" && node !== "MINUS") return false;
  const next = nodes[i + 1];
  if (next === undefined || i === 0) return false;
  return typeof next === "string"
    ? beginsQuery.has(next) || next === "ALL" || next === "DISTINCT"
    : next.query !== null;
}

function modifierEnd(nodes: readonly Node[]): number {
  let i = 0;
  for (; i < nodes.length; i++) {
    const node = nodes[i] as Node;
    if (typeof node !== "string") {
      if (nodes[i - 1] !== "ON") break;
    } else if (node.startsWith("/*")) continue;
    else if (node === "ON") continue;
    else if (!/^(ALL|DISTINCT|DISTINCTROW|STRAIGHT_JOIN|HIGH_PRIORITY|SQL_[A-Z_]+)$/.test(node)) break;
  }
  return i;
}

function splitItems(nodes: readonly Node[]): Node[][] {
  const items: Node[][] = [];
  let item: Node[] = [];
  for (const node of nodes) {
    if (node === ",") {
      items.push(item);
      item = [];
    } else item.push(node);
  }
  if (item.length > 0) items.push(item);
  return items;
}

function withoutTrailingComma(nodes: readonly Node[]): readonly Node[] {
  return nodes.at(-1) === "," ? nodes.slice(0, -1) : nodes;
}

function textOf(node: Node | undefined): string {
  return typeof node === "string" ? node : "";
}

/** A node in words: `ON`, or `(…)` for a bracket. */
export function textOfNode(node: Node): string {
  return typeof node === "string" ? node : "(…)";
}

/** Number of canonical tokens in nodes, brackets included. */
export function tokenCount(nodes: readonly Node[]): number {
  return nodes.reduce((sum, node) => sum + (typeof node === "string" ? 1 : 2 + tokenCount(node.nodes)), 0);
}

/** Name of a projection: its alias, or the last part of a column; null for anything else. */
export function nameOfItem(item: readonly Node[]): string | null {
  const last = item.at(-1);
  if (typeof last !== "string" || !/^[\p{L}_"]/u.test(last) || reservedWords.has(last)) return null;
  const before = item.at(-2);
  if (before === undefined || before === "." || before === "AS") return unquoted(last);
  const endsExpression = typeof before !== "string" || /^[\p{L}\p{N}_"']/u.test(before);
  const isType = item.includes("::") && item.lastIndexOf("::") === item.length - 2;
  return endsExpression &&
    !isType &&
    (typeof before !== "string" || !reservedWords.has(before) || before === "END")
    ? unquoted(last)
    : null;
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
