/** `partitioned_by`, with the time column in front (spec project-format 4). */
import { normaliseIdentifier } from "../sql/dialect.ts";
import { headerError } from "../sql/header.ts";
import { identifierValue } from "../sql/identifiers.ts";
import { tokenize } from "../sql/lexer.ts";
import type { ModelKind } from "./model.ts";
import type { Properties } from "./properties.ts";

/** SQL text of each partition expression. Throws MODEL_INVALID for one without exactly one column. */
export function partitionsOf(kind: ModelKind, properties: Properties): string[] {
  const own = properties.list("partitioned_by");
  const { family } = properties.source;
  for (const item of own) {
    const columns = columnsIn(item.text, family);
    if (columns.length !== 1) {
      throw headerError(
        properties.source,
        item.line,
        `the partition ${item.text} must read exactly one column`,
        "Write a column, or one function of one column.",
      );
    }
  }
  const texts = own.map((item) => item.text);
  if (kind.name !== "INCREMENTAL_BY_TIME_RANGE" || !kind.partitionByTimeColumn) return texts;
  const timed = texts.some((text) => columnsIn(text, family).includes(kind.timeColumn));
  return timed ? texts : [plainOrQuoted(kind.timeColumn, family), ...texts];
}

/** Normalised names of the columns in a partition expression. */
export function columnsIn(expression: string, family: Properties["source"]["family"]): string[] {
  const tokens = tokenize(expression, family).filter((token) => token.kind !== "comment");
  const names = tokens.filter((token, i) => {
    if (token.kind === "quoted") return true;
    return (
      token.kind === "word" &&
      tokens[i + 1]?.text !== "(" &&
      !/^(interval|as|date|day|month|year|hour|week|quarter)$/i.test(token.text)
    );
  });
  const fallback =
    names.length === 0
      ? tokens.filter((token, i) => token.kind === "word" && tokens[i + 1]?.text !== "(")
      : names;
  return [...new Set(fallback.map((token) => normaliseIdentifier(identifierValue(token.text), family)))];
}

function plainOrQuoted(name: string, family: Properties["source"]["family"]): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return name;
  return family === "mysql" ? `\`${name}\`` : `"${name}"`;
}
