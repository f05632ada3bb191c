import { describe, expect, test } from "vitest";
import type { ApplyEvent } from "../../../src/plan/events.ts";
import type { Outcome, OutcomeReason } from "../../../src/plan/outcome.ts";
import type { PlanDocument } from "../../../src/plan/plan.ts";
import { loadTemplates } from "../../../src/project/templates.ts";
import {
  buildPlanView,
  foldEvents,
  type ReportContext,
  renderComment,
  renderSummary,
  renderText,
  viewJson,
} from "../../../src/report/report.ts";
import { markdownFaults, raggedRows } from "../../support/markdown-check.ts";
import { aBreakingPlan, aPlan, aPlannedModel, aStep, days, planNow } from "../../support/plan-samples.ts";

const templates = await loadTemplates();
const links = {
  run: "https://github.com/o/r/actions/runs/1",
  artifact: "https://github.com/o/r/actions/runs/1/artifacts/2",
};
const plan = aBreakingPlan();

/** Events of an apply of `plan` that did `done` steps and then maybe failed. */
function events(
  done: number,
  end?: { reason: OutcomeReason; sentence: string; failed?: boolean },
): ApplyEvent[] {
  const list: ApplyEvent[] = [
    { kind: "apply-started", at: planNow, planId: plan.id, steps: plan.steps.length, resumed: false },
  ];
  plan.steps.slice(0, done).forEach((step, index) => {
    list.push({ kind: "step-started", at: planNow + index * 1000, step });
    list.push({
      kind: "step-finished",
      at: planNow + index * 1000 + 800,
      step,
      seconds: 0.8,
      already: false,
    });
  });
  const next = plan.steps[done];
  if (next) list.push({ kind: "step-started", at: planNow + done * 1000, step: next });
  if (!end) return list;
  if (next && end.failed) {
    list.push({
      kind: "audit-finished",
      at: planNow,
      step: next,
      audit: "not_null",
      badRows: 3,
      blocking: true,
    });
    list.push({
      kind: "step-failed",
      at: planNow + done * 1000,
      step: next,
      message: "not_null found 3 rows",
    });
  }
  const outcome: Outcome = {
    reason: end.reason,
    sentence: end.sentence,
    production: end.reason === "applied" ? "switched" : "unchanged",
    planId: plan.id,
    digest: plan.digest,
    environment: "prod",
    environmentVersion: end.reason === "applied" ? 13 : 12,
    stepsDone: done,
    stepsTotal: plan.steps.length,
    warnings: [],
    ...(end.failed && next
      ? {
          failure: {
            model: "shop.customers",
            step: next.id,
            message: "The audit not_null found 3 rows.",
            statement: "SELECT * FROM `x`\nWHERE customer_id IS NULL",
          },
        }
      : {}),
  };
  list.push({ kind: "apply-finished", at: planNow + 41_000, outcome });
  return list;
}

const states: Record<string, { plan?: PlanDocument; context?: Partial<ReportContext> }> = {
  planned: {
    context: {
      checks: [
        { name: "build", state: "success" },
        { name: "security", state: "pending" },
      ],
    },
  },
  destructive: { plan: forwardOnlyPlan() },
  "nothing-to-do": { plan: aPlan() },
  "tests-fail": { plan: aBreakingPlan({ tests: { ran: 14, failed: 2, skipped: false } }) },
  "dev-environment": {
    plan: aBreakingPlan({
      environment: {
        ...plan.environment,
        name: "pr_7" as never,
        isNew: true,
        isDev: true,
        createdFrom: "prod" as never,
        from: 0,
        to: 1,
      },
    }),
  },
  restatement: {
    plan: aPlan({
      models: [
        aPlannedModel({
          name: "shop.orders",
          change: "unmodified",
          kind: "INCREMENTAL_BY_TIME_RANGE",
          intervals: [days(3, 5)],
        }),
      ],
      restatements: [{ name: "shop.orders" as never, interval: days(3, 5) }],
      options: {
        ...plan.options,
        restateRequests: [
          { id: "x", models: ["shop.orders"], start: "2024-01-03", askedBy: "pull request 12" },
        ],
      },
      steps: [
        aStep({
          kind: "clear-intervals",
          snapshot: { name: "shop.orders" as never, identifier: "9" },
          interval: days(3, 5),
          environments: ["dev" as never],
        }),
        aStep({ kind: "backfill", interval: days(3, 5) }),
      ],
    }),
  },
  "changed-by-hand": {
    plan: aPlan({
      hasChanges: true,
      models: [
        aPlannedModel({
          name: "shop.orders",
          change: "unmodified",
          reasons: [{ code: "drift", text: "its view shop.orders is not there" }],
        }),
      ],
      warnings: [
        {
          code: "drift",
          text: "Changed by hand in the warehouse, and set right by this plan: shop.orders: its view shop.orders is not there.",
        },
      ],
      steps: [aStep({ kind: "switch", views: [], drops: [] })],
    }),
  },
  stale: {
    context: {
      state: "stale",
      because: ["Pull request #41 promoted prod version 13 at 09:12 UTC: shop.orders changed."],
    },
  },
  applying: { context: { progress: foldEvents(events(5)) } },
  waiting: {
    context: {
      progress: foldEvents([{ kind: "waiting-for-lock", at: planNow, owner: "run 77 on runner-3" }]),
    },
  },
  applied: {
    context: {
      progress: foldEvents(
        events(plan.steps.length, { reason: "applied", sentence: "The plan was applied." }),
      ),
    },
  },
  failed: {
    context: {
      progress: foldEvents(
        events(6, { reason: "audit-failed", sentence: "A blocking audit found bad rows.", failed: true }),
      ),
    },
  },
  "refused-breaker": {
    context: {
      progress: foldEvents(
        events(6, { reason: "breaker-open", sentence: "The required check security failed." }),
      ),
    },
  },
  closed: { context: { state: "closed" } },
};

function forwardOnlyPlan(): PlanDocument {
  const changes = {
    added: ["tax"],
    removed: ["discount"],
    retyped: [{ name: "amount", from: "INT", to: "BIGINT" }],
  };
  const model = aPlannedModel({
    name: "shop.orders",
    kind: "INCREMENTAL_BY_TIME_RANGE",
    category: "NON_BREAKING",
    forwardOnly: true,
    destructive: ["discount", "amount"],
    additive: ["tax"],
    columns: changes,
  });
  return aPlan({
    models: [model],
    steps: [
      aStep({ kind: "evolve-table", phase: "widen", id: "widen:shop.orders", changes }),
      aStep({ kind: "evolve-table", phase: "narrow", id: "narrow:shop.orders", changes }),
      aStep({ kind: "finalise" }),
    ],
  });
}

describe.each(Object.entries(states))("%s", (state, { plan: document = plan, context }) => {
  const view = buildPlanView(document, { project: "shop", links, ...context });

  test("comment", async () => {
    const text = renderComment(view, templates);
    expect(markdownFaults(text)).toEqual([]);
    expect(raggedRows(text)).toEqual([]);
    await expect(text).toMatchFileSnapshot(`golden/${state}.md`);
  });

  test("terminal", async () => {
    const options = { color: false, width: 100, diffs: true, steps: true };
    await expect(renderText(view, options)).toMatchFileSnapshot(`golden/${state}.txt`);
  });

  test("JSON survives a round trip and carries the verdict as text", () => {
    const json = viewJson(view);
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(typeof json.verdict.sentence).toBe("string");
  });
});

test("a job summary has the same words without the hidden marker", () => {
  const text = renderSummary(buildPlanView(plan, { project: "shop", links }), templates);
  expect(text).not.toContain("<!--");
  expect(text).toContain("no longer shows `discount`");
});

test("colour appears only when asked for", () => {
  const view = buildPlanView(plan, { project: "shop" });
  expect(renderText(view, { color: false, width: 80, diffs: true, steps: true })).not.toContain("\u001b");
  expect(renderText(view, { color: true, width: 80, diffs: true, steps: true })).toContain("\u001b[31m");
});

test("the same plan gives the same comment", () => {
  const once = renderComment(buildPlanView(plan, { project: "shop" }), templates);
  expect(renderComment(buildPlanView(structuredClone(plan), { project: "shop" }), templates)).toBe(once);
});
