/** Unified differences of lines (Myers' greedy algorithm on small texts). */

interface Edit {
  readonly mark: " " | "-" | "+";
  readonly line: string;
}

const context = 3;
/** Beyond this many lines on both sides together, the text is shown as replaced: a diff of data files helps nobody. */
const longest = 4000;

/** Hunks with three lines of context and `@@ -a,b +c,d @@` heads; empty when the lines are equal. */
export function unifiedDiff(before: readonly string[], after: readonly string[]): string {
  const edits = compareLines(before, after);
  const changed = edits.flatMap((edit, i) => (edit.mark === " " ? [] : [i]));
  if (changed.length === 0) return "";
  const hunks: (readonly [number, number])[] = [];
  for (const at of changed) {
    const last = hunks.at(-1);
    const from = Math.max(0, at - context);
    const to = Math.min(edits.length, at + context + 1);
    if (last !== undefined && from <= last[1]) hunks[hunks.length - 1] = [last[0], to];
    else hunks.push([from, to]);
  }
  return hunks.map(([from, to]) => describeHunk(edits, from, to)).join("\n");
}

function describeHunk(edits: readonly Edit[], from: number, to: number): string {
  const count = (list: readonly Edit[], mark: "-" | "+") =>
    list.filter((edit) => edit.mark === " " || edit.mark === mark).length;
  const [ahead, hunk] = [edits.slice(0, from), edits.slice(from, to)];
  const range = (mark: "-" | "+") => {
    const length = count(hunk, mark);
    return `${mark}${count(ahead, mark) + (length > 0 ? 1 : 0)},${length}`;
  };
  return [`@@ ${range("-")} ${range("+")} @@`, ...hunk.map((edit) => edit.mark + edit.line)].join("\n");
}

function compareLines(before: readonly string[], after: readonly string[]): readonly Edit[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before.at(-1 - tail) === after.at(-1 - tail)
  )
    tail++;
  const keep = (line: string): Edit => ({ mark: " ", line });
  const middle = compareMiddle(
    before.slice(head, before.length - tail),
    after.slice(head, after.length - tail),
  );
  return [...before.slice(0, head).map(keep), ...middle, ...before.slice(before.length - tail).map(keep)];
}

/** Longest common subsequence by table. */
function compareMiddle(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const removed = before.map((line): Edit => ({ mark: "-", line }));
  const added = after.map((line): Edit => ({ mark: "+", line }));
  if (before.length === 0 || after.length === 0 || before.length + after.length > longest)
    return [...removed, ...added];
  const width = after.length + 1;
  const common = new Uint16Array((before.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, now] = [before[i], after[j]];
    if (old !== undefined && old === now) {
      edits.push({ mark: " ", line: old });
      i++;
      j++;
    } else if (old !== undefined && (now === undefined || at(i + 1, j) >= at(i, j + 1))) {
      edits.push({ mark: "-", line: old });
      i++;
    } else if (now !== undefined) {
      edits.push({ mark: "+", line: now });
      j++;
    }
  }
  return edits;
}
