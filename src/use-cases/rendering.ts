/** A model's query as it reads at load: macros expanded at a fixed moment, names as written. For comparing, never for running. */
import { SluiceError } from "../errors.ts";
import type { Model } from "../model/model.ts";
import { expandQuery } from "../model/render.ts";
import type { DialectFamily } from "../sql/dialect.ts";

/** Null when there is no query, or none can be made of it at load. */
export function renderForComparison(model: Model, family: DialectFamily): string | null {
  if (!model.query) return null;
  try {
    return expandQuery(model, {
      family,
      stage: "loading",
      executionTime: 0,
      thisModel: model.name,
      resolve: () => null,
      gateway: model.gateway ?? "",
      defaultCatalog: model.defaultCatalog,
    });
  } catch (error) {
    if (error instanceof SluiceError && error.code !== "INTERNAL") return null;
    throw error;
  }
}
