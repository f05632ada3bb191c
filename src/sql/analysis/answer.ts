/** One question about one query, answered with the library or refused with a reason. Runs in the worker. */
import { familyOf, normaliseIdentifier } from "../dialect.ts";
import type { Column } from "../name-parts.ts";
import { columnsOf, type Prepared } from "./columns.ts";
import { guard } from "./guards.ts";
import type { Library, LibrarySchema, LineageTree } from "./library.ts";
import type { AnalysisRequest, Answer, ColumnSource, OutputLineage, Question } from "./request.ts";
import { identifierOf, shadowOf } from "./shadow.ts";
import { applyStarChanges, takeStarChanges } from "./star-changes.ts";
import { unknownColumnsOf } from "./unknown-columns.ts";

/** Never throws: a parser's failure costs the answer and nothing else. */
export function answer(library: Library, question: Question, request: AnalysisRequest): Answer {
  try {
    return question === "columns" ? answerColumns(library, request) : answerOther(library, question, request);
  } catch (error) {
    return { value: null, why: error instanceof Error ? error.message : String(error) };
  }
}

/** Stars may rename and replace: names and types can be told all the same. */
function answerColumns(library: Library, request: AnalysisRequest): Answer {
  const family = familyOf(request.dialect);
  const changes = takeStarChanges(request.sql, family);
  const guarded = guard(changes.sql, family);
  if (guarded.why) return { value: null, why: guarded.why };
  const prepared = prepare({ ...request, sql: changes.sql }, guarded.excluded);
  return { value: applyStarChanges(columnsOf(library, prepared), changes) };
}

function answerOther(library: Library, question: Question, request: AnalysisRequest): Answer {
  const guarded = guard(request.sql, familyOf(request.dialect));
  if (guarded.why) return { value: null, why: guarded.why };
  return { value: find(library, question, prepare(request, guarded.excluded)) };
}

function find(library: Library, question: Question, prepared: Prepared): Answer["value"] {
  switch (question) {
    case "columns":
      return columnsOf(library, prepared);
    case "unknownColumns":
      return unknownColumnsOf(library, prepared);
    case "lineage":
      return lineageOf(library, prepared);
  }
}

function lineageOf(library: Library, prepared: Prepared): readonly OutputLineage[] {
  const { request, shadow, schema } = prepared;
  const kept = new Set(columnsOf(library, prepared).map((column) => column.name));
  // The library counts columns that EXCLUDE leaves out, so they go last.
  return columnsOf(library, { ...prepared, excluded: [] })
    .map(({ name }, ordinal) => {
      const sources = new Map<string, ColumnSource>();
      collect(library.lineage(ordinal, shadow, schema, request.dialect), sources);
      return { column: name, sources: [...sources.values()] };
    })
    .filter(({ column }) => kept.has(column));
}

function collect(node: LineageTree, into: Map<string, ColumnSource>): void {
  if (node.source_kind === "table") {
    const column = node.name.slice(node.name.lastIndexOf(".") + 1);
    into.set(`${node.source_name} ${column}`, { table: node.source_name, column });
  }
  for (const child of node.downstream) collect(child, into);
}

function prepare(request: AnalysisRequest, excluded: readonly string[]): Prepared {
  const family = familyOf(request.dialect);
  const known = new Map<string, ReadonlyMap<string, string | null>>();
  const tables: LibrarySchema["tables"][number][] = [];
  for (const [written, columns] of Object.entries(request.schema)) {
    const parts = splitName(written).map((part) => identifierOf(part, family));
    const [schema, name] = parts.length > 1 ? parts.slice(-2) : [undefined, parts[0]];
    if (name === undefined) continue;
    known.set(schema === undefined ? name : `${schema}.${name}`, byName(columns, family));
    tables.push({
      ...(schema === undefined ? {} : { schema }),
      name,
      columns: columns.map((column) => ({ name: column.name, type: column.type ?? "unknown" })),
    });
  }
  return {
    request,
    shadow: shadowOf(request.sql, family, new Set(known.keys())),
    schema: { tables },
    known,
    excluded,
  };
}

function byName(columns: readonly Column[], family: "duckdb" | "mysql"): ReadonlyMap<string, string | null> {
  return new Map(columns.map((column) => [normaliseIdentifier(column.name, family), column.type]));
}

/** The parts of a dotted name; dots inside quotes do not count. */
function splitName(name: string): string[] {
  return name.match(/"(?:[^"]|"")*"|`(?:[^`]|``)*`|[^.]+/g) ?? [];
}
