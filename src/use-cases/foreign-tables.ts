/** Tables that would be taken for a model's own because they bear its name (`virtual_environment_mode: dev_only`). */
import { type Engine, nameKey } from "../engine/engine.ts";
import { describeName, prod } from "../environment/naming.ts";
import { SluiceError } from "../errors.ts";
import type { Comparison } from "../plan/comparison.ts";
import { bearsModelName } from "../snapshot/kind.ts";

/** Throws PLAN_REFUSED when production has something under the name of a model that was never built. One query at most. */
export async function refuseForeignTables(engine: Engine, comparison: Comparison): Promise<void> {
  if (comparison.input.environment !== prod) return;
  const fresh = [...comparison.candidates.values()].filter(
    ({ facts, before, stored }) => before === null && stored === null && bearsModelName(facts),
  );
  if (fresh.length === 0) return;
  const places = fresh.map(({ facts }) => ({ ...facts.parts, schema: facts.parts.schema ?? "default" }));
  const found = await engine.objects(places);
  fresh.forEach(({ facts }, at) => {
    const place = places[at];
    const type = place === undefined ? undefined : found.get(nameKey(place));
    if (place === undefined || type === undefined) return;
    throw new SluiceError(
      "PLAN_REFUSED",
      `the ${type} ${describeName(place)} is there already and is not Sluice's`,
      {
        place: { file: facts.path },
        hint: "Rename the model, or move what is there out of its way.",
        details: { model: facts.name },
      },
    );
  });
}
