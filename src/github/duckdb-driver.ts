/**
 * DuckDB in the Action (design 7): it would add 77 MB to the bundle, so it comes from the project's node_modules, else it is
 * installed once into the tool cache, at the exact version and checksums of our lock file.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { messageOf, SluiceError } from "../errors.ts";
import lock from "./duckdb-lock.json" with { type: "json" };
import type { Env } from "./runner.ts";

const packageName = "@duckdb/node-api";
const run = promisify(execFile);

export interface DriverPlaces {
  /** The project's folder, absolute: its node_modules and those above it are looked at first. */
  readonly project: string;
  /** The runner's tool cache; empty when there is none. */
  readonly toolCache: string;
  /** Used instead of a tool cache. */
  readonly temp: string;
  readonly env: Env;
  readonly note: (text: string) => void;
}

/** The package's exports. Throws ENGINE_MISSING with the install line. */
export async function loadDuckdb(places: DriverPlaces): Promise<unknown> {
  const installed = requireFrom(places.project);
  if (installed !== null) return installed;
  const folder = cacheFolder(places);
  if (!existsSync(join(folder, "complete"))) await install(places, folder);
  const cached = requireFrom(folder);
  if (cached === null) throw missing("it was installed, but cannot be found");
  return cached;
}

/** As a module below that folder would load it; null when it is not there. */
function requireFrom(folder: string): unknown {
  const require = createRequire(join(folder, "package.json"));
  try {
    require.resolve(packageName);
  } catch {
    return null;
  }
  try {
    return require(packageName) as unknown;
  } catch (cause) {
    throw missing(
      `the one below ${folder} cannot be loaded: ${messageOf(cause).split("\n")[0] ?? ""}`,
      cause,
    );
  }
}

function cacheFolder({ toolCache, temp }: DriverPlaces): string {
  return join(
    toolCache === "" ? temp : toolCache,
    "sluice-duckdb",
    lock.version,
    `${process.platform}-${process.arch}`,
  );
}

/** Into a folder beside it, which takes its place when complete: two jobs on one runner may do this at once. */
async function install(places: DriverPlaces, folder: string): Promise<void> {
  places.note(`Installing ${packageName} ${lock.version} into the tool cache.`);
  try {
    const parent = join(folder, "..");
    await mkdir(parent, { recursive: true });
    const fresh = await mkdtemp(join(parent, "install-"));
    await writeFile(join(fresh, "package.json"), JSON.stringify(lock.manifest));
    await writeFile(join(fresh, "package-lock.json"), JSON.stringify(lock.lockfile));
    await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev"], {
      cwd: fresh,
      env: withoutSecrets(places.env),
      timeout: 180_000,
      shell: process.platform === "win32",
    });
    await writeFile(join(fresh, "complete"), "");
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  } catch (error) {
    if (existsSync(join(folder, "complete"))) return;
    throw missing(messageOf(error).split("\n")[0] ?? "npm failed", error);
  }
}

/** npm needs paths and proxies, and none of the job's credentials. */
function withoutSecrets(env: Env): NodeJS.ProcessEnv {
  const wanted =
    /^(PATH|HOME|USERPROFILE|APPDATA|LOCALAPPDATA|TEMP|TMP|TMPDIR|LANG|SYSTEMROOT|COMSPEC|NODE_EXTRA_CA_CERTS|(HTTPS?|NO)_PROXY|NPM_CONFIG_.*)$/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => wanted.test(name)));
}

function missing(why: string, cause?: unknown): SluiceError {
  return new SluiceError(
    "ENGINE_MISSING",
    `The DuckDB driver ${packageName} is not installed, and could not be: ${why}.`,
    {
      hint: `Add a step before Sluice that runs: npm install ${packageName}@${lock.version}`,
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
