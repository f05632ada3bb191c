/** The walk through one stretch of tokens: a query, a list of tables, or an expression with queries in its brackets. */
import { normaliseIdentifier } from "./dialect.ts";
import { identifierValue } from "./identifiers.ts";
import { beginsQuery, endsFrom, setOperators } from "./keywords.ts";
import { type Frame, newScope, type ScanState, type Scope, type Walk } from "./scan-frame.ts";
import { readDotted, readTable } from "./table-reader.ts";
import { isFromOfExpression } from "./token-tree.ts";
import { innerWord, isOpen, textAt, walkBracket, wordAt } from "./walk-brackets.ts";

/** Where the walk is: the one thing in this room that changes as it goes. */
interface Position {
  at: number;
  readonly to: number;
  state: ScanState;
  environment: ReadonlySet<string>;
  scope: Scope;
  /** Scope that a new SELECT of this stretch is nested in. */
  readonly outer: Scope;
  expectTable: boolean;
  /** The stretch belongs to UPDATE, MERGE or DELETE: a SELECT in it begins a query of its own. */
  inStatement: boolean;
}

/** Walks tokens `from` to `to`; `frame.state` says what they are to begin with. */
export function walkRegion(walk: Walk, from: number, to: number, frame: Frame): void {
  const starts = frame.state === "from" || frame.state === "set";
  const position: Position = {
    ...frame,
    at: from,
    to,
    outer: frame.scope,
    expectTable: starts,
    inStatement: starts,
  };
  while (position.at < to) step(walk, position);
}

function step(walk: Walk, position: Position): void {
  if (position.state === "from" && position.expectTable) {
    position.expectTable = false;
    const next = readTable(walk, position.at, position.to, position, "source");
    if (next > position.at) {
      position.at = next;
      return;
    }
  }
  const { at } = position;
  const text = textAt(walk, at);
  if (isOpen(text)) position.at = walkBracket(walk, at, position);
  else if (isDotted(walk, at)) position.at = readDotted(walk, at, position.to, position.scope);
  else {
    const word = wordAt(walk, at);
    if (text === "," && position.state === "from") position.expectTable = true;
    position.at++;
    if (word !== "" && position.state !== "expression") readWord(walk, position, at, word);
  }
}

function isDotted(walk: Walk, at: number): boolean {
  const kind = walk.tokens[at]?.kind;
  return (kind === "word" || kind === "quoted") && textAt(walk, at + 1) === ".";
}

/** A keyword may change what comes next; `position.at` is already behind it. */
function readWord(walk: Walk, position: Position, at: number, word: string): void {
  if (position.state === "start" && readStart(walk, position, at, word)) return;
  if (word === "SELECT") beginSelect(position);
  else if (word === "FROM") beginFrom(walk, position, at);
  else if (isSetOperator(walk, at, position.state)) skipSetOperator(walk, position);
  else if (word === "AS") skipAlias(walk, position);
  else if (word === "JOIN" || word === "STRAIGHT_JOIN") beginJoin(walk, position, at);
  else if (position.state !== "from") return;
  else if (word === "USING") position.expectTable = usesTable(walk, position, at);
  else if (word === "SET") position.state = "set";
  else if (endsFrom.has(word)) position.state = "tail";
}

/** Words that count only where a query may begin. */
function readStart(walk: Walk, position: Position, at: number, word: string): boolean {
  if (word === "WITH") {
    readWith(walk, position, at);
    if (/^(INSERT|REPLACE|UPDATE|DELETE|MERGE)$/.test(wordAt(walk, position.at))) {
      walk.statement(position.at, position.to, position);
      position.at = position.to;
    }
  } else if (word === "TABLE") {
    position.at = readTable(walk, position.at, position.to, position, "unaliased-source");
    position.state = "tail";
  } else if (word === "PIVOT" || word === "UNPIVOT" || word === "DESCRIBE" || word === "SUMMARIZE") {
    position.scope = newScope(position.outer);
    const use = word.endsWith("PIVOT") ? "source" : "unaliased-source";
    position.at = readTable(walk, position.at, position.to, position, use);
    position.state = "tail";
  } else if (word === "VALUES") position.state = "tail";
  else return false;
  return true;
}

function beginSelect(position: Position): void {
  // `FROM t SELECT x` is one scope.
  const fromFirst = position.state === "from" && !position.inStatement;
  if (!fromFirst) position.scope = newScope(position.outer);
  position.state = fromFirst ? "tail" : "select";
  position.inStatement = false;
}

function beginFrom(walk: Walk, position: Position, at: number): void {
  if (position.state === "start") position.scope = newScope(position.outer);
  const takesTables = position.state === "start" || position.state === "select" || position.state === "set";
  if (!takesTables || isFromOfExpression(walk, at)) return;
  position.state = "from";
  position.expectTable = true;
}

function beginJoin(walk: Walk, position: Position, at: number): void {
  // `SELECT STRAIGHT_JOIN a` is a modifier; `USE INDEX FOR JOIN (i)` a hint.
  if ((position.state !== "from" && position.state !== "tail") || wordAt(walk, at - 1) === "FOR") return;
  position.state = "from";
  position.expectTable = true;
}

/** `MERGE INTO t USING s`, `DELETE FROM t USING s`; not `JOIN u USING (id)`, not `USING SAMPLE`. */
function usesTable(walk: Walk, position: Position, at: number): boolean {
  if (wordAt(walk, at + 1) === "SAMPLE") return false;
  if (textAt(walk, at + 1) !== "(") return true;
  return position.inStatement && beginsQuery.has(innerWord(walk, at + 1));
}

function skipSetOperator(walk: Walk, position: Position): void {
  position.state = "start";
  position.inStatement = false;
  if (/^(ALL|DISTINCT)$/.test(wordAt(walk, position.at))) position.at++;
  if (wordAt(walk, position.at) === "BY" && wordAt(walk, position.at + 1) === "NAME") position.at += 2;
}

/** An alias is no keyword: `AS value`, `AS update`. */
function skipAlias(walk: Walk, position: Position): void {
  const inQuery = position.state === "select" || position.state === "from";
  if (inQuery && walk.tokens[position.at]?.kind === "word") position.at++;
}

function isSetOperator(walk: Walk, i: number, state: ScanState): boolean {
  const word = wordAt(walk, i);
  if (word === "MINUS") {
    return /^(SELECT|ALL|DISTINCT)$/.test(wordAt(walk, i + 1)) || wordAt(walk, i + 2) === "SELECT";
  }
  if (!setOperators.has(word)) return false;
  // `* EXCEPT (a)` takes columns out of a star.
  const stars = word === "EXCEPT" && state === "select" && textAt(walk, i + 1) === "(";
  return !stars || beginsQuery.has(innerWord(walk, i + 1));
}

/** `WITH [RECURSIVE] a [(…)] AS [[NOT] MATERIALIZED] (…), …`: walks the bodies and goes on with their names. */
function readWith(walk: Walk, position: Position, at: number): void {
  const recursive = wordAt(walk, at + 1) === "RECURSIVE";
  const ctes: { name: string; open: number }[] = [];
  let i = at + (recursive ? 2 : 1);
  while (i < position.to) {
    const name = identifierValue(textAt(walk, i));
    while (i < position.to && wordAt(walk, i) !== "AS") i = after(walk, i);
    i++;
    while (/^(NOT|MATERIALIZED)$/.test(wordAt(walk, i))) i++;
    if (textAt(walk, i) !== "(") break;
    ctes.push({ name: normaliseIdentifier(name, walk.family), open: i });
    i = after(walk, i);
    if (wordAt(walk, i) === "CYCLE") while (i < position.to && !/^(,|SELECT)$/i.test(textAt(walk, i))) i++;
    if (textAt(walk, i) !== ",") break;
    i++;
  }
  let environment = position.environment;
  if (recursive) environment = new Set([...environment, ...ctes.map((cte) => cte.name)]);
  for (const { name, open } of ctes) {
    const scope = newScope(position.outer);
    walkRegion(walk, open + 1, walk.partner[open] as number, { state: "start", environment, scope });
    environment = new Set([...environment, name]);
  }
  position.environment = environment;
  position.at = i;
}

function after(walk: Walk, i: number): number {
  return isOpen(textAt(walk, i)) ? (walk.partner[i] as number) + 1 : i + 1;
}
