/** The audits a model uses, defaults first, with the definitions they mean (spec project-format 7.3). */
import { headerError } from "../sql/header.ts";
import { readAuditUses } from "./audit.ts";
import type { ModelDraft } from "./build.ts";
import { builtinAudit, builtinAuditNames } from "./builtin-audits.ts";
import type { ModelContext } from "./context.ts";
import type { AuditDefinition, AuditUse, SqlText } from "./model.ts";
import { didYouMean } from "./nearest.ts";

export interface AttachedAudits {
  readonly audits: readonly AuditUse[];
  readonly definitions: readonly AuditDefinition[];
  /** Every text whose variables the model needs because of its audits. */
  readonly texts: readonly SqlText[];
}

/** Throws MODEL_INVALID for an audit nobody defined. */
export function attachedAudits(draft: ModelDraft, context: ModelContext): AttachedAudits {
  const { properties, roles } = draft;
  const written = properties.get("audits");
  const inDefaults = context.defaults.audits.flatMap((text) =>
    readAuditUses({ text: `[${text}]`, line: 1 }, properties.source),
  );
  const audits = [...inDefaults, ...(written ? readAuditUses(written, properties.source) : [])];
  const inline = new Map(roles.audits.map(({ definition }) => [definition.name, definition]));
  const definitions = new Map<string, AuditDefinition>();
  for (const use of audits) {
    const definition = inline.get(use.name) ?? context.audits.get(use.name);
    if (definition) definitions.set(use.name, definition);
    else if (!builtinAudit(use.name, draft.dialect)) {
      const known = [...inline.keys(), ...context.audits.keys(), ...builtinAuditNames];
      const line = written ? properties.line("audits") : draft.header.line;
      throw headerError(
        properties.source,
        line,
        `Audit '${use.name}' is undefined`,
        didYouMean(use.name, known, "Define it in audits/, or in the model's file."),
      );
    }
  }
  const texts = [
    ...[...definitions.values()].flatMap((audit) => [
      ...audit.statements,
      audit.query,
      ...Object.values(audit.defaults).map(asText),
    ]),
    ...audits.flatMap((use) => Object.values(use.args).map(asText)),
  ];
  return { audits, definitions: [...definitions.values()], texts };
}

function asText(text: string): SqlText {
  return { text, line: 1 };
}
