/** `audits/**` → the project's audits, those of models and those alone (spec project-format 7.1). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf, sha256 } from "../digest.ts";
import { SluiceError } from "../errors.ts";
import { type AuditFile, parseAuditFile } from "../model/audit.ts";
import type { ModelContext } from "../model/context.ts";
import type { AuditDefinition, ModelName } from "../model/model.ts";
import { prepareTexts } from "../model/render-jinja.ts";
import { buildStandaloneAudit } from "../model/standalone-audit.ts";
import { familyOf, isDialect } from "../sql/dialect.ts";
import { findDialect, splitFile } from "../sql/statements.ts";
import { contextDigest } from "./model-context.ts";
import { factsOf, type ModelEntry } from "./model-files.ts";
import type { Settings } from "./settings.ts";
import { listFiles } from "./source-files.ts";

export interface ProjectAudits {
  /** Those that models may use, by lower-case name. */
  readonly definitions: ReadonlyMap<string, AuditDefinition>;
  readonly standalone: readonly { readonly file: AuditFile; readonly text: string }[];
}

/** Throws AUDIT_INVALID for an audit defined twice. */
export function loadAudits(
  root: string,
  settings: Settings,
  isIgnored: (path: string) => boolean,
): ProjectAudits {
  const found = new Map<string, { readonly file: AuditFile; readonly text: string }>();
  for (const path of listFiles(root, "audits", [".sql"])) {
    if (isIgnored(path)) continue;
    const text = readFileSync(join(root, path), "utf8");
    const written = findDialect(text);
    const dialect = written !== null && isDialect(written) ? written : settings.modelDefaults.dialect;
    for (const file of parseAuditFile(splitFile(text, familyOf(dialect), path), path, dialect)) {
      const { name } = file.definition;
      const other = found.get(name)?.file.definition;
      if (other) {
        throw new SluiceError("AUDIT_INVALID", `the audit ${name} is defined twice`, {
          place: { file: path, line: file.header.line },
          hint: `The other one is in ${other.path}: rename one of them.`,
        });
      }
      found.set(name, { file, text });
    }
  }
  const all = [...found.values()];
  return {
    definitions: new Map(
      all
        .filter(({ file }) => !file.standalone)
        .map(({ file }) => [file.definition.name, file.definition] as const),
    ),
    standalone: all.filter(({ file }) => file.standalone),
  };
}

/** Standalone audits as nodes, by name. Throws AUDIT_INVALID and its relatives with file and line. */
export async function buildStandaloneAudits(
  audits: ProjectAudits["standalone"],
  context: ModelContext,
): Promise<ReadonlyMap<ModelName, ModelEntry>> {
  if (audits.length === 0) return new Map();
  await prepareTexts(audits.map(({ text }) => text));
  const common = contextDigest(context);
  return new Map(
    audits.map(({ file, text }) => {
      const { name, path } = file.definition;
      const audit = buildStandaloneAudit(file, digestOf([common, path, name, sha256(text)]), context);
      return [audit.name, { facts: factsOf(audit), load: () => audit }] as const;
    }),
  );
}

/** Throws MODEL_DUPLICATE when an audit has the name of a model. */
export function checkAuditNames(
  audits: ReadonlyMap<ModelName, ModelEntry>,
  models: ReadonlyMap<ModelName, ModelEntry>,
): void {
  for (const [name, { facts }] of audits) {
    const taken = models.get(name);
    if (!taken) continue;
    throw new SluiceError("MODEL_DUPLICATE", `the standalone audit ${name} has the name of a model`, {
      place: { file: facts.path },
      hint: `The model is in ${taken.facts.path}: rename one of them.`,
    });
  }
}
