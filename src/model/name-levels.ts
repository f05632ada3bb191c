/** All names of a project have equally many parts, so that a reference means one thing (spec project-format 1.5). */
import { SluiceError } from "../errors.ts";
import type { ModelFacts } from "./model.ts";

/** Throws MODEL_INVALID naming one model of each number of parts. */
export function checkNameLevels(models: Iterable<ModelFacts>, defaultCatalog: string | undefined): void {
  const levels = new Map<number, ModelFacts>();
  for (const model of models) {
    const { catalog, schema } = model.parts;
    const level = schema === undefined ? 1 : catalog === undefined && defaultCatalog === undefined ? 2 : 3;
    if (!levels.has(level)) levels.set(level, model);
  }
  const [short, long] = [...levels].toSorted(([a], [b]) => a - b).map(([, model]) => model);
  if (!short || !long) return;
  throw new SluiceError(
    "MODEL_INVALID",
    `the names ${short.displayName} and ${long.displayName} have different numbers of parts; all names of a project must have the same nesting level`,
    {
      place: { file: short.path },
      hint: `Write ${short.displayName} with as many parts as ${long.displayName}, which is in ${long.path}.`,
    },
  );
}
