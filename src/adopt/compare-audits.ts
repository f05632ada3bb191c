/** Whether the rows of a table have passed the audits that would have kept them out. */
import type { AuditUse, Model } from "../model/model.ts";
import type { DialectFamily } from "../sql/dialect.ts";
import { recordedText, sameSql } from "./compare-texts.ts";
import { flagOf, listOf, objectOf, type Recorded, textOf } from "./recorded.ts";

/** Names of the model's blocking audits that SQLMesh is not known to have run as they are. */
export function unprovenAudits(model: Model, node: Recorded, family: DialectFamily): readonly string[] {
  const recorded = listOf(node["audits"]).map((one) => {
    const [name, args] = listOf(one);
    return { name: textOf(name)?.toLowerCase() ?? "", args: objectOf(args) ?? {} };
  });
  const unproven = model.audits.filter(
    (use) =>
      isBlocking(use, model) &&
      !recorded.some(
        ({ name, args }) =>
          name === use.name.toLowerCase() &&
          sameArguments(use, args, family) &&
          sameQuery(use, model, node, family),
      ),
  );
  return unproven.map((use) => use.name);
}

function isBlocking(use: AuditUse, model: Model): boolean {
  const own = Object.entries(use.args).find(([key]) => key.toLowerCase() === "blocking")?.[1];
  if (own !== undefined) return !/^\s*false\s*$/i.test(own);
  const definition = definitionOf(use, model);
  return definition === undefined ? !use.name.toLowerCase().endsWith("_non_blocking") : definition.blocking;
}

function definitionOf(use: AuditUse, model: Model): Model["auditDefinitions"][number] | undefined {
  return model.auditDefinitions.find((one) => one.name.toLowerCase() === use.name.toLowerCase());
}

function sameArguments(use: AuditUse, recorded: Recorded, family: DialectFamily): boolean {
  const own = Object.entries(use.args);
  return (
    own.length === Object.keys(recorded).length &&
    own.every(([key, text]) => {
      const there = textOf(recorded[key]);
      return there !== null && sameSql(withoutBrackets(text), withoutBrackets(there), family);
    })
  );
}

/** `(a, b)`, `[a, b]` and `ARRAY(a, b)` are one list, and `(a)` is a list of one. */
function withoutBrackets(text: string): string {
  const found = /^\s*(?:ARRAY\s*)?[([]([^()[\]]*)[)\]]\s*$/i.exec(text);
  return found?.[1] ?? text;
}

/** A built-in audit is what it is. */
function sameQuery(use: AuditUse, model: Model, node: Recorded, family: DialectFamily): boolean {
  const own = definitionOf(use, model);
  if (own === undefined) return true;
  const recorded = objectOf(objectOf(node["audit_definitions"])?.[use.name.toLowerCase()]);
  const text = recordedText(recorded?.["query"]);
  return (
    text !== null &&
    !flagOf(recorded?.["skip"]) &&
    own.query.jinja !== true &&
    sameSql(own.query.text, text, family)
  );
}
