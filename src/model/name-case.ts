/** Names that differ only in case mean different tables in MySQL: rarely what was meant (spec project-format 6.1). */
import { familyOf } from "../sql/dialect.ts";
import type { ModelWarning } from "./context.ts";
import type { ModelFacts, ModelName } from "./model.ts";

/** One warning per reference to a table whose name is a model's but for its case. */
export function nameCaseWarnings(models: ReadonlyMap<ModelName, ModelFacts>): ModelWarning[] {
  const folded = new Map([...models.keys()].map((name) => [name.toLowerCase(), name]));
  const warnings: ModelWarning[] = [];
  for (const model of models.values()) {
    if (familyOf(model.dialect) !== "mysql") continue;
    for (const read of model.dependsOn) {
      const near = folded.get(read.toLowerCase());
      if (models.has(read) || near === undefined) continue;
      warnings.push({
        code: "name-case",
        text: `${model.displayName} reads ${read}, which is no model; the model is called ${near}, and MySQL tells cases apart`,
        file: model.path,
      });
    }
  }
  return warnings;
}
