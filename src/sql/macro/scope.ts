/** What names mean while one text is expanded: locals, `@DEF`s, blueprint and configuration variables. */
import { SluiceError, type SourcePlace } from "../../errors.ts";
import type { DialectFamily } from "../dialect.ts";
import type { Token } from "../lexer.ts";
import type { Column } from "../name-parts.ts";
import { type ConfiguredValue, type MacroText, textOfConfigured, textOfSql } from "./value.ts";

/** A `@DEF` whose value is a lambda, or a lambda of a macro call: its body is expanded at each application. */
interface MacroFunction {
  readonly parameters: readonly string[];
  /** The text `body` was cut from. */
  readonly source: string;
  /** Line of `source` in its file. */
  readonly line: number;
  readonly body: readonly Token[];
}

/** Everything a text may refer to. Names are lower-case. */
export interface MacroScope {
  readonly family: DialectFamily;
  /** Where the text stands; tokens count their lines from `line`. */
  readonly file: string;
  readonly line: number;
  /** `loading`, `creating`, `evaluating`, … (spec project-format 5.5). */
  readonly stage: string;
  /** Predefined variables, audit arguments, test variables, `@DEF` values, lambda arguments. */
  readonly locals: ReadonlyMap<string, MacroText>;
  readonly functions: ReadonlyMap<string, MacroFunction>;
  /** Lambda arguments, which are also meant by their bare names. */
  readonly bare: ReadonlyMap<string, MacroText>;
  /** SQL text of each value. */
  readonly blueprint: Readonly<Record<string, string>>;
  /** Gateway variables over root variables. */
  readonly variables: Readonly<Record<string, ConfiguredValue>>;
  /** What to say about names that are undefined here on purpose, such as `start_ds` in a FULL model. */
  readonly absent: ReadonlyMap<string, string>;
  /** Python macros of the project: name → where it is. */
  readonly pythonMacros: ReadonlyMap<string, SourcePlace>;
  /** Columns of a table by its name as written; null = not known. */
  readonly columnsOf?: ((name: string) => readonly Column[] | null) | undefined;
  readonly defaultCatalog?: string | undefined;
  /** Macro calls around this one, to end a macro that calls itself. */
  readonly depth: number;
}

export interface ScopeOptions {
  readonly family: DialectFamily;
  readonly file?: string;
  readonly line?: number;
  readonly stage?: string;
  readonly locals?: ReadonlyMap<string, MacroText>;
  readonly blueprint?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, ConfiguredValue>>;
  readonly absent?: ReadonlyMap<string, string>;
  readonly pythonMacros?: ReadonlyMap<string, SourcePlace>;
  readonly columnsOf?: ((name: string) => readonly Column[] | null) | undefined;
  readonly defaultCatalog?: string | undefined;
}

/** A scope in which only what is given is defined. */
export function createScope(options: ScopeOptions): MacroScope {
  const stage = options.stage ?? "loading";
  const locals = new Map(options.locals);
  if (!locals.has("runtime_stage")) locals.set("runtime_stage", textOfConfigured(stage, options.family));
  return {
    family: options.family,
    file: options.file ?? "<sql>",
    line: options.line ?? 1,
    stage,
    locals,
    functions: new Map(),
    bare: new Map(),
    blueprint: lowerKeys(options.blueprint ?? {}),
    variables: lowerKeys(options.variables ?? {}),
    absent: options.absent ?? new Map(),
    pythonMacros: options.pythonMacros ?? new Map(),
    columnsOf: options.columnsOf,
    defaultCatalog: options.defaultCatalog,
    depth: 0,
  };
}

/** The same names, for a text that stands elsewhere. */
export function scopeAt(scope: MacroScope, line: number, file = scope.file): MacroScope {
  return { ...scope, file, line };
}

/** The value of `@name`, looked up in the order of spec project-format 5.3; undefined when there is none. */
export function lookUp(scope: MacroScope, name: string): MacroText | undefined {
  const key = name.toLowerCase();
  const local = scope.locals.get(key);
  if (local) return local;
  if (Object.hasOwn(scope.blueprint, key)) return textOfSql(scope.blueprint[key] as string, scope.family);
  return configured(scope, key);
}

/** The value of a configuration or gateway variable. */
export function configured(scope: MacroScope, name: string): MacroText | undefined {
  const key = name.toLowerCase();
  if (!Object.hasOwn(scope.variables, key)) return undefined;
  return textOfConfigured(scope.variables[key] as ConfiguredValue, scope.family);
}

/** A MACRO_INVALID error at a token of the scope's text. */
export function macroError(
  scope: MacroScope,
  token: Token | null,
  message: string,
  hint?: string,
): SluiceError {
  return new SluiceError("MACRO_INVALID", message, {
    place: { file: scope.file, line: scope.line + (token ? token.line - 1 : 0) },
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The error for `@name` without a value. */
export function undefinedVariable(scope: MacroScope, name: string, token: Token | null): SluiceError {
  const known = [...scope.locals.keys(), ...Object.keys(scope.blueprint), ...Object.keys(scope.variables)];
  const absent = scope.absent.get(name.toLowerCase());
  const python = scope.pythonMacros.has(name.toLowerCase());
  const near = nearest(name.toLowerCase(), known);
  const hint =
    absent ??
    (python || scope.functions.has(name.toLowerCase())
      ? `"${name}" is a macro: call it with @${name}(…).`
      : near
        ? `Did you mean "${near}"?`
        : "Define it under `variables` in the configuration, or with @DEF in the model.");
  return macroError(scope, token, `Macro variable "${name}" is undefined`, hint);
}

/** The most similar of `known`, when it is similar enough to be meant. */
export function nearest(name: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let least = (name.length < 4 ? 1 : name.length < 9 ? 2 : 3) + 1;
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}

function lowerKeys<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key.toLowerCase(), value]));
}
