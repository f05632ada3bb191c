/**
 * Checks a YAML value against one of the JSON Schemas of this folder and says in a sentence, with the line, what is wrong.
 * Besides JSON Schema two keywords are understood: `spelling` (how a text may stand for the type) and `warn` (accepted,
 * without effect, worth telling).
 */
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { type ErrorCode, SluiceError } from "../errors.ts";
import { nearest } from "../model/nearest.ts";
import type { YamlFile, YamlPath } from "./yaml.ts";

export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

export interface SchemaUse {
  readonly schema: JsonSchema;
  /** `#/$defs/x` inside the schema; absent = its root. */
  readonly definition?: string;
  /** Where the value stands: `the configuration`, `a duckdb connection`. */
  readonly what: string;
  readonly code: ErrorCode;
  /** Key name → what to do instead, for keys that existed elsewhere. */
  readonly moved?: Readonly<Record<string, string>>;
}

export interface Origin {
  readonly source: Pick<YamlFile, "file" | "lineOf">;
  /** Path of the value inside the source. */
  readonly at: YamlPath;
}

export interface SchemaWarning {
  readonly path: YamlPath;
  readonly text: string;
}

const validators = new WeakMap<JsonSchema, Map<string, ValidateFunction>>();

/** A checked copy of the value with spellings resolved and defaults filled in; throws `code` at the first fault. */
export function checkSchema(value: unknown, use: SchemaUse, origin: Origin): unknown {
  const schema = use.definition ? resolve({ $ref: use.definition }, use.schema) : use.schema;
  const spelled = respell(value, schema, use.schema);
  const validate = validatorOf(use);
  if (validate(spelled)) return spelled;
  const error = mostSpecific(validate.errors ?? []);
  const path = pathOf(error, spelled);
  const line = origin.source.lineOf([...origin.at, ...path]);
  const { message, hint } = describe(error, path, use);
  throw new SluiceError(use.code, message, {
    place: { file: origin.source.file, ...(line === undefined ? {} : { line }) },
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Keys that are accepted but have no effect. */
export function schemaWarnings(
  value: unknown,
  schema: JsonSchema,
  root = schema,
  path: YamlPath = [],
): SchemaWarning[] {
  const found: SchemaWarning[] = [];
  const here = resolve(schema, root);
  if (typeof here["warn"] === "string" && isWorthTelling(value)) found.push({ path, text: here["warn"] });
  for (const [key, child] of children(value)) {
    const next = childSchema(here, key);
    if (next) found.push(...schemaWarnings(child, next, root, [...path, key]));
  }
  return found;
}

function isWorthTelling(value: unknown): boolean {
  if (value === null || value === false) return false;
  return typeof value !== "object" || Object.keys(value as object).length > 0;
}

function validatorOf(use: SchemaUse): ValidateFunction {
  const key = use.definition ?? "#";
  const known = validators.get(use.schema) ?? new Map<string, ValidateFunction>();
  validators.set(use.schema, known);
  const compiled = known.get(key);
  if (compiled) return compiled;
  // The schemas are our own and tested: checking them against the meta-schema would only cost start-up time.
  const ajv = new Ajv({
    useDefaults: true,
    strict: false,
    verbose: true,
    meta: false,
    validateSchema: false,
    inlineRefs: false,
    code: { optimize: false },
  });
  ajv.addSchema(use.schema, "root");
  const validate = ajv.compile({ $ref: `root${key}` });
  known.set(key, validate);
  return validate;
}

/** Failures inside `if`/`then` come with a summary error that says nothing. */
function mostSpecific(errors: readonly ErrorObject[]): ErrorObject {
  const error = errors.find((e) => e.keyword !== "if" && e.keyword !== "$ref") ?? errors[0];
  if (!error) throw new SluiceError("INTERNAL", "a schema check failed without a reason");
  return error;
}

function pathOf(error: ErrorObject, value: unknown): (string | number)[] {
  const path: (string | number)[] = [];
  let here: unknown = value;
  for (const raw of error.instancePath.split("/").slice(1)) {
    const key = raw.replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(Array.isArray(here) ? Number(key) : key);
    here = (here as Record<string, unknown> | undefined)?.[key];
  }
  if (error.keyword === "additionalProperties") path.push(String(error.params["additionalProperty"]));
  return path;
}

function describe(error: ErrorObject, path: YamlPath, use: SchemaUse): { message: string; hint?: string } {
  const where = path.join(".") || use.what;
  switch (error.keyword) {
    case "additionalProperties": {
      const key = String(path.at(-1));
      const known = Object.keys((error.parentSchema?.["properties"] as object | undefined) ?? {});
      const inside = path.length > 1 ? path.slice(0, -1).join(".") : use.what;
      const candidate = nearest(key, known);
      const hint =
        (path.length === 1 ? use.moved?.[key] : undefined) ??
        (candidate ? `Did you mean ${candidate}?` : knownKeys(known));
      return { message: `${inside} has no key ${key}`, hint };
    }
    case "required": {
      const missing = String(error.params["missingProperty"]);
      return { message: `${path.join(".") || use.what} needs ${missing}`, hint: `Add ${missing}.` };
    }
    case "enum": {
      const allowed = (error.params["allowedValues"] as unknown[]).map(String);
      const candidate = nearest(String(error.data), allowed);
      return {
        message: `${where} cannot be ${JSON.stringify(error.data)}`,
        hint: candidate ? `Did you mean ${candidate}?` : `Write one of ${allowed.join(", ")}.`,
      };
    }
    case "const":
      return {
        message: `${where} cannot be ${JSON.stringify(error.data)}`,
        hint: `It must be ${JSON.stringify(error.params["allowedValue"])}.`,
      };
    case "type":
      return {
        message: `${where} must be ${typeWords(error.params["type"])}, not ${describeValue(error.data)}`,
      };
    case "false schema":
      return { message: `${where} is not allowed here` };
    default:
      return { message: `${where} ${error.message ?? "is wrong"}` };
  }
}

/** A long list helps nobody. */
function knownKeys(known: readonly string[]): string {
  return known.length > 16
    ? "Remove it, or see the list of keys in the documentation."
    : `Known keys: ${known.join(", ")}.`;
}

function typeWords(type: unknown): string {
  const words: Readonly<Record<string, string>> = {
    string: "text",
    integer: "a whole number",
    number: "a number",
    boolean: "true or false",
    object: "a mapping",
    array: "a list",
    null: "nothing",
  };
  return (Array.isArray(type) ? type : String(type).split(","))
    .map((t) => words[String(t)] ?? String(t))
    .join(" or ");
}

function describeValue(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : JSON.stringify(value);
}

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const ref = schema["$ref"];
  if (typeof ref !== "string") return schema;
  let here: unknown = root;
  for (const key of ref.split("/").slice(1)) here = (here as Record<string, unknown>)[key];
  return here as JsonSchema;
}

/** The side of an `if` about the type that a value falls on. */
function branchFor(value: unknown, schema: JsonSchema, root: JsonSchema): JsonSchema {
  const condition = schema["if"] as { type?: string } | undefined;
  if (!condition) return schema;
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  const side = schema[condition.type === "object" && isObject ? "then" : "else"];
  return side === undefined ? schema : resolve(side as JsonSchema, root);
}

function children(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return value.map((item, index) => [index, item]);
  return value !== null && typeof value === "object" ? Object.entries(value) : [];
}

function childSchema(schema: JsonSchema, key: string | number): JsonSchema | undefined {
  if (typeof key === "number") return schema["items"] as JsonSchema | undefined;
  const properties = schema["properties"] as Record<string, JsonSchema> | undefined;
  if (properties && Object.hasOwn(properties, key)) return properties[key];
  const rest = schema["additionalProperties"];
  return typeof rest === "object" && rest !== null ? (rest as JsonSchema) : undefined;
}

/** A copy in which texts that stand for another type are that type (environment variables are always text). */
function respell(value: unknown, schema: JsonSchema, root: JsonSchema): unknown {
  const own = spell(value, resolve(schema, root)["spelling"]);
  const here = branchFor(own, resolve(schema, root), root);
  if (Array.isArray(own))
    return own.map((item) => respell(item, (here["items"] as JsonSchema | undefined) ?? {}, root));
  if (own === null || typeof own !== "object") return own;
  const copy: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(own))
    copy[key] = respell(child, childSchema(here, key) ?? {}, root);
  return copy;
}

const truthy = new Set(["true", "yes", "on", "1", "y", "t"]);
const falsy = new Set(["false", "no", "off", "0", "n", "f"]);

function spell(value: unknown, spelling: unknown): unknown {
  if (spelling === "boolean" && (typeof value === "string" || typeof value === "number")) {
    const word = String(value).toLowerCase();
    if (truthy.has(word)) return true;
    if (falsy.has(word)) return false;
  }
  if (spelling === "number" && typeof value === "string" && /^-?\d+$/.test(value.trim()))
    return Number(value);
  if (spelling === "word" && value === false) return "off";
  if (spelling === "word" && typeof value === "string") return value.toLowerCase();
  if (spelling === "json" && typeof value === "string" && /^\s*[[{]/.test(value)) {
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }
  return value;
}
