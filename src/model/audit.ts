/** AUDIT blocks → definitions, and `audits (…)` → uses (spec project-format 7.1, 7.3). */
import { SluiceError } from "../errors.ts";
import { type Dialect, dialects, familyOf, isDialect } from "../sql/dialect.ts";
import { type Header, type HeaderSource, type HeaderValue, headerError } from "../sql/header.ts";
import { readBoolean, readCall, readList, readPairs, readText } from "../sql/header-values.ts";
import type { FilePart, StatementText } from "../sql/statements.ts";
import type { AuditDefinition, AuditUse } from "./model.ts";
import { didYouMean } from "./nearest.ts";

const names = ["name", "dialect", "skip", "blocking", "standalone", "defaults", "formatting"];
const standaloneNames = [
  "owner",
  "description",
  "start",
  "end",
  "cron",
  "cron_tz",
  "interval_unit",
  "tags",
  "stamp",
  "depends_on",
  "project",
];

/** An AUDIT block with what follows it. */
export interface AuditFile {
  readonly definition: AuditDefinition;
  readonly standalone: boolean;
  readonly header: Header;
}

/** All audits of a file that holds nothing else. Throws AUDIT_INVALID with the line. */
export function parseAuditFile(parts: readonly FilePart[], path: string, dialect: Dialect): AuditFile[] {
  const audits: AuditFile[] = [];
  let header: Header | undefined;
  let statements: StatementText[] = [];
  const finish = (): void => {
    if (header) audits.push(toAudit(header, statements, path, dialect));
    statements = [];
  };
  for (const part of parts) {
    if (part.kind === "header" && part.header.word === "AUDIT") {
      finish();
      header = part.header;
    } else if (part.kind === "statement" && header) {
      statements.push(part.sql);
    } else {
      const line =
        part.kind === "header" ? part.header.line : part.kind === "statement" ? part.sql.line : part.line;
      throw new SluiceError("AUDIT_INVALID", "an audit file holds AUDIT blocks and their queries only", {
        place: { file: path, line },
        hint: header ? "Remove what does not belong to an audit." : "Start the file with AUDIT (name …);",
      });
    }
  }
  finish();
  return audits;
}

/** One audit: the last statement is its query, those before it may define macros. */
export function toAudit(
  header: Header,
  statements: readonly StatementText[],
  path: string,
  dialect: Dialect,
): AuditFile {
  const source: HeaderSource = { family: familyOf(dialect), file: path, code: "AUDIT_INVALID" };
  const given = new Map(header.properties.map((property) => [property.key, property]));
  const standalone = readStandalone(given.get("standalone"), source);
  const known = standalone ? [...names, ...standaloneNames] : names;
  for (const { key, keyLine } of header.properties) {
    if (!known.includes(key)) {
      const hint = standaloneNames.includes(key)
        ? "Only standalone audits have it."
        : didYouMean(key, known, `It has ${known.join(", ")}.`);
      throw headerError(source, keyLine, `an AUDIT block has no property '${key}'`, hint);
    }
  }
  const name = given.get("name");
  if (!name) throw headerError(source, header.line, "an audit needs a name", "Write AUDIT (name my_audit).");
  const query = statements.at(-1);
  if (!query)
    throw headerError(
      source,
      header.line,
      `the audit ${name.text} has no query`,
      "Put a SELECT of the bad rows after the block.",
    );
  const skip = given.get("skip");
  const blocking = given.get("blocking");
  if (standalone && blocking && readBoolean(blocking, source)) {
    throw headerError(source, blocking.keyLine, "a standalone audit cannot be blocking", "Remove blocking.");
  }
  const defaults = given.get("defaults");
  return {
    header,
    standalone,
    definition: {
      name: readText(name, source).toLowerCase(),
      path,
      dialect: readDialect(given.get("dialect"), dialect, source),
      skip: skip ? readBoolean(skip, source) : false,
      blocking: blocking ? readBoolean(blocking, source) : !standalone,
      defaults: defaults ? readDefaults(defaults, source) : {},
      statements: statements.slice(0, -1),
      query,
    },
  };
}

function readStandalone(value: HeaderValue | undefined, source: HeaderSource): boolean {
  if (!value) return false;
  if (!/^(true|false)$/i.test(value.text.trim())) {
    throw headerError(source, value.line, `standalone must be true or false, not ${value.text}`);
  }
  return readBoolean(value, source);
}

function readDefaults(value: HeaderValue, source: HeaderSource): Record<string, string> {
  if (/^[([]\s*["'`\w]+\s*:=/.test(value.text)) {
    throw headerError(
      source,
      value.line,
      "defaults are written with ':='",
      "Write defaults (argument = value).",
    );
  }
  return Object.fromEntries(
    [...readPairs(value, source)].map(([key, item]) => [key.toLowerCase(), item.text]),
  );
}

function readDialect(value: HeaderValue | undefined, otherwise: Dialect, source: HeaderSource): Dialect {
  if (!value) return otherwise;
  const dialect = readText(value, source).toLowerCase();
  if (!isDialect(dialect)) {
    throw headerError(
      source,
      value.line,
      `the dialect ${dialect} is not supported`,
      didYouMean(dialect, dialects, `Sluice knows ${dialects.join(", ")}.`),
    );
  }
  return dialect;
}

/** `not_null(columns := (id)), mine`: names and argument names in lower case. Throws MODEL_INVALID for an argument without a name. */
export function readAuditUses(value: HeaderValue, source: HeaderSource): AuditUse[] {
  return readList(value, source).map((item) => {
    const call = readCall(item, source);
    const args: Record<string, string> = {};
    for (const argument of call.args) {
      if (argument.name === null) {
        throw headerError(
          source,
          argument.line,
          `the argument ${argument.text} of the audit ${call.name} has no name`,
          `Write ${call.name}(name := ${argument.text}).`,
        );
      }
      args[argument.name] = argument.text;
    }
    return { name: call.name.toLowerCase(), args };
  });
}
