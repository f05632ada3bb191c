/** What we read of an OpenAPI 3 document, and its routes in the order they have to be tried. */
import { readFileSync } from "node:fs";
import type { Schema } from "./unknown-properties.ts";

export interface Reference {
  readonly $ref: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Content {
  readonly schema: Schema;
  readonly examples?: Readonly<Record<string, Reference | { readonly value: unknown }>>;
}

export interface Body {
  readonly required?: boolean;
  readonly content?: Readonly<Record<string, Content>>;
}

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: Body | Reference;
  readonly responses: Readonly<Record<string, Body | Reference>>;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, unknown>>;
}

export interface Route {
  readonly id: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly operation: Operation;
  readonly parameters: readonly Parameter[];
}

/** GitHub's document, cut to what the tests need; see scripts/github/subset.ts. */
export function readGitHubDocument(): OpenApiDocument {
  return JSON.parse(
    readFileSync(new URL("./openapi-subset.json", import.meta.url), "utf8"),
  ) as OpenApiDocument;
}

/** What a reference stands for; anything else as it is. */
export function dereference<T>(document: OpenApiDocument, value: T | Reference): T {
  let found: unknown = value;
  while (typeof found === "object" && found !== null && "$ref" in found) {
    const keys = (found as Reference).$ref.slice(2).split("/");
    found = keys.reduce<unknown>(
      (at, key) => (at as Record<string, unknown>)[key.replaceAll("~1", "/").replaceAll("~0", "~")],
      document,
    );
  }
  return found as T;
}

/** Fixed paths before those with parameters, so `/artifacts/{id}` never takes what belongs to a longer path. */
export function routesOf(document: OpenApiDocument): readonly Route[] {
  const routes = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  return routes
    .sort((a, b) => holes(a.path) - holes(b.path) || b.path.length - a.path.length)
    .map(({ path, method, operation }) => ({
      id: operation.operationId,
      method,
      operation,
      pattern: patternOf(path),
      parameters: (operation.parameters ?? []).map((parameter) => dereference(document, parameter)),
    }));
}

function holes(path: string): number {
  return path.split("{").length;
}

/** These may hold slashes, all other parameters are one segment. */
const long = new Set(["path", "ref", "basehead", "branch"]);

function patternOf(path: string): RegExp {
  const source = path
    .replace(/[.+]/g, "\\$&")
    .replace(/\{(\w+)\}/g, (_, name: string) => (long.has(name) ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`));
  return new RegExp(`^${source}$`);
}
