/**
 * A benchmark project as files: 5 % staging views over raw tables, 35 % daily incremental models, 45 % full models that join
 * two to four parents, 15 % mart views. Each parent is among the sixty models before, so the graph is deep as well as wide.
 */
import { fullText, incrementalText, martText, stagingText } from "./model-text.ts";
import { type Random, seededRandom } from "./random.ts";
import { configText, externalModelsText, rawTablesText } from "./raw-tables.ts";

export type BenchDialect = "duckdb" | "mysql";

export interface ProjectShape {
  readonly models: number;
  readonly dialect: BenchDialect;
  /** Rows of each raw table. */
  readonly rows: number;
  /** Days the rows are spread over. */
  readonly days: number;
  readonly seed: number;
}

export interface BenchProject {
  /** Path within the project → text. `raw.sql` creates and fills the raw tables. */
  readonly files: ReadonlyMap<string, string>;
  /** Names in an order in which each comes after what it reads. */
  readonly models: readonly string[];
  readonly rawTables: number;
}

const nearby = 60;

export function benchProject(shape: ProjectShape): BenchProject {
  const random = seededRandom(shape.seed);
  const rawTables = Math.max(2, Math.ceil(shape.models * 0.05));
  const names: string[] = [];
  const files = new Map<string, string>();
  for (let i = 0; i < shape.models; i++) {
    const { name, text } = i < rawTables ? staging(i) : dependent(i, names, random);
    names.push(name);
    files.set(`models/${name.replace(".", "/")}.sql`, text);
  }
  files.set("config.yaml", configText(shape.dialect));
  files.set("external_models.yaml", externalModelsText(rawTables, shape.dialect));
  files.set("raw.sql", rawTablesText(rawTables, shape));
  return { files, models: names, rawTables };
}

interface NamedText {
  readonly name: string;
  readonly text: string;
}

function staging(i: number): NamedText {
  const name = `staging.s_${i}`;
  return { name, text: stagingText(name, `raw.t_${i}`) };
}

function dependent(i: number, before: readonly string[], random: Random): NamedText {
  const share = random.fraction();
  if (share < 0.37) {
    const [first = "", second = first] = parents(2, before, random);
    const name = `core.i_${i}`;
    return { name, text: incrementalText(name, i, [first, second], random.between(3, 9)) };
  }
  if (share < 0.84) {
    const name = `core.f_${i}`;
    return {
      name,
      text: fullText(name, parents(random.between(2, 5), before, random), random.between(0, 5)),
    };
  }
  const name = `mart.m_${i}`;
  return { name, text: martText(name, parents(1, before, random)[0] ?? "") };
}

/** Up to `count` different models from the last sixty. */
function parents(count: number, before: readonly string[], random: Random): string[] {
  const draws = Array.from(
    { length: count },
    () => before[before.length - 1 - random.between(0, Math.min(nearby, before.length))] ?? "",
  );
  return [...new Set(draws)];
}
