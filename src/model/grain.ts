/** `grain`, `grains` and `references` (spec project-format 3.5): SQL text of each. */
import type { Properties } from "./properties.ts";

/** `grain (a, b)` is one grain of two columns, `grains (a, b)` are two. */
export function readGrains(properties: Properties): string[] {
  const one = properties.get("grain");
  if (!one) return properties.list("grains").map((item) => item.text);
  const items = properties.list("grain").map((item) => item.text);
  return items.length > 1 ? [one.text.trim()] : items;
}

export function readReferences(properties: Properties): string[] {
  return properties.list("references").map((item) => item.text);
}
