/** What the lint rules find. */
import { Context } from "../../src/context.ts";
import { minuteFloor } from "../../src/time/instant.ts";
import type { Stage } from "./case.ts";
import { setDifferences } from "./compare.ts";
import { openProject, recordedName } from "./project.ts";

interface Violation {
  readonly model: string;
  readonly rule: string;
  readonly level: string;
}

export async function checkLint(stage: Stage): Promise<readonly string[]> {
  const project = await openProject(stage);
  await using context = new Context({
    paths: [stage.root],
    env: stage.env,
    now: () => minuteFloor(stage.now),
  });
  const { violations } = await context.lint();
  const written = new Map(
    [...project.facts.values()].flatMap((facts) => {
      const recorded = recordedName(facts, project.settings.defaultCatalog);
      return [
        [String(facts.name), recorded],
        [facts.displayName, recorded],
      ] as const;
    }),
  );
  const describe = ({ model, rule, level }: Violation): string =>
    `${written.get(model) ?? model} ${rule} ${level}`;
  return setDifferences(
    "violations",
    (stage.expect["violations"] as readonly Violation[]).map(describe),
    violations.map(describe),
  );
}
