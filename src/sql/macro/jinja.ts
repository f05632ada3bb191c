/**
 * Jinja through nunjucks, made to print as Python does and kept from reaching anything but the values it is given: models come
 * from pull requests. The engine is loaded on first use, since few projects need it.
 */

/** One block to render. */
export interface JinjaBlock {
  readonly text: string;
  /** `{% macro … %}` texts, global to the block and to each other. */
  readonly macros: readonly string[];
  /** Names in scope: values and functions. Undefined names print as nothing. */
  readonly names: Readonly<Record<string, unknown>>;
}

/** A template that cannot be rendered; `line` counts from 1 within the block. */
export class JinjaFault extends Error {
  readonly line: number | undefined;
  constructor(message: string, line: number | undefined, cause: unknown) {
    super(message, { cause });
    this.line = line;
  }
}

interface Runtime {
  memberLookup: (object: unknown, key: unknown) => unknown;
  suppressValue: (value: unknown, autoescape: boolean) => unknown;
}

interface Nunjucks {
  readonly Environment: new (
    loader: null,
    options: Readonly<Record<string, unknown>>,
  ) => {
    renderString(text: string, names: object): string;
    addExtension(name: string, extension: object): unknown;
  };
  readonly runtime: Runtime;
  readonly compiler: { readonly Compiler: { readonly prototype: TupleCompiler } };
  readonly installJinjaCompat: () => unknown;
}

/** How the engine writes `(a, b)`: as JavaScript's comma, unless told otherwise. */
interface TupleCompiler {
  compileGroup: (node: { readonly children: readonly unknown[] }, frame: unknown) => void;
  readonly compileArray: (node: { readonly children: readonly unknown[] }, frame: unknown) => void;
}

let loaded: Nunjucks | undefined;

/** Loads the engine; {@link renderJinjaBlock} works from then on. Cheap when it is loaded already. */
export async function loadJinja(): Promise<void> {
  if (loaded) return;
  const module = (await import("nunjucks")) as unknown as { readonly default: Nunjucks };
  const nunjucks = module.default;
  nunjucks.installJinjaCompat();
  guardRuntime(nunjucks.runtime);
  readTuples(nunjucks.compiler.Compiler.prototype);
  loaded = nunjucks;
}

/** The block's text. Throws {@link JinjaFault}; needs {@link loadJinja} to have run. */
export function renderJinjaBlock(block: JinjaBlock): string {
  if (!loaded) throw new JinjaFault("the Jinja engine was not loaded before rendering", undefined, undefined);
  const environment = new loaded.Environment(null, { autoescape: false, throwOnUndefined: false });
  environment.addExtension("do", new DoTag());
  const macros = block.macros.join("\n");
  const template = macros === "" ? block.text : `${macros}\n${block.text}`;
  try {
    const rendered = environment.renderString(template, block.names);
    return macros === "" ? rendered : rendered.replace(/^\n+/, "");
  } catch (error) {
    throw faultOf(error, macros === "" ? 0 : macros.split("\n").length);
  }
}

function faultOf(error: unknown, linesBefore: number): JinjaFault {
  const text = error instanceof Error ? error.message : String(error);
  const [, place, thrown, reason = text] =
    /^(?:\(unknown path\)\s*)?(?:\[Line (\d+)[^\]]*\]\s*)?((?:\w*Error|Template render error): )?([\s\S]*)$/.exec(
      text,
    ) ?? [];
  // The engine counts from 0 when a template runs, from 1 when it is read.
  const line = Number(place ?? 0) + (thrown === undefined ? 0 : 1) - linesBefore;
  return new JinjaFault(reason.trim(), line > 0 ? line : undefined, error);
}

/** Python's text methods that templates use. */
const textMethods: Readonly<Record<string, (text: string, ...rest: string[]) => unknown>> = {
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  capitalize: (text) => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase(),
  strip: (text) => text.trim(),
  lstrip: (text) => text.trimStart(),
  rstrip: (text) => text.trimEnd(),
  startswith: (text, part = "") => text.startsWith(part),
  endswith: (text, part = "") => text.endsWith(part),
  replace: (text, from = "", to = "") => text.replaceAll(from, to),
  split: (text, separator) => (separator === undefined ? text.trim().split(/\s+/) : text.split(separator)),
  join: (text, items) => ((items ?? []) as unknown as readonly unknown[]).map(String).join(text),
};

/** No prototypes, no constructors, nothing of functions: a template cannot leave the values it was given. */
function guardRuntime(runtime: Runtime): void {
  const lookUp = runtime.memberLookup;
  runtime.memberLookup = function guarded(this: unknown, object: unknown, key: unknown): unknown {
    const name = String(key);
    if (
      typeof object === "function" ||
      name === "constructor" ||
      name === "prototype" ||
      name.startsWith("__")
    )
      return undefined;
    const method =
      typeof object === "string" && Object.hasOwn(textMethods, name) ? textMethods[name] : undefined;
    if (method) return (...rest: string[]) => method(object as string, ...rest);
    return lookUp.call(this, object, key);
  };
  const print = runtime.suppressValue;
  runtime.suppressValue = (value, autoescape) => {
    if (value === undefined) return "";
    const plain = value === null || typeof value === "boolean" || Array.isArray(value);
    return plain ? pythonText(value) : print(value, autoescape);
  };
}

/** `x in ('a', 'b')`: a tuple is a list. */
function readTuples(compiler: TupleCompiler): void {
  const group = compiler.compileGroup;
  compiler.compileGroup = function compileGroup(this: TupleCompiler, node, frame): void {
    if (node.children.length > 1) this.compileArray(node, frame);
    else group.call(this, node, frame);
  };
}

/** How Python prints a value inside a list, and lists, None and booleans everywhere. */
function pythonText(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(pythonText).join(", ")}]`;
  return typeof value === "string"
    ? `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`
    : String(value);
}

/** `{% do expression %}`: evaluates and prints nothing. */
class DoTag {
  readonly tags = ["do"];

  parse(parser: TagParser, nodes: TagNodes): unknown {
    const token = parser.nextToken();
    const expression = parser.parseExpression();
    parser.advanceAfterBlockEnd(token.value);
    const list = new nodes.NodeList(token.lineno, token.colno, [expression]);
    return new nodes.CallExtension(this, "run", list, []);
  }

  run(): string {
    return "";
  }
}

interface TagParser {
  nextToken(): { readonly value: string; readonly lineno: number; readonly colno: number };
  parseExpression(): unknown;
  advanceAfterBlockEnd(name: string): void;
}

interface TagNodes {
  readonly NodeList: new (line: number, column: number, children: readonly unknown[]) => unknown;
  readonly CallExtension: new (
    extension: object,
    method: string,
    args: unknown,
    content: readonly unknown[],
  ) => unknown;
}
