/** Plain nested mappings: looking up, setting and merging by path, without changing what was given. */
import type { YamlPath } from "./yaml.ts";

export function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Mappings are merged key by key, everything else is replaced by `over`. */
export function mergeDeep(
  under: Record<string, unknown>,
  over: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isRecord(before) && isRecord(value) ? mergeDeep(before, value) : value;
  }
  return merged;
}

/** A copy with one value set; mappings on the way are made where there are none. */
export function setPath(
  root: Readonly<Record<string, unknown>>,
  path: YamlPath,
  value: unknown,
): Record<string, unknown> {
  const [key, ...rest] = path;
  if (key === undefined) return { ...root };
  const before = root[key];
  return { ...root, [key]: rest.length === 0 ? value : setPath(isRecord(before) ? before : {}, rest, value) };
}

export function valueAt(root: unknown, path: YamlPath): unknown {
  let here = root;
  for (const key of path)
    here =
      isRecord(here) || Array.isArray(here) ? (here as Record<string | number, unknown>)[key] : undefined;
  return here;
}
