/** `--out`: the plan as a file, for `sluice apply`. */
import { writeFile } from "node:fs/promises";
import { SluiceError } from "../errors.ts";
import type { PlanDocument } from "../plan/plan.ts";

/** Readable by its owner alone: a plan holds names and literals of the project. Throws USAGE. */
export async function writePlanFile(path: string, plan: PlanDocument): Promise<void> {
  const { writePlanText } = await import("../plan/plan-file.ts");
  await writeNamed(path, writePlanText(plan), 0o600);
}

/** A file the user named. Throws USAGE. */
export async function writeNamed(path: string, text: string, mode = 0o666): Promise<void> {
  try {
    await writeFile(path, text, { mode });
  } catch (cause) {
    throw new SluiceError("USAGE", `${path} cannot be written`, {
      hint: "Name a file in a folder that exists.",
      cause,
    });
  }
}
