/** Holds event payloads against GitHub's description of its webhooks, so that tests send nothing GitHub would not. */
import { readFileSync } from "node:fs";
import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { toJsonSchema } from "./json-schema.ts";
import type { Body, OpenApiDocument } from "./openapi.ts";

const source = JSON.parse(
  readFileSync(new URL("./webhooks-subset.json", import.meta.url), "utf8"),
) as OpenApiDocument;

let shared: Ajv2020 | undefined;
const compiled = new Map<string, ValidateFunction>();

/** What is wrong with the payload of an event; events without a description (schedule) are taken as they are. */
export function checkPayload(event: string, payload: Readonly<Record<string, unknown>>): readonly string[] {
  const name = [event, payload["action"]]
    .filter((part) => typeof part === "string" && event !== "schedule")
    .join("-")
    .replaceAll("_", "-");
  const body = source.paths[name]?.["post"]?.requestBody as Body | undefined;
  if (!body) return event === "schedule" ? [] : [`${name}: not in the webhooks subset`];
  shared ??= newAjv();
  const validate =
    compiled.get(name) ??
    shared.compile(toJsonSchema(body.content?.["application/json"]?.schema, "webhooks") as object);
  compiled.set(name, validate);
  if (validate(payload)) return [];
  return (validate.errors ?? []).map((error) => `${name}${error.instancePath}: ${error.message}`);
}

function newAjv(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  for (const format of ["repo.nwo", "timestamp"]) ajv.addFormat(format, true);
  ajv.addSchema({ $id: "webhooks", components: toJsonSchema(source.components) } as object);
  return ajv;
}
