/** Whether a table has the columns its model gives. Types nobody declared are the builder's choice, within limits. */
import type { Column } from "../sql/name-parts.ts";

export interface ColumnVerdict {
  /** Sentences that say why not. */
  readonly reasons: readonly string[];
  /** Types that are others than Sluice would give, and hold the same values. */
  readonly notes: readonly string[];
}

/** `declared`: the author wrote the types, so the table has to have exactly these. */
export function compareTableColumns(
  wanted: readonly Column[],
  present: readonly Column[],
  declared: boolean,
): ColumnVerdict {
  const names = (columns: readonly Column[]): string =>
    columns.map(({ name }) => name.toLowerCase()).join(", ");
  if (names(wanted) !== names(present)) {
    return {
      reasons: [`its table has the columns ${names(present)}, the model gives ${names(wanted)}`],
      notes: [],
    };
  }
  const reasons: string[] = [];
  const notes: string[] = [];
  for (const [at, { name, type }] of wanted.entries()) {
    const there = present[at]?.type ?? null;
    if (type === null || there === null || plain(type) === plain(there)) continue;
    const text = `column ${name} is ${there} in the table, ${declared ? "declared" : "Sluice would make it"} ${type}`;
    if (!declared && holds(there, type)) notes.push(text);
    else reasons.push(text);
  }
  return { reasons, notes };
}

function plain(type: string): string {
  return type.toLowerCase().replace(/\s+/g, "");
}

/** Values of the one type go into the other unchanged, or are refused by the engine: never cut or rounded. */
function holds(table: string, given: string): boolean {
  const [to, from] = [familyOfType(table), familyOfType(given)];
  if (to === null || from === null || to.family !== from.family) return false;
  return to.scale >= from.scale;
}

interface TypeFamily {
  readonly family: "whole" | "exact" | "text" | "float";
  /** Digits after the point, or bytes of a floating number; 0 where it means nothing. */
  readonly scale: number;
}

function familyOfType(type: string): TypeFamily | null {
  const word = type.toLowerCase();
  if (/^u?(tiny|small|medium|big|huge)?int(eger)?\b/.test(word)) return { family: "whole", scale: 0 };
  const exact = /^(?:decimal|numeric)\s*(?:\(\s*\d+\s*(?:,\s*(\d+)\s*)?\))?$/.exec(word);
  if (exact) return { family: "exact", scale: Number(exact[1] ?? 0) };
  if (/^(?:varchar|(?:tiny|medium|long)?text)\b/.test(word)) return { family: "text", scale: 0 };
  if (/^(?:double|float8)\b/.test(word)) return { family: "float", scale: 8 };
  if (/^(?:float|real)\b/.test(word)) return { family: "float", scale: 4 };
  return null;
}
