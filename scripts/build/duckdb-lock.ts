/** The part of our lock file that installs DuckDB's driver alone: versions and checksums, no addresses. */
import { readFileSync } from "node:fs";

interface LockEntry {
  readonly version: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

const packageName = "@duckdb/node-api";

/** Text of `src/github/duckdb-lock.json`. */
export function duckdbLockText(packageLock: string): string {
  const { packages } = JSON.parse(readFileSync(packageLock, "utf8")) as {
    packages: Record<string, LockEntry>;
  };
  const own: Record<string, LockEntry> = {};
  const add = (name: string): void => {
    const key = `node_modules/${name}`;
    const entry = packages[key];
    if (entry === undefined) throw new Error(`${packageLock} has no ${name}`);
    if (own[key] !== undefined) return;
    const { resolved: _address, dev: _dev, peer: _peer, license: _license, ...rest } = entry;
    own[key] = rest as LockEntry;
    for (const next of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) add(next);
  };
  add(packageName);
  const version = packages[`node_modules/${packageName}`]?.version ?? "";
  const manifest = {
    name: "sluice-duckdb",
    version: "1.0.0",
    private: true,
    dependencies: { [packageName]: version },
  };
  const { name, version: own_version, dependencies } = manifest;
  const lockfile = {
    name,
    version: own_version,
    lockfileVersion: 3,
    requires: true,
    packages: { "": { name, version: own_version, dependencies }, ...own },
  };
  return `${JSON.stringify({ version, manifest, lockfile }, null, 2)}\n`;
}
