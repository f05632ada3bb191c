/**
 * What no one needs any more: expired environments, and snapshots that nothing refers to (spec plan-and-apply 13).
 * Decides only; dropping is in apply. A version lives on while an environment, an open plan, an unfinished promotion or
 * its time to live needs it. That time begins anew when a snapshot leaves an environment: the window for a rollback.
 */
import type { ModelFacts } from "../model/model.ts";
import { partsOf } from "../model/name.ts";
import { keyOf } from "../snapshot/fingerprint.ts";
import { hasPhysicalObject, hasView } from "../snapshot/kind.ts";
import type { Snapshot, SnapshotId } from "../snapshot/snapshot.ts";
import type { NameParts } from "../sql/name-parts.ts";
import type { Environment, EnvironmentName } from "./environment.ts";
import { physicalName, pointerName, prod, viewName } from "./naming.ts";

/** An environment whose time is over, and what of it stands in the warehouse. */
export interface ObsoleteEnvironment {
  readonly environment: Environment;
  /** Its views, the pointer view last. */
  readonly views: readonly NameParts[];
  /** Schemas of its own, to go when nothing is left in them; `table` is empty. */
  readonly schemas: readonly NameParts[];
}

/** A snapshot that nothing needs, and what goes with it. */
export interface ObsoleteSnapshot {
  readonly snapshot: Snapshot;
  /** Its tables or physical views, without those that a snapshot that stays shares or another one here brings along. */
  readonly tables: readonly NameParts[];
  /** No snapshot that stays has the version: what was recorded of it is forgotten. */
  readonly endsVersion: boolean;
  readonly endsDevVersion: boolean;
}

/** A plan whose apply began, did not end, and may go on. */
export interface OpenPlan {
  /** UTC epoch milliseconds. */
  readonly startedAt: number;
  readonly uses: readonly SnapshotId[];
}

export interface CleanupFacts {
  /** The latest record of each. */
  readonly environments: ReadonlyMap<EnvironmentName, Environment>;
  readonly snapshots: readonly Snapshot[];
  /** UTC epoch milliseconds. */
  readonly now: number;
}

export interface CleanupRules {
  readonly openPlans: readonly OpenPlan[];
  /** Everything nobody refers to, however young. */
  readonly ignoreTtl: boolean;
}

export function isExpired({ name, expiresAt }: Environment, now: number): boolean {
  return name !== prod && expiresAt !== null && expiresAt <= now;
}

/** Expired environments by name. A view that an environment which stays shows under the same name is left alone. */
export function obsoleteEnvironments(facts: CleanupFacts): readonly ObsoleteEnvironment[] {
  const all = [...facts.environments.values()];
  const expired = all.filter((environment) => isExpired(environment, facts.now));
  if (expired.length === 0) return [];
  const known = new Map(facts.snapshots.map((snapshot) => [keyOf(snapshot), snapshot.facts]));
  const found = expired.map((environment) => ({ environment, views: viewsOf(environment, known) }));
  const contested = new Set(found.flatMap(({ views }) => views.map(foldedName)));
  for (const environment of all.filter((one) => !isExpired(one, facts.now))) {
    for (const view of viewsOf(environment, known)) contested.delete(foldedName(view));
  }
  return found
    .map(({ environment, views }) => ({
      environment,
      views: views.filter((view) => contested.has(foldedName(view))),
      schemas: ownSchemas(environment, views),
    }))
    .sort((a, b) => (a.environment.name < b.environment.name ? -1 : 1));
}

function viewsOf(environment: Environment, known: ReadonlyMap<string, ModelFacts>): readonly NameParts[] {
  const { name, naming, members } = environment;
  const views = members.flatMap((member) => {
    const facts = known.get(keyOf(member));
    if (!member.promoted || (facts !== undefined && !hasView(facts))) return [];
    return [viewName(facts?.parts ?? partsOf(member.name), name, naming)];
  });
  return [...views, pointerName(name, naming)];
}

/** Where only the table's name bears the suffix, the schemas are those of prod; `main` is DuckDB's own. */
function ownSchemas({ naming }: Environment, views: readonly NameParts[]): readonly NameParts[] {
  if (naming.suffixTarget === "table") return [];
  const schemas = new Map<string, NameParts>();
  for (const { catalog, schema } of views) {
    if (schema === undefined || schema === "main") continue;
    const name = { ...(catalog === undefined ? {} : { catalog }), schema, table: "" };
    schemas.set(foldedName(name), name);
  }
  return [...schemas.values()];
}

/** Snapshots to remove, those that were used longest ago first. `facts.environments`: without those that are gone already. */
export function obsoleteSnapshots(facts: CleanupFacts, rules: CleanupRules): readonly ObsoleteSnapshot[] {
  const needed = neededKeys(facts.environments.values());
  const plans = rules.openPlans.map(({ startedAt, uses }) => ({ startedAt, uses: new Set(uses.map(keyOf)) }));
  const { now } = facts;
  const isNeeded = (snapshot: Snapshot): boolean => {
    const key = keyOf(snapshot);
    if (needed.has(key)) return true;
    if (!rules.ignoreTtl && snapshot.updatedAt + snapshot.ttl > now) return true;
    return plans.some(({ startedAt, uses }) => uses.has(key) && startedAt + snapshot.ttl > now);
  };
  const obsolete = facts.snapshots.filter((snapshot) => !isNeeded(snapshot));
  const gone = new Set(obsolete.map(keyOf));
  const claims = claimsOf(facts.snapshots.filter((snapshot) => !gone.has(keyOf(snapshot))));
  return obsolete
    .toSorted((a, b) => a.updatedAt - b.updatedAt || (keyOf(a) < keyOf(b) ? -1 : 1))
    .map((snapshot) => claims.take(snapshot));
}

/** Members of every environment, and what an unfinished promotion would go back to. */
function neededKeys(environments: Iterable<Environment>): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { members, previousFinalized } of environments) {
    for (const member of members) keys.add(keyOf(member));
    for (const member of previousFinalized ?? []) keys.add(keyOf(member));
  }
  return keys;
}

/** Hands each table and version out once, and never one that a snapshot which stays has. */
function claimsOf(staying: readonly Snapshot[]): { take(snapshot: Snapshot): ObsoleteSnapshot } {
  const tables = new Set<string>();
  const versions = new Set<string>();
  for (const snapshot of staying) {
    for (const table of tablesOf(snapshot)) tables.add(foldedName(table));
    for (const key of versionsOf(snapshot)) versions.add(key);
  }
  const first = (taken: Set<string>, key: string): boolean => !taken.has(key) && taken.add(key).has(key);
  return {
    take(snapshot) {
      const [version, devVersion] = versionsOf(snapshot);
      return {
        snapshot,
        tables: tablesOf(snapshot).filter((table) => first(tables, foldedName(table))),
        endsVersion: first(versions, version),
        endsDevVersion: first(versions, devVersion),
      };
    },
  };
}

function tablesOf(snapshot: Snapshot): readonly NameParts[] {
  if (!hasPhysicalObject(snapshot.facts)) return [];
  return [physicalName(snapshot, false), physicalName(snapshot, true)];
}

function versionsOf({ name, version, devVersion }: Snapshot): readonly [string, string] {
  return [JSON.stringify([name, version]), JSON.stringify([name, version, devVersion])];
}

/** Two names that some warehouse takes for one count as one. */
function foldedName({ catalog = "", schema = "", table }: NameParts): string {
  return [catalog, schema, table].join("\u0000").toLowerCase();
}
