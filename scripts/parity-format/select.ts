/** Selections → names of models. */
import { SluiceError } from "../../src/errors.ts";
import { selectModels } from "../../src/model/selector.ts";
import type { Project } from "../../src/project/project.ts";
import { permits, type Stage } from "./case.ts";
import { setDifferences } from "./compare.ts";
import { openProject, recordedName } from "./project.ts";

interface ExpectedSelection {
  readonly in: string | readonly string[];
  readonly out?: readonly string[];
  readonly error?: unknown;
}

export async function checkSelect(stage: Stage): Promise<readonly string[]> {
  const project = await openProject(stage);
  return (stage.expect["selections"] as readonly ExpectedSelection[]).flatMap((expected) =>
    checkSelection(expected, project, permits(stage, /selector that reads more/)),
  );
}

function checkSelection(
  expected: ExpectedSelection,
  project: Project,
  mayReadMore: boolean,
): readonly string[] {
  const selections = typeof expected.in === "string" ? [expected.in] : expected.in;
  const path = selections.map((one) => `'${one}'`).join(", ");
  try {
    const { defaultCatalog } = project.settings;
    const options = defaultCatalog === undefined ? {} : { defaultCatalog };
    const names = [...selectModels(selections, project.facts, options)].flatMap((name) => {
      const facts = project.facts.get(name);
      return facts === undefined ? [] : [recordedName(facts, defaultCatalog)];
    });
    if (expected.error !== undefined && mayReadMore) return [];
    return expected.error === undefined
      ? setDifferences(path, expected.out ?? [], names)
      : [`${path}: expected a refusal, got ${names.join(", ")}`];
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return expected.error === undefined ? [`${path}: ${error.sentence}`] : [];
  }
}
