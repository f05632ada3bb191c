/**
 * Cuts the operations Sluice's local GitHub plays, with all they refer to, out of GitHub's OpenAPI document.
 *
 *   npm install --no-save --ignore-scripts @octokit/openapi@23.0.2 @octokit/openapi-webhooks@12.1.0
 *   node scripts/github/subset.ts
 *
 * The first is 385 MB, so neither is a dependency of the project.
 *
 * Words for people are left out; schemas and examples are kept as they are.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { operations, webhooks } from "./operations.ts";

type Tree = { [key: string]: unknown };

const prose = new Set(["description", "summary", "externalDocs", "tags", "title", "example", "x-github"]);

/** A copy of the operations named, and of every component they reach. */
export function cutOperations(document: Tree, names: ReadonlySet<string>): Tree {
  const cut: Tree = { openapi: document["openapi"], paths: {}, components: {} };
  const seen = new Set<string>();
  const copyReference = (reference: string): void => {
    if (seen.has(reference)) return;
    seen.add(reference);
    const keys = reference.slice(2).split("/");
    const value = keys.reduce<unknown>((at, key) => (at as Tree)[key], document);
    let parent = cut;
    for (const key of keys.slice(0, -1)) {
      parent[key] ??= {};
      parent = parent[key] as Tree;
    }
    parent[keys.at(-1) as string] = withoutProse(value);
    follow(value);
  };
  const follow = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      if (key === "$ref" && typeof child === "string") copyReference(child);
      else follow(child);
    }
  };
  for (const [path, item] of Object.entries(document["paths"] as Tree)) {
    for (const [method, operation] of Object.entries(item as Tree)) {
      if (!names.has((operation as Tree)["operationId"] as string)) continue;
      const paths = cut["paths"] as { [path: string]: Tree };
      paths[path] ??= {};
      paths[path][method] = withoutProse(operation);
      follow(operation);
    }
  }
  return cut;
}

type Place = "schema" | "names" | "data";

/** Keys below `properties` are names, and examples are data, whatever their keys are called. */
function withoutProse(value: unknown, place: Place = "schema"): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutProse(item, place));
  if (typeof value !== "object" || value === null || place === "data") return value;
  const kept = Object.entries(value).filter(([key]) => place === "names" || !prose.has(key));
  return Object.fromEntries(
    kept.map(([key, child]) => [key, withoutProse(child, place === "names" ? "schema" : placeOf(key))]),
  );
}

function placeOf(key: string): Place {
  if (key === "properties") return "names";
  return key === "value" || key === "default" || key === "enum" ? "data" : "schema";
}

/** JSON with one line for each path and component, so that a newer document shows what changed. */
export function oneLineEach(document: Tree): string {
  const block = (value: unknown, depth: number): string => {
    if (depth === 0 || typeof value !== "object" || value === null || Array.isArray(value))
      return JSON.stringify(value);
    const lines = Object.entries(value).map(
      ([key, child]) => `${JSON.stringify(key)}:${block(child, depth - 1)}`,
    );
    return `{\n${lines.join(",\n")}\n}`;
  };
  const parts = Object.entries(document).map(
    ([key, value]) => `${JSON.stringify(key)}:${block(value, key === "components" ? 2 : 1)}`,
  );
  return `{\n${parts.join(",\n")}\n}\n`;
}

/** GitHub's description of webhooks keeps operations under `webhooks`; cut like paths, the name in place of the path. */
function webhooksAsPaths(document: Tree): Tree {
  return { ...document, paths: document["webhooks"] };
}

function write(name: string, source: string, cut: Tree): void {
  const target = new URL(`../../__tests__/support/github/${name}`, import.meta.url);
  writeFileSync(target, oneLineEach({ ...cut, info: { "x-source": source } }));
}

function main(packages: string): void {
  const read = (name: string): Tree => JSON.parse(readFileSync(join(packages, name), "utf8")) as Tree;
  for (const { folder, output, names, paths } of sources) {
    const cut = cutOperations(paths(read(`${folder}/generated/api.github.com.json`)), names);
    const missing = [...names].filter((name) => !operationIds(cut).has(name));
    if (missing.length > 0) throw new Error(`GitHub's document has no operation ${missing.join(", ")}.`);
    write(output, `@octokit/${folder}@${String(read(`${folder}/package.json`)["version"])}`, cut);
  }
}

const sources = [
  {
    folder: "openapi",
    output: "openapi-subset.json",
    names: operations,
    paths: (document: Tree) => document,
  },
  { folder: "openapi-webhooks", output: "webhooks-subset.json", names: webhooks, paths: webhooksAsPaths },
];

function operationIds(document: Tree): ReadonlySet<unknown> {
  const items = Object.values(document["paths"] as { [path: string]: { [method: string]: Tree } });
  return new Set(items.flatMap((item) => Object.values(item).map((operation) => operation["operationId"])));
}

if (import.meta.main) main(process.argv[2] ?? "node_modules/@octokit");
