/** A model's texts as loading sees them: expanded at fixed moments, for dependencies, columns and hashes. */
import { SluiceError } from "../errors.ts";
import { type Dialect, familyOf } from "../sql/dialect.ts";
import { jinjaMacrosNamed } from "../sql/macro/jinja-definitions.ts";
import type { MacroScope } from "../sql/macro/scope.ts";
import type { ModelContext } from "./context.ts";
import {
  type ExpansionContext,
  type ExpansionMoment,
  evaluatingMoments,
  expandTexts,
  isPlainText,
  loadingMoment,
  momentScope,
  scopeWithDefinitions,
} from "./expansion.ts";
import type { Identity } from "./identity.ts";
import type { Model, ModelKind, SqlText } from "./model.ts";

export type LoadedTexts = Pick<Model, "preStatements" | "postStatements" | "onVirtualUpdate"> & {
  readonly query?: SqlText;
};

/** Definitions of the Jinja macros that the texts call. */
export function jinjaMacrosOf(
  texts: readonly SqlText[],
  context: ModelContext,
): Readonly<Record<string, string>> {
  const blocks = texts.filter((text) => text.jinja).map((text) => text.text);
  return blocks.length === 0 ? {} : jinjaMacrosNamed(blocks, context.jinjaMacros);
}

export interface ExpansionParts {
  readonly identity: Pick<Identity, "gateway" | "displayName" | "defaultCatalog">;
  /** Absent = all time variables are there. */
  readonly kind?: ModelKind;
  readonly jinjaMacros: Readonly<Record<string, string>>;
  readonly dialect: Dialect;
  readonly path: string;
  readonly blueprint: Readonly<Record<string, string>>;
}

/** What the texts' macros see while loading. */
export function expansionOf(parts: ExpansionParts, context: ModelContext): ExpansionContext {
  const { identity, kind, jinjaMacros, dialect, path, blueprint } = parts;
  return {
    family: familyOf(dialect),
    file: path,
    jinjaMacros,
    gateway: identity.gateway ?? context.gateway,
    variables: context.variables,
    blueprint,
    pythonMacros: context.pythonMacros,
    columnsOf: context.columnsOf,
    thisModel: identity.displayName,
    ...(kind === undefined ? {} : { kind }),
    ...(identity.defaultCatalog === undefined ? {} : { defaultCatalog: identity.defaultCatalog }),
  };
}

function allStatements(texts: LoadedTexts): SqlText[] {
  return [...texts.preStatements, ...texts.postStatements, ...texts.onVirtualUpdate];
}

/** Statements and query. */
export function everyText(texts: LoadedTexts): SqlText[] {
  return [...allStatements(texts), ...(texts.query ? [texts.query] : [])];
}

/** The query as loading sees it; null for kinds without one, and when macros leave nothing. Throws MACRO_INVALID when they give several. */
export function expandedQuery(texts: LoadedTexts, expansion: ExpansionContext): string | null {
  if (!texts.query) return null;
  if (isPlainText(texts.query)) return texts.query.text;
  const scope = scopeWithDefinitions(momentScope(expansion, loadingMoment, true), allStatements(texts));
  const [query, second] = expandTexts([texts.query], scope, expansion);
  if (second === undefined) return query || null;
  throw new SluiceError("MACRO_INVALID", "the query becomes more than one statement", {
    place: { file: expansion.file, line: texts.query.line },
    hint: "Make its macros give one SELECT.",
  });
}

/** What hashing needs: the texts as they would run, at loading and at two times of evaluation. */
export function renderedTexts(texts: LoadedTexts, expansion: ExpansionContext): string[][] {
  const statements = allStatements(texts);
  const own = [...texts.preStatements, ...(texts.query ? [texts.query] : []), ...texts.postStatements];
  if (own.every(isPlainText)) return [own.map((text) => text.text)];
  const scopeAt = (moment: ExpansionMoment, forQuery: boolean): MacroScope =>
    scopeWithDefinitions(momentScope(expansion, moment, forQuery), statements);
  const expand = (list: readonly SqlText[], moment: ExpansionMoment, forQuery: boolean): string[] =>
    list.every(isPlainText)
      ? list.map((text) => text.text)
      : expandTexts(list, scopeAt(moment, forQuery), expansion);
  const renderings = [loadingMoment, ...evaluatingMoments].map((moment) => [
    ...expand(texts.preStatements, moment, false),
    ...expand(texts.query ? [texts.query] : [], moment, true),
    ...expand(texts.postStatements, moment, false),
  ]);
  // What is the same at every moment is one text: a macro put in its place, or taken away, changes nothing.
  const [first = [], ...others] = renderings;
  const constant = others.every(
    (other) => other.length === first.length && other.every((text, i) => text === first[i]),
  );
  return constant ? [first] : renderings;
}
