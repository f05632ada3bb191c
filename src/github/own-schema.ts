/** Schemas of ours, compiled at first use: the start of a run pays only for what it checks. */
import { Ajv, type Options, type Schema, type ValidateFunction } from "ajv";

/** They are tested, so checking them against the meta-schema again would only cost time. */
const cheap: Options = {
  strict: false,
  meta: false,
  validateSchema: false,
  inlineRefs: false,
  code: { optimize: false },
};

/** `definition` is a pointer such as `#/$defs/push`; without it the whole schema is meant. */
export function ownSchema<T>(
  schema: Schema,
  options: Options = {},
): (definition?: string) => ValidateFunction<T> {
  const compiled = new Map<string, ValidateFunction<T>>();
  return (definition = "#") => {
    const known = compiled.get(definition);
    if (known !== undefined) return known;
    const ajv = new Ajv({ ...cheap, ...options }).addSchema(schema, "own");
    const validate = ajv.compile<T>({ $ref: `own${definition}` });
    compiled.set(definition, validate);
    return validate;
  };
}
