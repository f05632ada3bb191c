/**
 * The strictness that open schemas lack: a property that no branch of GitHub's schema names is a sign that the
 * client or the stand-in has drifted, and no data.
 */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

type Resolve = (schema: Schema) => Schema;

/** Paths of all properties of `value` that `schema` does not name. `at` is where the value stands. */
export function unknownProperties(
  schema: Schema,
  value: unknown,
  at: string,
  resolve: Resolve,
): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const branches = allBranches(schema, resolve);
  if (Array.isArray(value)) {
    const items = branches.flatMap((branch) => branch.items ?? []);
    if (items.length === 0) return [];
    return value.flatMap((item, index) =>
      unknownProperties({ anyOf: items }, item, `${at}[${index}]`, resolve),
    );
  }
  const objects = branches.filter(
    (branch) => branch.properties || branch.additionalProperties || branch.type === "object",
  );
  if (objects.length === 0 || objects.some((branch) => !branch.properties || branch.additionalProperties))
    return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const known = objects.flatMap((branch) => branch.properties?.[key] ?? []);
    if (known.length === 0) return [`${at}.${key}: not in GitHub's schema`];
    return unknownProperties({ anyOf: known }, child, `${at}.${key}`, resolve);
  });
}

function allBranches(schema: Schema, resolve: Resolve, seen = new Set<Schema>()): readonly Schema[] {
  const found = resolve(schema);
  if (seen.has(found)) return [];
  seen.add(found);
  const parts = [...(found.allOf ?? []), ...(found.anyOf ?? []), ...(found.oneOf ?? [])];
  return [found, ...parts.flatMap((part) => allBranches(part, resolve, seen))];
}
