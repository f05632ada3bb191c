/**
 * A MariaDB server of our own, for tests, demo and measurements: on loopback, a free port, a temporary folder. `SLUICE_TEST_MYSQL_URL` names
 * another one to use instead; with `CI=true` the absence of both is a failure, elsewhere such tests are left out.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import type { MysqlConnection } from "../../src/engine/connection.ts";
import { installData, logFileSize } from "./install.ts";

const daemon = ["/usr/sbin/mariadbd", "/usr/local/sbin/mariadbd", "/opt/homebrew/bin/mariadbd"].find((path) =>
  existsSync(path),
);
const address = process.env["SLUICE_TEST_MYSQL_URL"];

/** Whether there is a server to test on; throws with `CI=true` when there is none. */
export function hasMariadb(): boolean {
  const found = daemon !== undefined || address !== undefined;
  if (!found && process.env["CI"] === "true") {
    throw new Error("mariadbd is not installed: install mariadb-server, or set SLUICE_TEST_MYSQL_URL");
  }
  return found;
}

export interface TestServer extends AsyncDisposable {
  readonly connection: MysqlConnection;
  /** Runs statements as the administrator. */
  sql(...statements: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Ends the server as a power cut would; only where {@link owned}. */
  kill(): Promise<void>;
  /** Starts it again on the same folder and port. */
  restart(): Promise<void>;
  /** The server is the tests' own. */
  readonly owned: boolean;
}

/** The machine stays up when a server is killed: what was written is there, also without waiting for the disk. */
const unhurried = ["--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync", "--sync-frm=OFF"];

/** Starts a server, or names the given one. `options` are of the server's command line. */
export async function startMariadb(options: readonly string[] = unhurried): Promise<TestServer> {
  if (address !== undefined) return givenServer(new URL(address));
  if (daemon === undefined) throw new Error("mariadbd is not installed");
  const folder = await mkdtemp(join(tmpdir(), "sluice-mariadb-"));
  const data = join(folder, "data");
  // Of its own: a server that starts deletes the temporary tables it finds, also those of another one that runs.
  const temporary = join(folder, "tmp");
  await mkdir(temporary);
  await installData(daemon, data);
  const port = await freePort();
  const start = (): ChildProcess =>
    spawn(
      daemon,
      [
        "--no-defaults",
        `--datadir=${data}`,
        `--tmpdir=${temporary}`,
        `--user=${userInfo().username}`,
        `--port=${port}`,
        "--bind-address=127.0.0.1",
        `--socket=${join(folder, "socket")}`,
        "--innodb-buffer-pool-size=64M",
        `--innodb-log-file-size=${logFileSize}`,
        "--max-connections=200",
        ...options,
      ],
      { stdio: "ignore" },
    );
  const connection: MysqlConnection = {
    type: "mariadb",
    host: "127.0.0.1",
    port,
    user: "root",
    password: "",
    sslDisabled: true,
  };
  let child = start();
  await answering(connection);
  const stop = (signal: NodeJS.Signals): Promise<void> => ended(child, signal);
  const onExit = (): void => void child.kill("SIGKILL");
  process.once("exit", onExit);
  return {
    connection,
    owned: true,
    sql: (...statements) => administer(connection, statements),
    kill: () => stop("SIGKILL"),
    async restart() {
      child = start();
      await answering(connection);
    },
    async [Symbol.asyncDispose]() {
      process.off("exit", onExit);
      await stop("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function givenServer(url: URL): TestServer {
  const connection: MysqlConnection = {
    type: "mysql",
    host: url.hostname,
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  const refuse = (): Promise<void> => Promise.reject(new Error("the server is not the tests' own"));
  return {
    connection,
    owned: false,
    sql: (...statements) => administer(connection, statements),
    kill: refuse,
    restart: refuse,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function administer(
  { host, port, user, password }: MysqlConnection,
  statements: readonly string[],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const connection = await createConnection({
    host,
    ...(port === undefined ? {} : { port }),
    user,
    password,
    dateStrings: true,
  });
  try {
    let rows: unknown = [];
    for (const statement of statements) [rows] = await connection.query(statement);
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
  } finally {
    connection.destroy();
  }
}

async function answering(connection: MysqlConnection): Promise<void> {
  const started = performance.now();
  for (;;) {
    try {
      await administer(connection, ["SELECT 1"]);
      return;
    } catch (error) {
      if (performance.now() - started > 60_000) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill(signal);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
