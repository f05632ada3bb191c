/** The suite on a DuckDB file. */
import { smallProject } from "../support/small-project.ts";
import { shapeFiles, shapeSuite } from "./drift-shapes.suite.ts";

shapeSuite(async () => {
  const project = await smallProject({
    "external_models.yaml":
      "- name: raw.orders\n  columns: {id: INT, shop: VARCHAR, amount: DOUBLE, ds: DATE}\n",
    ...shapeFiles,
  });
  return { ...project, retype: (table, column, type) => `ALTER TABLE ${table} ALTER ${column} TYPE ${type}` };
});
