/** A project on a test server of the MySQL protocol: its folder, and databases that are empty when it begins. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestServer } from "../../scripts/mariadb/server.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { openMysql } from "../../src/engine/mysql/mysql.ts";
import { parseEnvironmentName } from "../../src/environment/naming.ts";
import type { PlanOptions } from "../../src/plan/options.ts";
import type { PlanDocument } from "../../src/plan/plan.ts";
import { makePlan } from "../../src/use-cases/plan.ts";
import { Workspace } from "../../src/use-cases/workspace.ts";
import { writeFiles } from "./project-files.ts";

export interface MysqlProject extends AsyncDisposable {
  readonly path: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  remove(file: string): Promise<void>;
  /** A plan of the files as they are, `now` in UTC epoch milliseconds. */
  plan(now: number, environment?: string, options?: PlanOptions): Promise<PlanDocument>;
  workspace(now: number): Workspace;
  open(concurrency?: number): Promise<Engine>;
}

/** Databases the tests make. */
const databases = ["raw", "marks", "shop", "shop__dev", "sluice", "sluice__dev", "sluice__shop"];

/** Drops all databases of the tests, runs `raw`, and writes the files into a folder that goes away with the result. */
export async function mysqlProject(
  server: TestServer,
  files: Readonly<Record<string, string>>,
  raw: readonly string[],
): Promise<MysqlProject> {
  await server.sql(...databases.map((name) => `DROP DATABASE IF EXISTS ${name}`), ...raw);
  const path = await mkdtemp(join(tmpdir(), "sluice-mysql-"));
  const { host, port, user, password } = server.connection;
  const config = `gateways:
  warehouse:
    connection: {type: mysql, host: "${host}", port: ${port}, user: "${user}", password: "${password}"}
model_defaults: {dialect: mysql, start: '2024-01-01'}
`;
  const workspace = (now: number): Workspace =>
    new Workspace({ paths: [path], env: {}, now: () => now, directory: path });
  const project: MysqlProject = {
    path,
    write: (more) => writeFiles(path, more),
    remove: (file) => rm(join(path, file)),
    async plan(now, environment = "prod", options = {}) {
      await using opened = workspace(now);
      return await makePlan(opened, {
        environment: parseEnvironmentName(environment),
        options: { skipTests: true, ...options },
      });
    },
    workspace,
    open: (concurrentTasks = 4) => openMysql({ ...server.connection, concurrentTasks }),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
  await project.write({ "config.yaml": config, ...files });
  return project;
}
