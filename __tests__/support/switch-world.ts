/** Many views over two sets of tables, and the switch between them without a project: what readers see is all that matters. */
import type { ApplyContext } from "../../src/apply/context.ts";
import { createStop } from "../../src/apply/stop.ts";
import { switchViews } from "../../src/apply/switch.ts";
import { buildViews } from "../../src/apply/switch-by-rename.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { EnvironmentView } from "../../src/environment/environment.ts";
import { parseEnvironmentName } from "../../src/environment/naming.ts";
import type { Step, StepId } from "../../src/plan/step.ts";
import { memoryState } from "../../src/state/memory.ts";
import { aPlan } from "./plan-samples.ts";
import { aModel, aSnapshot } from "./snapshot-samples.ts";

export interface SwitchWorld {
  readonly views: readonly string[];
  /** Builds and switches to version `n`; every view then shows `n`, and so does the pointer. */
  promote(n: number): Promise<void>;
}

const schema = "shop";
const pointer = { schema: "sluice", table: "sluice__pointer" };

/** One table per version; `count` views all show the version's number. */
export async function switchWorld(engine: Engine, count: number, versions: number): Promise<SwitchWorld> {
  for (const name of [schema, "sluice"]) await engine.run(engine.statements.createSchema({ schema: name }));
  for (let n = 0; n <= versions; n++) {
    await engine.run(engine.statements.drop({ schema, table: `t${n}` }, "table"));
    await engine.createTableAs(engine, { schema, table: `t${n}` }, `SELECT ${n} AS n`);
  }
  const names = Array.from({ length: count }, (_, index) => `v${String(index).padStart(4, "0")}`);
  const world: SwitchWorld = {
    views: names,
    async promote(n) {
      const context = await aContext(engine, n);
      const snapshot = aSnapshot();
      const views = names.map(
        (table): EnvironmentView => ({
          model: snapshot.name,
          snapshot,
          view: { schema, table },
          table: { schema, table: `t${n}` },
        }),
      );
      if (engine.traits.switch === "rename") {
        await buildViews(context, { ...aStep("build-views"), kind: "build-views", views });
      }
      await switchViews(context, { ...aStep("switch"), kind: "switch", views, drops: [], pointer });
      await context.lock[Symbol.asyncDispose]();
    },
  };
  await world.promote(0);
  return world;
}

function aStep(id: string) {
  return {
    id: id as StepId,
    needs: [],
    sentence: id,
    done: { kind: "repeatable" },
  } as const satisfies Partial<Step>;
}

async function aContext(engine: Engine, n: number): Promise<ApplyContext> {
  const state = memoryState();
  const name = parseEnvironmentName("prod");
  const plan = aPlan();
  const model = aModel({ dialect: "mysql" });
  const snapshot = aSnapshot({ model });
  return {
    plan: { ...plan, id: `plan-${n}`, environment: { ...plan.environment, name } },
    engine,
    state,
    lock: await state.lock(name, "test", { wait: 0 }),
    now: () => 0,
    gateway: "",
    variables: {},
    emit: () => {},
    executionTime: 0,
    before: null,
    moved: false,
    rebuilds: { begun: new Set(), swapped: new Map() },
    found: new Map(),
    ahead: new Set(),
    after: {
      name,
      version: n,
      naming: { suffixTarget: "schema" },
      members: [],
      planId: `plan-${n}`,
      planDigest: "d",
      previousPlanId: null,
      startAt: null,
      endAt: null,
      finalizedAt: null,
      expiresAt: null,
      previousFinalized: null,
      statements: { beforeAll: [], afterAll: [] },
    },
    definitions: { snapshot: () => snapshot, model: () => model },
    stop: createStop(),
  };
}
