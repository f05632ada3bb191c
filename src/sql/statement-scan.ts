/** Statements that name a target: what is written, and where the reading part begins. */
import { beginsQuery } from "./keywords.ts";
import { type Frame, newScope, type Walk } from "./scan-frame.ts";
import { readDotted, readTable } from "./table-reader.ts";
import { isOpen, textAt, walkArguments, wordAt } from "./walk-brackets.ts";

/** Words that may stand between a statement's first word and the names of its targets. */
const beforeTargets: Readonly<Record<string, RegExp>> = {
  DROP: /^(TEMPORARY|TABLE|VIEW|IF|EXISTS|MATERIALIZED)$/,
  ALTER: /^(TABLE|VIEW|IF|EXISTS|ONLINE|IGNORE|MATERIALIZED)$/,
  TRUNCATE: /^(TABLE)$/,
  ANALYZE: /^(TABLE|LOCAL|NO_WRITE_TO_BINLOG|FULL|SAMPLE)$/,
  OPTIMIZE: /^(TABLE|LOCAL|NO_WRITE_TO_BINLOG)$/,
  COPY: /^(INTO)$/,
  DESCRIBE: /^(TABLE)$/,
  DESC: /^(TABLE)$/,
  SUMMARIZE: /^(TABLE)$/,
};

/** Walks one statement: by its own shape where it has one, else as a query. */
export function walkStatement(walk: Walk, from: number, to: number, outer: Frame): void {
  const word = wordAt(walk, from);
  const frame = { ...outer, scope: newScope(outer.scope) };
  const isQuery = /^(SELECT|WITH|FROM|VALUES)$/.test(wordAt(walk, from + 1));
  const skip = beforeTargets[word];
  if (word === "UPDATE" || word === "MERGE") walkUpdate(walk, from, to, frame);
  else if (word === "INSERT" || (word === "REPLACE" && textAt(walk, from + 1) !== "("))
    walkInsert(walk, from, to, frame);
  else if (word === "DELETE") walkDelete(walk, from, to, frame);
  else if (word === "CREATE") walkCreate(walk, from, to, frame);
  else if (word === "GRANT" || word === "REVOKE" || word === "COMMENT") walkOn(walk, from, to, frame);
  else if (word === "EXPLAIN") walkStatement(walk, afterExplain(walk, from + 1), to, outer);
  else if (skip && !isQuery) walkTargets(walk, from, to, frame, skip);
  else walk.region(from, to, outer);
}

function skipWords(walk: Walk, from: number, words: RegExp): number {
  let i = from;
  while (words.test(wordAt(walk, i))) i++;
  return i;
}

/** `UPDATE t SET … FROM u`, `MERGE INTO t USING s …`: the target stands in a list of tables. */
function walkUpdate(walk: Walk, from: number, to: number, frame: Frame): void {
  const i = skipWords(walk, from + 1, /^(LOW_PRIORITY|IGNORE|INTO)$/);
  walk.region(i, to, { ...frame, state: "from" });
}

function walkInsert(walk: Walk, from: number, to: number, frame: Frame): void {
  const words = /^(LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE|OVERWRITE|OR|REPLACE|INTO|TABLE)$/;
  let i = readTable(walk, skipWords(walk, from + 1, words), to, frame, "target");
  if (textAt(walk, i) === "(" && !beginsQuery.has(wordAt(walk, i + 1))) i = walkArguments(walk, i, frame);
  if (wordAt(walk, i) === "BY") i += 2;
  walk.region(i, to, { ...frame, state: "start" });
}

function walkDelete(walk: Walk, from: number, to: number, frame: Frame): void {
  let i = skipWords(walk, from + 1, /^(LOW_PRIORITY|QUICK|IGNORE)$/);
  if (wordAt(walk, i) !== "FROM") {
    // `DELETE a, b FROM …`: what stands before FROM are names from the list of tables.
    while (i < to && wordAt(walk, i) !== "FROM") i = readDotted(walk, i, to, frame.scope);
    walk.region(i + 1, to, { ...frame, state: "from" });
    return;
  }
  i = readTargets(walk, i + 1, to, frame, "aliased-target");
  const hasTables = wordAt(walk, i) === "USING";
  walk.region(hasTables ? i + 1 : i, to, { ...frame, state: hasTables ? "from" : "tail" });
}

/** `CREATE INDEX i ON t`, `CREATE TABLE t AS …`, `CREATE VIEW v AS …`. */
function walkCreate(walk: Walk, from: number, to: number, frame: Frame): void {
  const words = /^(OR|REPLACE|TEMP|TEMPORARY|UNIQUE|FULLTEXT|SPATIAL|MATERIALIZED|RECURSIVE|EXTERNAL)$/;
  const object = skipWords(walk, from + 1, words);
  if (wordAt(walk, object) === "INDEX") {
    walkOn(walk, object, to, frame);
    return;
  }
  if (!/^(TABLE|VIEW)$/.test(wordAt(walk, object))) return;
  let i = readTable(walk, skipWords(walk, object + 1, /^(IF|NOT|EXISTS)$/), to, frame, "target");
  while (i < to) {
    const word = wordAt(walk, i);
    if (word === "LIKE") i = readTable(walk, i + 1, to, frame, "target") + 1;
    else if (
      /^(SELECT|FROM|PIVOT|UNPIVOT)$/.test(word) ||
      (word === "WITH" && wordAt(walk, i - 1) === "AS")
    ) {
      walk.region(i, to, { ...frame, state: "start" });
      return;
    } else i = isOpen(textAt(walk, i)) ? walkArguments(walk, i, frame) : i + 1;
  }
}

/** `DROP TABLE IF EXISTS a, b …`, `ALTER TABLE t …`, `TRUNCATE t`. */
function walkTargets(walk: Walk, from: number, to: number, frame: Frame, skip: RegExp): void {
  const i = skipWords(walk, from + 1, skip);
  if (wordAt(walk, i) === "INDEX") {
    walkOn(walk, i, to, frame);
    return;
  }
  if (/^(SCHEMA|DATABASE|FUNCTION|MACRO|SEQUENCE|TYPE|USER|SECRET|PROCEDURE|TRIGGER)$/.test(wordAt(walk, i)))
    return;
  walk.region(readTargets(walk, i, to, frame, "target"), to, { ...frame, state: "tail" });
}

/** `… ON [TABLE] t …`: index creation, GRANT, REVOKE, COMMENT ON. */
function walkOn(walk: Walk, from: number, to: number, frame: Frame): void {
  let i = from;
  while (i < to && wordAt(walk, i) !== "ON") i++;
  i++;
  const isName = textAt(walk, i + 1) === ".";
  const use = wordAt(walk, i) === "COLUMN" && !isName ? "column" : "target";
  if (!isName && /^(TABLE|VIEW|COLUMN)$/.test(wordAt(walk, i))) i++;
  else if (
    !isName &&
    /^(SCHEMA|DATABASE|FUNCTION|PROCEDURE|ALL|MACRO|SEQUENCE|TYPE|INDEX)$/.test(wordAt(walk, i))
  )
    return;
  walk.region(readTable(walk, i, to, frame, use), to, { ...frame, state: "expression" });
}

/** Names with commas between them; the index after the last. */
function readTargets(
  walk: Walk,
  from: number,
  to: number,
  frame: Frame,
  use: "target" | "aliased-target",
): number {
  let i = readTable(walk, from, to, frame, use);
  while (i > from && textAt(walk, i) === ",") {
    const next = readTable(walk, i + 1, to, frame, use);
    if (next === i + 1) break;
    i = next;
  }
  return i;
}

function afterExplain(walk: Walk, from: number): number {
  let i = from;
  while (
    /^(ANALYZE|EXTENDED|FORMAT|VERBOSE|LOGICAL|COSTS|PLAN|JSON)$/.test(wordAt(walk, i)) ||
    /^[=(]$/.test(textAt(walk, i))
  ) {
    i = textAt(walk, i) === "(" ? (walk.partner[i] as number) + 1 : i + 1;
  }
  return i;
}
