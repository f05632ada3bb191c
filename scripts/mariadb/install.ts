/** The data folder of a fresh server. Making one takes seconds, copying one does not: it is made once for a version of the server. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Of the redo log; the server and what made its folder must agree on it. */
export const logFileSize = "16M";

const cache = join(import.meta.dirname, "../../node_modules/.cache/sluice-mariadb");

/** Fills `data`, which does not exist yet; `daemon` is the path of mariadbd. */
export async function installData(daemon: string, data: string): Promise<void> {
  const { stdout } = await run(daemon, ["--no-defaults", "--version"]);
  const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? "unknown";
  const template = join(cache, version);
  if (!(await exists(template))) await makeTemplate(template);
  await cp(template, data, { recursive: true });
}

/** Several processes may do so at once: the first to finish wins, and nobody sees half of it. */
async function makeTemplate(template: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const own = await mkdtemp(join(cache, "making-"));
  try {
    const data = join(own, "data");
    await run("mariadb-install-db", [
      "--no-defaults",
      `--datadir=${data}`,
      `--user=${userInfo().username}`,
      `--innodb-log-file-size=${logFileSize}`,
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
    ]);
    await rename(data, template).catch(async (error: unknown) => {
      if (!(await exists(template))) throw error;
    });
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
