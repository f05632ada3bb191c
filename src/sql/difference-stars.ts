/** A column added to a CTE or a derived table goes on through `*`: to a DISTINCT, a set operation, a NATURAL JOIN. */

import type { Addition, DifferenceReason } from "./difference-findings.ts";
import { type Branch, type Node, type Query, textOfNode } from "./query-tree.ts";

/** Reasons against additions inside a query, because some star of the query may pass them on. */
export function additionsThroughStars(query: Query, additions: readonly Addition[]): DifferenceReason[] {
  const nested = additions.filter((addition) => !addition.outermost);
  if (nested.length === 0) return [];
  const hazard = hazardOf(
    query,
    nested.some((addition) => !addition.atEnd),
  );
  if (hazard === null) return [];
  return nested.map(({ label }) => ({
    code: "projection-through-star",
    text: `${label} was added and may reach ${hazard}`,
  }));
}

function hazardOf(query: Query, shifts: boolean): string | null {
  const stars = query.branches.some((branch) => branch.items.some(isStar));
  const wholeRows = query.operators.find((operator) => !/^UNION ALL/.test(operator));
  if (stars && wholeRows) return `a ${wholeRows} of SELECT *`;
  if (stars && shifts && query.operators.some((operator) => !/BY NAME$/.test(operator)))
    return "a UNION ALL of SELECT *";
  for (const branch of query.branches) {
    const hazard = hazardOfBranch(branch) ?? hazardInside(allNodes(branch), shifts);
    if (hazard !== null) return hazard;
  }
  return hazardInside(
    query.ctes.map((cte) => cte.body),
    shifts,
  );
}

function hazardOfBranch(branch: Branch): string | null {
  const modifiers = (branch.modifiers ?? []).map(textOfNode);
  const distinct = modifiers.some((text) => /^DISTINCT/.test(text)) && !modifiers.includes("ON");
  if (distinct && branch.items.some(isStar)) return "a SELECT DISTINCT *";
  const from = branch.clauses.find((clause) => clause.word === "FROM");
  return from?.nodes.includes("NATURAL") ? "a NATURAL JOIN, which would join by it" : null;
}

function allNodes(branch: Branch): readonly Node[] {
  return [...branch.items.flat(), ...branch.clauses.flatMap((clause) => clause.nodes)];
}

function hazardInside(nodes: readonly Node[], shifts: boolean): string | null {
  for (const node of nodes) {
    if (typeof node === "string") continue;
    const hazard = node.query ? hazardOf(node.query, shifts) : hazardInside(node.nodes, shifts);
    if (hazard !== null) return hazard;
  }
  return null;
}

function isStar(item: readonly Node[]): boolean {
  return item.some((node, i) => node === "*" && (i === 0 || item[i - 1] === ".")) || item[0] === "columns";
}
