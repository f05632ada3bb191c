/**
 * Selection of models by expression (spec project-format 11): names, `*`, `+` up and downstream, `tag:`, `resource_type:`,
 * `git:`, `^`, `&`, `|`, parentheses. Accepts a little more than SQLMesh (inner wildcards, chained `&`).
 */
import { SluiceError } from "../errors.ts";
import type { DialectFamily } from "../sql/dialect.ts";
import { familyOf } from "../sql/dialect.ts";
import { parseName } from "../sql/identifiers.ts";
import { graphOf } from "./graph.ts";
import type { ModelFacts, ModelName } from "./model.ts";
import { toModelName } from "./name.ts";

export interface SelectorOptions {
  /** So that names may be written with it. */
  readonly defaultCatalog?: string;
  /** Paths of the files that changed against a Git reference; without it `git:` is refused. */
  readonly changedFiles?: (reference: string) => ReadonlySet<string>;
}

type Facts = ReadonlyMap<ModelName, ModelFacts>;

/** Models that any of the expressions selects; unknown names and standalone audits are never among them. Throws PLAN_OPTION_INVALID for text that is no selector. */
export function selectModels(
  expressions: readonly string[],
  all: Facts,
  options: SelectorOptions = {},
): ReadonlySet<ModelName> {
  const selected = new Set<ModelName>();
  for (const expression of expressions) {
    const tree = parseSelector(expression);
    for (const name of new Evaluation(all, options).select(tree)) {
      if (all.get(name)?.node === "model") selected.add(name);
    }
  }
  return selected;
}

type TermKind = "name" | "tag" | "resource_type" | "git";

type Selector =
  | { readonly op: "or" | "and"; readonly left: Selector; readonly right: Selector }
  | { readonly op: "not"; readonly of: Selector }
  | { readonly op: "reach"; readonly up: boolean; readonly down: boolean; readonly of: Selector }
  | { readonly op: "term"; readonly kind: TermKind; readonly text: string };

/** Reads one expression. Throws PLAN_OPTION_INVALID. */
function parseSelector(expression: string): Selector {
  const parser = new Parser(expression);
  return parser.parse();
}

const tokenPattern = /\s*(?:([&|^()+])|((?:"[^"]*"|`[^`]*`|[^\s&|^()+"`])+))/y;
const prefixPattern = /^(tag|resource_type|git):(.*)$/s;

class Parser {
  readonly #text: string;
  readonly #tokens: string[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = [];
    tokenPattern.lastIndex = 0;
    const end = text.trimEnd().length;
    while (tokenPattern.lastIndex < end) {
      const match = tokenPattern.exec(text);
      if (!match) throw this.#error("it has a quote that is never closed");
      this.#tokens.push((match[1] ?? match[2]) as string);
    }
  }

  parse(): Selector {
    const tree = this.#or();
    // SQLMesh reads over closing parentheses at the end.
    while (this.#peek() === ")") this.#at++;
    const rest = this.#peek();
    if (rest !== undefined) throw this.#error(`nothing connects '${rest}' with what stands before it`);
    return tree;
  }

  #or(): Selector {
    const left = this.#and();
    return this.#take("|") ? { op: "or", left, right: this.#or() } : left;
  }

  #and(): Selector {
    const left = this.#unary();
    return this.#take("&") ? { op: "and", left, right: this.#and() } : left;
  }

  #unary(): Selector {
    return this.#take("^") ? { op: "not", of: this.#unary() } : this.#reach();
  }

  #reach(): Selector {
    const up = this.#take("+");
    const of = this.#primary();
    const down = this.#take("+");
    return up || down ? { op: "reach", up, down, of } : of;
  }

  #primary(): Selector {
    const token = this.#peek();
    if (token === undefined)
      throw this.#error(this.#text.trim() === "" ? "it is empty" : "it ends where a name is expected");
    this.#at++;
    if (token === "(") {
      const inner = this.#or();
      if (!this.#take(")")) throw this.#error("a parenthesis is never closed");
      return inner;
    }
    if (/^[&|^)+]$/.test(token)) throw this.#error(`a name is expected before '${token}'`);
    return this.#term(token);
  }

  #term(token: string): Selector {
    const prefixed = prefixPattern.exec(token);
    const [kind, text] = prefixed
      ? [prefixed[1] as TermKind, prefixed[2] as string]
      : (["name", token] as const);
    const unknown = /^(\w+):/.exec(text);
    if (kind === "name" && unknown) throw this.#error(`there is no prefix '${unknown[1]}:'`);
    if (text === "") throw this.#error(`nothing follows '${kind}:'`);
    if (kind === "resource_type" && text !== "model" && text !== "audit") {
      throw this.#error(`there is no resource type '${text}', only model and audit`);
    }
    return { op: "term", kind, text };
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at++;
    return true;
  }

  #error(why: string): SluiceError {
    return new SluiceError("PLAN_OPTION_INVALID", `the selector "${this.#text}" cannot be read: ${why}`, {
      hint: "Write names, wildcards such as shop.*, tag:name, +name or name+, joined by & and |.",
    });
  }
}

class Evaluation {
  readonly #models: Facts;
  readonly #options: SelectorOptions;
  readonly #family: DialectFamily;

  constructor(models: Facts, options: SelectorOptions) {
    this.#models = models;
    this.#options = options;
    const [any] = models.values();
    this.#family = any ? familyOf(any.dialect) : "duckdb";
  }

  select(tree: Selector): ReadonlySet<ModelName> {
    switch (tree.op) {
      case "or":
        return new Set([...this.select(tree.left), ...this.select(tree.right)]);
      case "and": {
        const right = this.select(tree.right);
        return new Set([...this.select(tree.left)].filter((name) => right.has(name)));
      }
      case "not": {
        const without = this.select(tree.of);
        return new Set([...this.#models.keys()].filter((name) => !without.has(name)));
      }
      case "reach":
        return this.#reach(this.select(tree.of), tree.up, tree.down);
      case "term":
        return this.#term(tree.kind, tree.text);
    }
  }

  #reach(names: ReadonlySet<ModelName>, up: boolean, down: boolean): ReadonlySet<ModelName> {
    const graph = graphOf(this.#models);
    return new Set([
      ...names,
      ...(up ? graph.ancestors(names) : []),
      ...(down ? graph.descendants(names) : []),
    ]);
  }

  #term(kind: TermKind, text: string): ReadonlySet<ModelName> {
    switch (kind) {
      case "tag": {
        const glob = globOf(text.toLowerCase());
        return this.#where((facts) => facts.tags.some((tag) => glob.test(tag.toLowerCase())));
      }
      case "resource_type":
        return this.#where((facts) => facts.node === text);
      case "git":
        return this.#changed(text);
      case "name":
        return text.includes("*") ? this.#wildcard(text) : this.#named(text);
    }
  }

  #wildcard(text: string): ReadonlySet<ModelName> {
    const glob = globOf(text);
    return this.#where((facts) => glob.test(facts.displayName));
  }

  #named(text: string): ReadonlySet<ModelName> {
    const parts = parseName(text, this.#family, { code: "PLAN_OPTION_INVALID" });
    const name = toModelName(parts, this.#family, this.#options.defaultCatalog);
    return new Set(this.#models.has(name) ? [name] : []);
  }

  #changed(reference: string): ReadonlySet<ModelName> {
    const { changedFiles } = this.#options;
    if (!changedFiles) {
      throw new SluiceError(
        "PLAN_OPTION_INVALID",
        `the selector git:${reference} needs a Git repository, and none is at hand`,
        {
          hint: "Name the models instead.",
        },
      );
    }
    const files = changedFiles(reference);
    return this.#where((facts) => files.has(facts.path));
  }

  #where(test: (facts: ModelFacts) => boolean): ReadonlySet<ModelName> {
    return new Set([...this.#models].filter(([, facts]) => test(facts)).map(([name]) => name));
  }
}

function globOf(text: string): RegExp {
  return new RegExp(
    `^${text
      .split("*")
      .map((piece) => piece.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
    "s",
  );
}
