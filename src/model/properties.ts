/** The properties of one MODEL block, macros expanded and defaults filled in, behind typed readers. */

import { type HeaderProperty, type HeaderSource, type HeaderValue, headerError } from "../sql/header.ts";
import { readBoolean, readList, readPairs, readText, readTexts } from "../sql/header-values.ts";
import { expandText } from "../sql/macro/expand.ts";
import { type MacroScope, scopeAt } from "../sql/macro/scope.ts";
import { lateProperties } from "./property-names.ts";

/** Typed reading of a block's properties. Errors carry the line of the value. */
export class Properties {
  readonly #values: ReadonlyMap<string, HeaderProperty>;
  readonly source: HeaderSource;

  constructor(values: ReadonlyMap<string, HeaderProperty>, source: HeaderSource) {
    this.#values = values;
    this.source = source;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  get(key: string): HeaderProperty | undefined {
    return this.#values.get(key);
  }

  text(key: string): string | undefined {
    const value = this.#values.get(key);
    return value && !isNull(value) ? readText(value, this.source) : undefined;
  }

  boolean(key: string, otherwise: boolean): boolean {
    const value = this.#values.get(key);
    return value && !isNull(value) ? readBoolean(value, this.source) : otherwise;
  }

  list(key: string): HeaderValue[] {
    const value = this.#values.get(key);
    return value ? readList(value, this.source) : [];
  }

  texts(key: string): string[] {
    const value = this.#values.get(key);
    return value ? readTexts(value, this.source) : [];
  }

  /** SQL text per key. */
  pairs(key: string): Record<string, string> {
    const value = this.#values.get(key);
    return value
      ? Object.fromEntries([...readPairs(value, this.source)].map(([name, item]) => [name, item.text]))
      : {};
  }

  /** One of `allowed`, compared without case; undefined when the property is absent. */
  word<T extends string>(key: string, allowed: readonly T[]): T | undefined {
    const text = this.text(key)?.toLowerCase();
    if (text === undefined) return undefined;
    const found = allowed.find((candidate) => candidate === text);
    if (found) return found;
    throw headerError(
      this.source,
      this.line(key),
      `${key} cannot be ${text}`,
      `Write one of ${allowed.join(", ")}.`,
    );
  }

  line(key: string): number {
    return this.#values.get(key)?.line ?? 1;
  }
}

/** Expands the macros of a block, but for the properties that are expanded when used; a property that a macro removed is absent. */
export function expandProperties(
  properties: readonly HeaderProperty[],
  scopeOf: () => MacroScope,
): HeaderProperty[] {
  return properties.flatMap((property) => {
    if (lateProperties.has(property.key) || !property.text.includes("@")) return [property];
    const text = expandText(property.text, scopeAt(scopeOf(), property.line));
    return text === null ? [] : [{ ...property, text }];
  });
}

function isNull(value: HeaderValue): boolean {
  return /^(null|none)$/i.test(value.text.trim());
}
