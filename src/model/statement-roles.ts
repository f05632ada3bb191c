/** The statements after a MODEL block → query, statements before and after it, audits (spec project-format 3.3). */
import { SluiceError } from "../errors.ts";
import type { Dialect } from "../sql/dialect.ts";
import type { FilePart, StatementText } from "../sql/statements.ts";
import { type AuditFile, toAudit } from "./audit.ts";

export interface StatementRoles {
  readonly query?: StatementText;
  readonly before: readonly StatementText[];
  readonly after: readonly StatementText[];
  readonly onVirtualUpdate: readonly StatementText[];
  readonly audits: readonly AuditFile[];
}

type Statement = Extract<FilePart, { kind: "statement" }>;

/** `headerLine` is where the block begins, for the error when there is no query. */
export function readStatementRoles(
  parts: readonly FilePart[],
  options: {
    readonly file: string;
    readonly dialect: Dialect;
    readonly isSeed: boolean;
    readonly headerLine: number;
  },
): StatementRoles {
  const statements: Statement[] = [];
  const onVirtualUpdate: StatementText[] = [];
  const audits: AuditFile[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as FilePart;
    if (part.kind === "virtual-update") onVirtualUpdate.push(...part.statements);
    else if (part.kind === "statement") statements.push(part);
    else if (part.header.word === "AUDIT") {
      const next = parts[i + 1];
      const query = next?.kind === "statement" ? [next.sql] : [];
      audits.push(toAudit(part.header, query, options.file, options.dialect));
      i += query.length;
    } else {
      const what =
        part.header.word === "MODEL"
          ? "a file holds one model, and this is its second MODEL block"
          : "a METRIC block cannot stand in a model file";
      throw new SluiceError("MODEL_INVALID", what, {
        place: { file: options.file, line: part.header.line },
        hint: "Move it to a file of its own.",
      });
    }
  }
  const rest = { onVirtualUpdate, audits };
  return options.isSeed
    ? { ...seedRoles(statements), ...rest }
    : { ...modelRoles(statements, options), ...rest };
}

/** All statements of a seed come before the data, up to `@INSERT_SEED()`. */
function seedRoles(statements: readonly Statement[]): Pick<StatementRoles, "before" | "after"> {
  const marker = statements.findIndex((statement) => statement.macro === "INSERT_SEED");
  const plain = (from: number, to?: number): StatementText[] =>
    statements
      .slice(from, to)
      .filter((s) => s.shape !== "query")
      .map((s) => s.sql);
  return marker < 0
    ? { before: plain(0), after: [] }
    : { before: plain(0, marker), after: plain(marker + 1) };
}

function modelRoles(
  statements: readonly Statement[],
  options: { readonly file: string; readonly headerLine: number },
): Pick<StatementRoles, "query" | "before" | "after"> {
  const queries = statements.filter((statement) => statement.shape === "query");
  const [first, second] = queries;
  if (second) {
    throw new SluiceError(
      "MODEL_INVALID",
      "Only one SELECT query is allowed per model, and this is the second",
      {
        place: { file: options.file, line: second.sql.line },
        hint: "Make two models of it, or combine the queries with UNION.",
      },
    );
  }
  // One macro call and nothing else is the query; beside others a macro call is a statement.
  const calls = statements.filter(
    (statement) => statement.shape === "macro-call" && statement.macro !== "DEF",
  );
  const others = statements.filter((statement) => statement.macro !== "DEF");
  const query = first ?? (calls.length === 1 && others.length === 1 ? calls[0] : undefined);
  if (!query) {
    throw new SluiceError(
      "MODEL_INVALID",
      "A query is required and must be a SELECT statement, a UNION statement, or a JINJA_QUERY block",
      {
        place: { file: options.file, line: options.headerLine },
        hint: "Put the query after the MODEL block.",
      },
    );
  }
  const at = statements.indexOf(query);
  return {
    query: query.sql,
    before: statements.slice(0, at).map((statement) => statement.sql),
    after: statements.slice(at + 1).map((statement) => statement.sql),
  };
}
