/**
 * The plan as a file: canonical JSON, and reading it back with doubt. Checks go in this order, each with its sentence:
 * size, JSON, format version, schema, digest. The format goes before the schema, so that a file of a newer Sluice is
 * called newer, not wrong.
 */
import { Ajv2020 } from "ajv/dist/2020.js";
import { canonicalJson } from "../digest.ts";
import { SluiceError } from "../errors.ts";
import { documentDigest, workDigest } from "./document.ts";
import schema from "./plan.schema.json" with { type: "json" };
import { type PlanDocument, planFormat } from "./plan.ts";

/** Bytes; a plan of ten thousand new models stays well below. */
export const maxPlanBytes = 256 * 1024 * 1024;

/** Text of a plan file: canonical JSON (RFC 8785) and a line end. */
export function writePlanText(document: PlanDocument): string {
  return `${canonicalJson(document)}\n`;
}

/** The document in a plan file's text or bytes. Throws PLAN_FILE_INVALID. */
export function readPlanText(content: string | Uint8Array): PlanDocument {
  const size = typeof content === "string" ? Buffer.byteLength(content) : content.byteLength;
  if (size > maxPlanBytes) throw invalid(`the plan file is too large: ${size} bytes`, "Make the plan again.");
  if (size === 0) throw invalid("the plan file is empty", "Make the plan again.");
  return checkPlan(parse(decode(content)));
}

/** A parsed value as a plan, after all checks but size. Throws PLAN_FILE_INVALID. */
export function checkPlan(value: unknown): PlanDocument {
  if (typeof value !== "object" || value === null || !("format" in value)) {
    throw invalid("the file is not a plan of Sluice", "Name the file that sluice plan wrote.");
  }
  if (typeof value.format === "number" && value.format > planFormat) {
    throw invalid(
      `the plan was written by a newer Sluice: format ${value.format}, this one reads up to ${planFormat}`,
      "Use the same version of Sluice for planning and applying.",
    );
  }
  const validate = validator();
  if (!validate(value)) {
    const [first] = validate.errors ?? [];
    throw invalid(
      `the plan file is damaged: ${first?.instancePath || "the document"} ${first?.message ?? "is wrong"}`,
      "Make the plan again; plan files are not edited by hand.",
    );
  }
  const document = value as unknown as PlanDocument;
  if (documentDigest(document) !== document.digest || workDigest(document) !== document.work) {
    throw invalid(
      "the plan file was changed after it was written: its digest does not fit its content",
      "Make the plan again.",
    );
  }
  return document;
}

function decode(content: string | Uint8Array): string {
  if (typeof content === "string") return content;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch (cause) {
    throw invalid("the plan file is damaged: it is not UTF-8 text", "Make the plan again.", cause);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const truncated = !text.trimEnd().endsWith("}");
    throw invalid(
      truncated ? "the plan file is cut off" : "the plan file is damaged: it is not JSON",
      "Make or download the plan again.",
      cause,
    );
  }
}

let compiled: ReturnType<Ajv2020["compile"]> | undefined;

/** Compiled at first use: most commands never read a plan. The schema is our own, so compiling it is kept cheap. */
function validator(): ReturnType<Ajv2020["compile"]> {
  compiled ??= new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    meta: false,
    validateSchema: false,
    inlineRefs: false,
    code: { optimize: false },
  }).compile(schema);
  return compiled;
}

function invalid(message: string, hint: string, cause?: unknown): SluiceError {
  return new SluiceError("PLAN_FILE_INVALID", message, { hint, ...(cause === undefined ? {} : { cause }) });
}
