/**
 * Names of environments, of their views, and of the tables behind them (spec plan-and-apply 10.1, 12.1).
 * Every name Sluice generates is made here, so that its length can be checked while planning.
 */
import { sha256, shortHash } from "../digest.ts";
import { SluiceError } from "../errors.ts";
import type { ModelFacts, ModelName } from "../model/model.ts";
import { bearsModelName, hasView } from "../snapshot/kind.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { EnvironmentName, SuffixTarget, ViewNaming } from "./environment.ts";

export const prod = "prod" as EnvironmentName;

/** Non-word characters become `_`, letters lower case; the only place where an {@link EnvironmentName} is made. */
export function parseEnvironmentName(raw: string): EnvironmentName {
  const name = sanitise(raw.trim()).toLowerCase();
  if (name === "") {
    throw new SluiceError("PLAN_OPTION_INVALID", "the name of the environment is empty", {
      hint: "Name one, such as prod or dev.",
    });
  }
  return name as EnvironmentName;
}

export interface NamingRules {
  readonly suffixTarget: SuffixTarget;
  readonly catalogMapping: readonly { readonly pattern: RegExp; readonly catalog: string }[];
  readonly defaultCatalog?: string;
}

/** How an environment's views are named under these rules. */
export function viewNamingOf(environment: EnvironmentName, rules: NamingRules): ViewNaming {
  const override = rules.catalogMapping.find((rule) => rule.pattern.test(environment))?.catalog;
  const home = rules.suffixTarget === "catalog" ? rules.defaultCatalog : undefined;
  return {
    suffixTarget: rules.suffixTarget,
    ...(override === undefined ? {} : { catalogOverride: override }),
    ...(home === undefined ? {} : { defaultCatalog: home }),
  };
}

/** The view of a model in an environment. Models without a schema live in `default`. */
export function viewName(model: NameParts, environment: EnvironmentName, naming: ViewNaming): NameParts {
  const suffix = environment === prod ? "" : `__${environment}`;
  const schema = model.schema ?? "default";
  const catalog = naming.catalogOverride ?? model.catalog;
  const inCatalog = catalog === undefined ? {} : { catalog };
  switch (naming.suffixTarget) {
    case "schema":
      return { ...inCatalog, schema: `${schema}${suffix}`, table: model.table };
    case "table":
      return { ...inCatalog, schema, table: `${model.table}${suffix}` };
    case "catalog": {
      const home = catalog ?? naming.defaultCatalog;
      if (suffix === "") return { ...inCatalog, schema, table: model.table };
      // Without a catalog to suffix, the views would land on those of prod.
      if (home === undefined) throw noCatalog(environment);
      return { catalog: `${home}${suffix}`, schema, table: model.table };
    }
  }
}

function noCatalog(environment: EnvironmentName): SluiceError {
  return new SluiceError(
    "NOT_SUPPORTED",
    `the views of ${environment} need a catalog of their own, but the warehouse has no catalogs`,
    {
      hint: "Set environment_suffix_target to schema or table.",
    },
  );
}

/**
 * The view that says which plan is live: `sluice.sluice__pointer` for prod, and suffixed as every view of the
 * environment is elsewhere, for example `sluice__dev.sluice__pointer`.
 */
export function pointerName(environment: EnvironmentName, naming: ViewNaming): NameParts {
  return viewName({ schema: "sluice", table: "sluice__pointer" }, environment, naming);
}

/** What a physical name is made of; a snapshot has it all. */
export type PhysicalIdentity = Pick<
  Snapshot,
  "version" | "devVersion" | "physicalSchema" | "namingConvention"
> & {
  readonly facts: Pick<ModelFacts, "parts" | "kind" | "virtualEnvironmentMode">;
};

/** The environment shows the model by a view; elsewhere readers find the table itself, or nothing. */
export function showsByView(facts: ModelFacts, environment: EnvironmentName): boolean {
  return hasView(facts) && !(environment === prod && bearsModelName(facts));
}

/**
 * The table or view that holds a snapshot's data; `dev`: the one used while it is not deployable.
 * A plain view holds no data, so it never needs to be redefined under its readers: its object bears the dev version,
 * which changes with everything the view shows, even where the version is kept.
 */
export function physicalName(snapshot: PhysicalIdentity, dev: boolean): NameParts {
  const { parts, kind } = snapshot.facts;
  if (kind.name === "EXTERNAL") return parts;
  if (!dev && bearsModelName(snapshot.facts)) return { ...parts, schema: parts.schema ?? "default" };
  const own = kind.name === "VIEW" && !kind.materialized ? snapshot.devVersion : snapshot.version;
  const ending = dev ? `${snapshot.devVersion}__dev` : own;
  const inCatalog = parts.catalog === undefined ? {} : { catalog: parts.catalog };
  const owner = [parts.schema, parts.table].filter((part) => part !== undefined).map(sanitise);
  const table = `${(snapshot.namingConvention === "table_only" ? owner.slice(-1) : owner).join("__")}__${ending}`;
  if (snapshot.namingConvention !== "hash_md5")
    return { ...inCatalog, schema: snapshot.physicalSchema, table };
  const full = [parts.catalog, snapshot.physicalSchema, table].filter((part) => part !== undefined).join(".");
  return {
    ...inCatalog,
    schema: snapshot.physicalSchema,
    table: `sluice_hash__${sha256(full).slice(0, 32)}`,
  };
}

/** Whose work a temporary name belongs to: the environment, and the fencing token of the lock on it. */
export interface TemporaryHolder {
  readonly environment: EnvironmentName;
  readonly token: number;
  /** Id of the plan that builds it, where it outlives the apply that began it. */
  readonly plan?: string;
}

/** A name beside `target`, for what is built before it takes the target's place: short, and equal for equal work. */
export function temporaryName(target: NameParts, purpose: string, holder?: TemporaryHolder): NameParts {
  const prefix = temporaryPrefix(target, purpose, holder?.environment);
  if (holder === undefined) return { ...target, table: prefix };
  const plan = holder.plan === undefined ? "" : `_${shortHash(holder.plan)}`;
  return { ...target, table: `${prefix}${plan}_${holder.token}` };
}

/** What all temporary names for one purpose beside `target` begin with, whatever the token. */
export function temporaryPrefix(target: NameParts, purpose: string, environment?: EnvironmentName): string {
  const full = [target.catalog ?? "", target.schema ?? "", target.table, purpose, environment ?? ""].join(
    ".",
  );
  return `sluice__${shortHash(full)}`;
}

/** Every part of a name that is longer than the engine takes. */
export function tooLongParts(name: NameParts, limit: number): readonly string[] {
  // Characters are counted where there are enough UTF-16 units for too many.
  return [name.catalog, name.schema, name.table].filter(
    (part) => part !== undefined && part.length > limit && [...part].length > limit,
  ) as string[];
}

/** Throws PLAN_REFUSED for the first name with a part longer than the engine takes. */
export function checkNameLengths(
  names: Iterable<{ readonly model: ModelName; readonly name: NameParts }>,
  limit: number,
): void {
  for (const { model, name } of names) {
    const [long] = tooLongParts(name, limit);
    if (long === undefined) continue;
    throw new SluiceError(
      "PLAN_REFUSED",
      `${model} needs the name "${long}" of ${[...long].length} characters, the warehouse takes ${limit}`,
      {
        hint: "Give the model or the environment a shorter name, or set physical_table_naming_convention to table_only or hash_md5.",
        details: { model, name: long, length: [...long].length, limit },
      },
    );
  }
}

/** Dotted text of a name, for sentences. */
export function describeName(name: NameParts): string {
  return [name.catalog, name.schema, name.table].filter((part) => part !== undefined).join(".");
}

function sanitise(text: string): string {
  return text.replace(/[^\p{L}\p{N}_]/gu, "_");
}
