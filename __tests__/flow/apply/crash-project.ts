/** A project with every way of writing rows, in two versions: production has the first, the plan brings the second. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnvironmentName } from "../../../src/environment/naming.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import { applyDocument } from "../../../src/use-cases/apply.ts";
import { makePlan } from "../../../src/use-cases/plan.ts";
import { Workspace } from "../../../src/use-cases/workspace.ts";
import type { SmallProject } from "../../support/small-project.ts";
import { smallProject } from "../../support/small-project.ts";

export const now = Date.UTC(2024, 0, 8);

const raw = `CREATE SCHEMA raw; CREATE SCHEMA marks; CREATE TABLE marks.log (factor INT);
CREATE TABLE raw.orders AS
SELECT n AS id, n % 3 AS shop_id, (n * 7) % 11 AS amount, DATE '2024-01-01' + INTERVAL (n % 7) DAY AS ds FROM range(70) AS t(n);`;

function files(second: boolean): Readonly<Record<string, string>> {
  const factor = second ? 2 : 1;
  return {
    "seeds/shops.csv": `id,name\n0,zero\n1,one\n2,${second ? "deux" : "two"}\n`,
    "models/shops.sql": `MODEL (name shop.shops, kind SEED (path '../seeds/shops.csv'), columns (id INT, name TEXT));`,
    "models/orders.sql": `MODEL (name shop.orders, kind INCREMENTAL_BY_TIME_RANGE (time_column ds, batch_size 3),
  start '2024-01-01', audits (not_null(columns := (id))));
SELECT id::INT AS id, shop_id::INT AS shop_id, (amount * ${factor})::INT AS amount, ds::DATE AS ds
FROM raw.orders WHERE ds BETWEEN @start_ds AND @end_ds`,
    // What the statement writes must be there once, however often the apply was killed.
    "models/log.sql": `MODEL (name shop.log, kind FULL);
SELECT SUM(amount) AS amount FROM shop.orders;
INSERT INTO marks.log VALUES (${factor})`,
    "models/latest.sql": `MODEL (name shop.latest, kind INCREMENTAL_BY_UNIQUE_KEY (unique_key shop_id, batch_size 4), start '2024-01-01');
SELECT shop_id, MAX(ds) AS ds, ${factor} AS factor FROM shop.orders WHERE ds BETWEEN @start_ds AND @end_ds GROUP BY shop_id`,
    "models/totals.sql": `MODEL (name shop.totals, kind FULL);
SELECT s.name, SUM(o.amount) AS total FROM shop.orders AS o JOIN shop.shops AS s ON s.id = o.shop_id GROUP BY s.name`,
    "models/best.sql": `MODEL (name shop.best, kind VIEW);
SELECT name, total, ${factor} AS factor FROM shop.totals ORDER BY total DESC LIMIT 1`,
    ...(second
      ? {}
      : { "models/gone.sql": "MODEL (name shop.gone, kind FULL);\nSELECT COUNT(*) AS n FROM shop.orders" }),
  };
}

export interface CrashProject {
  readonly project: SmallProject;
  readonly planFile: string;
  readonly plan: PlanDocument;
}

/** Production at the first version; the plan of the second beside it, as a file. */
export async function crashProject(): Promise<CrashProject> {
  const project = await smallProject(files(false), raw);
  await using first = workspaceOf(project);
  const base = await planOf(first);
  const outcome = await applyDocument(first, { document: base, owner: "base" });
  if (outcome.reason !== "applied") throw new Error(JSON.stringify(outcome));
  await first[Symbol.asyncDispose]();
  await project.write(files(true));
  await rm(join(project.path, "models/gone.sql"));
  await using second = workspaceOf(project);
  const plan = await planOf(second);
  await second[Symbol.asyncDispose]();
  const planFile = join(project.path, "plan.json");
  await writeFile(planFile, JSON.stringify(plan));
  return { project, planFile, plan };
}

export function workspaceOf(project: SmallProject): Workspace {
  return new Workspace({ paths: [project.path], env: {}, now: () => now, directory: project.path });
}

function planOf(workspace: Workspace): Promise<PlanDocument> {
  return makePlan(workspace, { environment: parseEnvironmentName("prod"), options: { skipTests: true } });
}
