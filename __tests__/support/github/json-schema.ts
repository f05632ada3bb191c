/** OpenAPI 3.0 schemas as ajv reads them. */

type Tree = { [key: string]: unknown };

/** Names and plain data, where a key called `example` or `nullable` is no keyword. */
const data = new Set(["enum", "default", "required"]);
const notes = new Set(["example", "examples", "discriminator", "nullable"]);

/**
 * The same schema as JSON Schema draft-07, references made absolute below `base`. Only `nullable` needs work:
 * ajv refuses it without `type`, and an enum has to list null itself.
 */
export function toJsonSchema(schema: unknown, base = ""): unknown {
  if (Array.isArray(schema)) return schema.map((item) => toJsonSchema(item, base));
  if (typeof schema !== "object" || schema === null) return schema;
  const source = schema as Tree;
  const copy: Tree = {};
  for (const [key, value] of Object.entries(source)) {
    if (notes.has(key) && (key !== "nullable" || typeof value === "boolean")) continue;
    if (key === "properties") copy[key] = mapValues(value as Tree, (item) => toJsonSchema(item, base));
    else if (key === "$ref" && typeof value === "string") copy[key] = base + value;
    else copy[key] = data.has(key) ? value : toJsonSchema(value, base);
  }
  return source["nullable"] === true ? orNull(copy) : copy;
}

function orNull(schema: Tree): Tree {
  const composed = schema["anyOf"] ?? schema["oneOf"] ?? schema["allOf"];
  if (typeof schema["type"] !== "string" || composed) return { anyOf: [{ type: "null" }, schema] };
  const values = schema["enum"];
  return {
    ...schema,
    type: [schema["type"], "null"],
    ...(Array.isArray(values) && !values.includes(null) ? { enum: [...(values as unknown[]), null] } : {}),
  };
}

function mapValues(tree: Tree, change: (value: unknown) => unknown): Tree {
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, change(value)]));
}
