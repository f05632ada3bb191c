/** Two SELECT lists: which projections were added, and whether adding them there is harmless. */

import {
  type Addition,
  article,
  type DifferenceReason,
  type DifferenceReasonCode,
  type Findings,
  type QueryContext,
} from "./difference-findings.ts";
import { aggregateFunctions, tableFunctions } from "./function-names.ts";
import { type Branch, type Node, nameOfItem, textOfNode, tokenCount } from "./query-tree.ts";

export interface ListContext extends QueryContext {
  readonly before: Branch;
  readonly after: Branch;
  readonly compare: (before: readonly Node[], after: readonly Node[]) => Findings;
}

type Items = readonly (readonly Node[])[];

/** Old projections must all be there, in order and unchanged; what stands between them is an addition. */
export function compareItems(context: ListContext): Findings {
  const [old, now] = [context.before.items, context.after.items];
  const inner: Addition[] = [];
  const added: number[] = [];
  let k = 0;
  for (const [i, item] of now.entries()) {
    const found = k < old.length ? context.compare(old[k] as readonly Node[], item) : null;
    if (found?.same && found.reasons.length === 0) {
      inner.push(...found.additions.map((addition) => ({ ...addition, own: false })));
      k++;
    } else added.push(i);
  }
  if (k < old.length) return { same: true, reasons: reasonsOfChange(old, now, context), additions: [] };
  const additions = added.map((position) => additionAt(position, context));
  const reasons = additions.flatMap((addition) => reasonsAgainst(addition, context));
  return { same: true, reasons, additions: [...inner, ...additions] };
}

function additionAt(position: number, context: ListContext): Addition {
  const items = context.after.items;
  const item = items[position] as readonly Node[];
  const name = nameOfItem(item);
  return {
    position,
    atEnd: position >= context.before.items.length,
    tokens: tokenCount(item),
    outermost: context.outermost,
    own: true,
    label: `${name === null ? "a projection" : `the projection \`${name}\``}${context.place}`,
  };
}

/** Removed, changed and reordered columns, by name where they have one. */
function reasonsOfChange(old: Items, now: Items, context: ListContext): DifferenceReason[] {
  const place = context.place;
  const before = named(old);
  const after = named(now);
  const reasons: DifferenceReason[] = [];
  for (const [name, item] of before) {
    const is = after.get(name);
    if (!is) reasons.push({ code: "column-removed", text: `column \`${name}\` was removed${place}` });
    else {
      const found = context.compare(item, is);
      reasons.push(...found.reasons);
      if (!found.same) reasons.push({ code: "column-changed", text: `column \`${name}\` changed${place}` });
    }
  }
  if (reasons.length > 0) return reasons;
  const kept = [...after.keys()].filter((name) => before.has(name));
  if (kept.join() !== [...before.keys()].join()) {
    return [{ code: "columns-reordered", text: `columns were reordered${place}` }];
  }
  return [{ code: "column-changed", text: `a projection without a name changed or was removed${place}` }];
}

function named(items: Items): Map<string, readonly Node[]> {
  const names = new Map<string, readonly Node[]>();
  for (const item of items) {
    const name = nameOfItem(item);
    if (name !== null) names.set(name, item);
  }
  return names;
}

function reasonsAgainst(addition: Addition, context: ListContext): DifferenceReason[] {
  const { before, after } = context;
  const item = after.items[addition.position] as readonly Node[];
  const reasons: DifferenceReason[] = [];
  const add = (code: DifferenceReasonCode, text: string): void => void reasons.push({ code, text });
  const modifiers = (after.modifiers ?? []).map(textOfNode);
  if (modifiers.some((text) => /^DISTINCT/.test(text)) && !modifiers.includes("ON")) {
    add(
      "projection-under-distinct",
      `${addition.label} was added under SELECT DISTINCT, which may keep more rows`,
    );
  }
  if (context.wholeRows !== null) {
    add(
      "projection-under-set-operation",
      `${addition.label} was added to a query of ${article(context.wholeRows)}, which compares whole rows`,
    );
  }
  const call = calls(item).find((name) => tableFunctions.has(name));
  if (call !== undefined)
    add("table-function", `${addition.label} calls ${call.toUpperCase()}, which makes rows`);
  const shifted = context.ordinals.find((ordinal) => ordinal.number > addition.position);
  if (shifted && !addition.atEnd)
    add("ordinal-shifted", `${shifted.clause} now means another column${context.place}`);
  if (context.positional && !addition.atEnd) {
    add("position-shifted", `${addition.label} was added before columns that are named by position`);
  }
  if (isUngrouped(before) && aggregates(item) && !before.items.some(aggregates)) {
    add(
      "first-aggregate",
      `${addition.label} is the first aggregate of a SELECT without GROUP BY, which now returns one row`,
    );
  }
  if (groupsByAll(after) && !aggregates(item))
    add("projection-regroups", `${addition.label} joins the keys of GROUP BY ALL`);
  const capturing = capturedBy(item, after);
  if (capturing !== null)
    add(
      "alias-captured",
      `the new alias \`${nameOfItem(item)}\` is a name that ${capturing} uses${context.place}`,
    );
  return reasons;
}

function isUngrouped(branch: Branch): boolean {
  return !branch.clauses.some(
    (clause) => clause.word === "GROUP BY" || (clause.word === "HAVING" && aggregates(clause.nodes)),
  );
}

function groupsByAll(branch: Branch): boolean {
  return branch.clauses.some(
    (clause) => clause.word === "GROUP BY" && clause.nodes.length === 1 && clause.nodes[0] === "ALL",
  );
}

/** Names of functions called at the item's own level: not inside a query of its own. */
function calls(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node, i) => {
    if (typeof node === "string") {
      const next = nodes[i + 1];
      return typeof next === "object" && next.open === "(" ? [node.toLowerCase()] : [];
    }
    return node.query ? [] : calls(node.nodes);
  });
}

/** Whether an aggregate, not a window function, is called at the item's own level. */
function aggregates(nodes: readonly Node[]): boolean {
  return nodes.some((node, i) => {
    if (typeof node !== "string") return !node.query && aggregates(node.nodes);
    const next = nodes[i + 1];
    if (typeof next !== "object" || next.open !== "(" || !aggregateFunctions.has(node.toLowerCase()))
      return false;
    const after = nodes
      .slice(i + 2, i + 7)
      .find((following) => typeof following === "string" && following !== "FILTER");
    return after !== "OVER" && after !== "WITHIN" && after !== "IGNORE" && after !== "RESPECT";
  });
}

/** The clause in which an alias that names something new is already a bare name. */
function capturedBy(item: readonly Node[], branch: Branch): string | null {
  const name = nameOfItem(item);
  if (name === null || item.length < 2 || item.at(-2) === ".") return null;
  for (const { word, nodes } of branch.clauses) {
    if (/^(GROUP BY|HAVING|ORDER BY|QUALIFY|WHERE)$/.test(word) && usesBare(nodes, name)) return word;
  }
  return null;
}

function usesBare(nodes: readonly Node[], name: string): boolean {
  return nodes.some((node, i) => {
    if (typeof node !== "string") return !node.query && usesBare(node.nodes, name);
    const next = nodes[i + 1];
    const isCall = typeof next === "object" && next.open === "(";
    return node === name && nodes[i - 1] !== "." && next !== "." && !isCall;
  });
}
