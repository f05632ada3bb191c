/** Two query trees in lockstep: what differs outside SELECT lists is a reason, what was added to a list is an addition. */
import {
  article,
  type DifferenceReason,
  type Findings,
  merge,
  nothing,
  type Ordinal,
  type QueryContext,
  reason,
} from "./difference-findings.ts";
import { compareItems, type ListContext } from "./difference-items.ts";
import { additionsThroughStars } from "./difference-stars.ts";
import { type Bracket, type Branch, type Cte, type Node, type Query, textOfNode } from "./query-tree.ts";

/** Reasons for breaking, and the number of tokens that additions account for, commas included. */
export function compareTrees(
  before: Query,
  after: Query,
): { reasons: DifferenceReason[]; addedTokens: number } {
  const context = { place: "", outermost: true, wholeRows: null, ordinals: [], positional: false };
  const found = compareQuery(before, after, context);
  const throughStars = additionsThroughStars(after, found.additions);
  const seen = new Set<string>();
  const reasons = [...found.reasons, ...throughStars].filter(({ text }) => !seen.has(text) && seen.add(text));
  return { reasons, addedTokens: found.additions.reduce((sum, addition) => sum + addition.tokens + 1, 0) };
}

function compareQuery(before: Query, after: Query, context: QueryContext): Findings {
  const parts: Findings[] = [];
  if (before.recursive !== after.recursive)
    parts.push(
      reason("cte-changed", `RECURSIVE was ${after.recursive ? "added" : "removed"}${context.place}`),
    );
  parts.push(compareCtes(before.ctes, after.ctes, context));
  if (before.operators.join() !== after.operators.join()) {
    parts.push(compareOperators(before.operators, after.operators, context));
    return merge(parts);
  }
  const wholeRows = after.operators.find((operator) => !/^UNION ALL/.test(operator)) ?? context.wholeRows;
  const ordinals = after.branches.length > 1 ? ordinalsOf(after.branches.at(-1) as Branch, ["ORDER BY"]) : [];
  const inner = { ...context, wholeRows, ordinals: [...context.ordinals, ...ordinals] };
  const branches = after.branches.map((branch, i) =>
    compareBranch(before.branches[i] as Branch, branch, inner),
  );
  parts.push(...branches, comparePositions(branches, after, context));
  return merge(parts);
}

function compareCtes(before: readonly Cte[], after: readonly Cte[], context: QueryContext): Findings {
  const parts: Findings[] = [];
  const old = new Map(before.map((cte) => [cte.name, cte]));
  const now = new Map(after.map((cte) => [cte.name, cte]));
  for (const name of old.keys())
    if (!now.has(name)) parts.push(reason("cte-removed", `the CTE \`${name}\` was removed${context.place}`));
  for (const [name, cte] of now) {
    const was = old.get(name);
    if (!was) parts.push(reason("cte-added", `the CTE \`${name}\` was added${context.place}`));
    else {
      const place = ` in the CTE \`${name}\``;
      if (!compareLists(was.head, cte.head, place).same)
        parts.push(reason("cte-changed", `the head in the CTE \`${name}\` changed`));
      const positional = cte.head.some((node) => typeof node !== "string");
      parts.push(
        compareNested(was.body, cte.body, place, positional) ??
          reason("cte-changed", `the CTE \`${name}\` changed`),
      );
    }
  }
  if (parts.every((part) => part.reasons.length === 0) && [...old.keys()].join() !== [...now.keys()].join()) {
    parts.push(reason("cte-changed", `the CTEs were reordered${context.place}`));
  }
  return merge(parts);
}

function compareOperators(
  before: readonly string[],
  after: readonly string[],
  context: QueryContext,
): Findings {
  if (before.length === after.length) {
    const i = before.findIndex((operator, k) => operator !== after[k]);
    return reason("set-operation-changed", `${before[i]} became ${after[i]}${context.place}`);
  }
  const [more, verb] = after.length > before.length ? [after, "added"] : [before, "removed"];
  return reason("set-operation-changed", `${article(more.at(-1) as string)} was ${verb}${context.place}`);
}

/** Columns are united by position: additions in several branches must stand at the same one. */
function comparePositions(branches: readonly Findings[], after: Query, context: QueryContext): Findings {
  if (after.operators.length === 0 || after.operators.every((operator) => /BY NAME$/.test(operator)))
    return nothing;
  const positions = branches
    .map((branch) => branch.additions.filter((addition) => addition.own).map((addition) => addition.position))
    .filter((list) => list.length > 0);
  const first = positions[0]?.join();
  if (positions.every((list) => list.join() === first)) return nothing;
  return reason(
    "position-shifted",
    `projections were added at different positions of a ${after.operators[0]}${context.place}`,
  );
}

function compareBranch(before: Branch, after: Branch, context: QueryContext): Findings {
  const parts: Findings[] = [];
  if ((before.modifiers === null) !== (after.modifiers === null))
    return reason("query-changed", `the query changed${context.place}`);
  parts.push(compareModifiers(before, after, context));
  parts.push(...compareClauses(before, after, context));
  if (after.modifiers !== null) {
    const list: ListContext = {
      ...context,
      before,
      after,
      ordinals: [...context.ordinals, ...ordinalsOf(after, ["GROUP BY", "ORDER BY"])],
      compare: (a, b) => compareLists(a, b, context.place),
    };
    parts.push(compareItems(list));
  }
  return merge(parts);
}

function compareModifiers(before: Branch, after: Branch, context: QueryContext): Findings {
  const [old, now] = [before.modifiers ?? [], after.modifiers ?? []];
  if (compareLists(old, now, context.place).same) return nothing;
  const [was, is] = [old.map(textOfNode), now.map(textOfNode)];
  const added = is.filter((text) => !was.includes(text));
  const removed = was.filter((text) => !is.includes(text));
  if (removed.length === 0)
    return reason("modifier-added", `${added[0]} was added to SELECT${context.place}`);
  if (added.length === 0)
    return reason("modifier-removed", `${removed[0]} was removed from SELECT${context.place}`);
  return reason("clause-changed", `SELECT ${was.join(" ")} became SELECT ${is.join(" ")}${context.place}`);
}

function compareClauses(before: Branch, after: Branch, context: QueryContext): Findings[] {
  const parts: Findings[] = [];
  const old = clausesOf(before);
  const now = clausesOf(after);
  for (const word of old.keys())
    if (!now.has(word)) parts.push(reason("clause-removed", `${article(word)} was removed${context.place}`));
  for (const [word, nodes] of now) {
    const was = old.get(word);
    if (!was) {
      parts.push(reason("clause-added", `${article(word)} was added${context.place}`));
      continue;
    }
    // `(SELECT …) ORDER BY 1`: what surrounds the bracket holds for the query inside.
    const ordinals = [...context.ordinals, ...ordinalsOf(after, ["ORDER BY"])];
    const inner = word === "" ? { ...context, ordinals } : null;
    const found = compareLists(was, nodes, inner ? context.place : placeIn(word, context), inner);
    parts.push(
      found.same ? found : merge([found, reason("clause-changed", changed(word, was, nodes, context))]),
    );
  }
  return parts;
}

function placeIn(word: string, context: QueryContext): string {
  return word === "FROM"
    ? ` in a derived table${context.place}`
    : ` in a subquery of ${word}${context.place}`;
}

function changed(word: string, was: readonly Node[], nodes: readonly Node[], context: QueryContext): string {
  if (word === "") return `the query changed${context.place}`;
  if (word !== "FROM") return `the ${word} changed${context.place}`;
  const joins = (list: readonly Node[]): number =>
    list.filter((node) => node === "JOIN" || node === ",").length;
  const difference = joins(nodes) - joins(was);
  if (difference === 0) return `the FROM changed${context.place}`;
  return `a join was ${difference > 0 ? "added" : "removed"}${context.place}`;
}

function clausesOf(branch: Branch): Map<string, readonly Node[]> {
  const clauses = new Map<string, readonly Node[]>();
  for (const { word, nodes } of branch.clauses) clauses.set(word, [...(clauses.get(word) ?? []), ...nodes]);
  return clauses;
}

/** Node by node; queries in brackets are compared as queries. */
function compareLists(
  before: readonly Node[],
  after: readonly Node[],
  place: string,
  inner: QueryContext | null = null,
): Findings {
  if (before.length !== after.length) return { ...nothing, same: false };
  const parts: Findings[] = [];
  for (const [i, old] of before.entries()) {
    const now = after[i] as Node;
    if (typeof old === "string" || typeof now === "string") {
      if (old !== now) return { ...nothing, same: false };
      continue;
    }
    const positional = hasColumnNames(after, i);
    const nested = inner ? compareInner(old, now, inner) : compareNested(old, now, place, positional);
    if (!nested) return { ...nothing, same: false };
    if (!nested.same) return nested;
    parts.push(nested);
  }
  return merge(parts);
}

/** The bracket's query with the context of the query around it; null where there is none. */
function compareInner(before: Bracket, after: Bracket, context: QueryContext): Findings | null {
  if (!before.query || !after.query) return compareNested(before, after, context.place, false);
  return compareQuery(before.query, after.query, context);
}

function compareNested(before: Bracket, after: Bracket, place: string, positional: boolean): Findings | null {
  if (before.open !== after.open || (before.query === null) !== (after.query === null)) return null;
  if (!before.query || !after.query) return compareLists(before.nodes, after.nodes, place);
  return compareQuery(before.query, after.query, {
    place,
    outermost: false,
    wholeRows: null,
    ordinals: [],
    positional,
  });
}

/** `(SELECT …) AS d (x, y)`. */
function hasColumnNames(nodes: readonly Node[], i: number): boolean {
  const name = nodes[i + 1] === "AS" ? i + 2 : i + 1;
  return (
    typeof nodes[name] === "string" &&
    typeof nodes[name + 1] === "object" &&
    nodes[name] !== "," &&
    !/^[A-Z]+$/.test(nodes[name])
  );
}

function ordinalsOf(branch: Branch, words: readonly string[]): Ordinal[] {
  return branch.clauses
    .filter((clause) => words.includes(clause.word))
    .flatMap((clause) =>
      numbersIn(clause.nodes).map((number) => ({ clause: `${clause.word} ${number}`, number })),
    );
}

/** Whole numbers that are terms by themselves, in `ROLLUP (1, 2)` too. */
function numbersIn(nodes: readonly Node[]): number[] {
  return nodes.flatMap((node, i) => {
    if (typeof node !== "string") return node.query ? [] : numbersIn(node.nodes);
    const before = nodes[i - 1];
    const after = nodes[i + 1];
    const begins = before === undefined || before === ",";
    const ends =
      after === undefined || (typeof after === "string" && /^(,|ASC|DESC|NULLS|WITH|nulls)$/.test(after));
    return begins && ends && /^\d+$/.test(node) ? [Number(node)] : [];
  });
}
