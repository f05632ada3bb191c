/** A plan file named on the command line → the reviewed plan. */
import { readFile } from "node:fs/promises";
import { SluiceError } from "../errors.ts";
import type { Plan } from "../plan/reviewed-plan.ts";

/** Checks everything a file can be wrong in (design 4.2). Throws PLAN_FILE_INVALID. */
export async function loadPlan(path: string): Promise<Plan> {
  let content: Uint8Array;
  try {
    content = await readFile(path);
  } catch (cause) {
    throw new SluiceError("PLAN_FILE_INVALID", `the plan file ${path} cannot be read`, {
      hint: "Write one with sluice plan --out plan.json.",
      cause,
    });
  }
  // Loaded here: checking the schema takes a compiler that help texts do without.
  const { Plan } = await import("../plan/reviewed-plan.ts");
  return Plan.from(content);
}
