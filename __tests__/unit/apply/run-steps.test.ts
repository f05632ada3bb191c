import { describe, expect, test } from "vitest";
import { type Following, runSteps } from "../../../src/apply/run-steps.ts";
import type { Step, StepId } from "../../../src/plan/step.ts";

function step(id: string, ...needs: string[]): Step {
  return {
    id: id as StepId,
    needs: needs as StepId[],
    kind: "ensure-schema",
    sentence: id,
    done: { kind: "repeatable" },
    schema: { schema: id, table: "" },
  };
}

interface Probe {
  readonly order: string[];
  readonly most: () => number;
  readonly run: (step: Step) => Promise<void>;
}

/** Remembers the order in which steps start and how many ran at once; the named ones fail. */
function probe(...failing: string[]): Probe {
  const order: string[] = [];
  let now = 0;
  let most = 0;
  return {
    order,
    most: () => most,
    run: async (one) => {
      order.push(one.id);
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 2));
      now--;
      if (failing.includes(one.id)) throw new Error(one.id);
    },
  };
}

const diamond = [step("a"), step("b", "a"), step("c", "a"), step("d", "b", "c")];
const go = (over: Partial<Parameters<typeof runSteps>[0]>) =>
  runSteps({
    steps: diamond,
    done: new Set(),
    concurrency: 4,
    run: async () => {},
    stopped: () => false,
    ...over,
  });

describe("steps run", () => {
  test("after what they need, as many at once as allowed", async () => {
    const { order, most, run } = probe();
    expect(await go({ run })).toEqual({ done: 4, failures: [] });
    expect([order[0], order[3], most()]).toEqual(["a", "d", 2]);
  });

  test("one at a time when the warehouse takes one", async () => {
    const { most, run } = probe();
    await go({ run, concurrency: 1 });
    expect(most()).toBe(1);
  });

  test("not again when they are done", async () => {
    const { order, run } = probe();
    expect(await go({ run, done: new Set(["a", "b"] as StepId[]) })).toEqual({ done: 4, failures: [] });
    expect(order).toEqual(["c", "d"]);
  });

  test("in other branches although one fails, never below the failure", async () => {
    const { order, run } = probe("b");
    const result = await go({ run });
    expect([result.done, result.failures.map((failure) => failure.step.id)]).toEqual([2, ["b"]]);
    expect(order).toEqual(["a", "b", "c"]);
  });

  test("no further once stopped", async () => {
    const { order, run } = probe();
    await go({ run, stopped: () => order.length >= 2 });
    expect(order).toEqual(["a", "b"]);
  });
});

describe("steps that share", () => {
  /** Runs up to `most` steps as one; false, as one that failed alone would have it, when `bad` is among them. */
  function sharing(order: string[], { bad = "", most = 9, joins = (_: Step): boolean => true } = {}) {
    const run = async (first: Step, { take, peek }: Following): Promise<boolean> => {
      const taken = [first.id];
      while (taken.length < most) {
        const seen = peek();
        const step = take();
        expect(step).toBe(seen);
        if (step === undefined) break;
        taken.push(step.id);
      }
      order.push(taken.join("+"));
      return !taken.includes(bad as StepId);
    };
    return { joins, run };
  }

  test("follow those they need in the same transaction", async () => {
    const order: string[] = [];
    expect(await go({ concurrency: 1, sharing: sharing(order) })).toEqual({ done: 4, failures: [] });
    expect(order).toEqual(["a+b+c+d"]);
  });

  test("begin anew where one does not join, in the plan's order", async () => {
    const { order, run } = probe();
    const joins = ({ id }: Step): boolean => id !== "c";
    expect(await go({ concurrency: 1, run, sharing: sharing(order, { joins }) })).toMatchObject({ done: 4 });
    expect(order).toEqual(["a+b", "c", "d"]);
  });

  test("run by themselves when not all can be done, and only what the failed one leaves", async () => {
    const { order, run } = probe("b");
    const result = await go({ concurrency: 1, run, sharing: sharing(order, { bad: "b" }) });
    expect([result.done, result.failures.map(({ step }) => step.id)]).toEqual([2, ["b"]]);
    expect(order).toEqual(["a+b+c+d", "a", "b", "c"]);
  });

  test("what comes after a failed group is kept back as after a failed step", async () => {
    const { order, run } = probe("b");
    const steps = [...diamond, step("e", "d"), step("f", "c")];
    const result = await go({ steps, concurrency: 1, run, sharing: sharing(order, { bad: "b", most: 3 }) });
    expect([result.done, result.failures.map(({ step }) => step.id)]).toEqual([3, ["b"]]);
    expect(order).toEqual(["a+b+c", "a", "b", "c", "f"]);
  });

  test("are not tried again after a commit without an answer", async () => {
    const lost = async (_first: Step, { take }: Following): Promise<boolean> => {
      take();
      throw new Error("lost");
    };
    const { order, run } = probe();
    const result = await go({ concurrency: 1, run, sharing: { joins: () => true, run: lost } });
    expect([result.done, result.failures.map(({ step }) => step.id), order]).toEqual([0, ["b"], []]);
  });
});
