/**
 * A project that changes at random, the same way in every run: models of five kinds that read each other, and edits as
 * people make them. Days are fixed and rows never change, so whatever production went through, its views must show what a
 * warehouse built at once from the same files shows.
 */

type Kind = "VIEW" | "FULL" | "EMBEDDED" | "DAILY" | "KEYED";

export interface RandomModel {
  readonly name: string;
  readonly kind: Kind;
  /** Names of models, or `raw.events`. */
  readonly parents: readonly string[];
  readonly shape: "plain" | "distinct" | "grouped" | "star";
  readonly columns: readonly string[];
  readonly modulus: number;
  readonly comment: string;
  readonly owner: string;
}

export type RandomProject = readonly RandomModel[];

/** Between 0 and 1. */
type Random = () => number;

export const rawEvents = `CREATE SCHEMA raw;
CREATE TABLE raw.events AS SELECT i::INT AS id, (DATE '2024-01-01' + (i % 4)::INT) AS ds, (i % 5)::INT AS k, (i * 7 % 23)::INT AS v
FROM range(60) AS r(i);`;

const headers: Readonly<Record<Kind, string>> = {
  VIEW: "kind VIEW",
  FULL: "kind FULL",
  EMBEDDED: "kind EMBEDDED",
  DAILY: "kind INCREMENTAL_BY_TIME_RANGE (time_column ds)",
  KEYED: "kind INCREMENTAL_BY_UNIQUE_KEY (unique_key id)",
};

/** Files by path. */
export function filesOf(project: RandomProject): Readonly<Record<string, string>> {
  return {
    "external_models.yaml": "- name: raw.events\n  columns: {id: INT, ds: DATE, k: INT, v: INT}\n",
    ...Object.fromEntries(project.map((model) => [`models/${model.name.split(".")[1]}.sql`, textOf(model)])),
  };
}

function textOf({ name, kind, parents, shape, columns, modulus, comment, owner }: RandomModel): string {
  const [parent = "raw.events", second] = parents;
  const base = ["p.id AS id", "p.ds AS ds", "p.k AS k", second ? "p.v + q.v AS v" : "p.v AS v"];
  const grouped = ["p.k AS id", "MIN(p.ds) AS ds", "p.k AS k", "SUM(p.v)::INT AS v"];
  const extra = columns.map((column, at) =>
    shape === "grouped" ? `COUNT(*) + ${at} AS ${column}` : `p.v * ${column.length + at} AS ${column}`,
  );
  const list = shape === "star" ? ["p.*"] : [...(shape === "grouped" ? grouped : base), ...extra];
  const days = kind === "DAILY" ? " AND p.ds BETWEEN @start_ds AND @end_ds" : "";
  return `MODEL (name ${name}, ${headers[kind]}, owner ${owner});

-- ${comment}
SELECT${shape === "distinct" ? " DISTINCT" : ""}
  ${list.join(",\n  ")}
FROM ${parent} AS p${second ? `\nJOIN ${second} AS q ON q.id = p.id` : ""}
WHERE p.id % ${modulus} <> 1${days}${shape === "grouped" ? "\nGROUP BY p.k" : ""}
`;
}

export function firstProject(random: Random): RandomProject {
  let project: RandomProject = [];
  for (let index = 0; index < 6; index++) project = addModel(project, random);
  return project;
}

const edits: readonly ((project: RandomProject, random: Random) => RandomProject)[] = [
  addModel,
  (project, random) =>
    change(project, random, (model) => ({ ...model, columns: [...model.columns, newName(random)] })),
  (project, random) =>
    change(project, random, (model) => ({ ...model, columns: [newName(random), ...model.columns] })),
  (project, random) => change(project, random, (model) => ({ ...model, columns: model.columns.slice(1) })),
  (project, random) =>
    change(project, random, (model) => ({ ...model, modulus: 3 + Math.floor(random() * 6) })),
  (project, random) => change(project, random, (model) => ({ ...model, comment: newName(random) })),
  (project, random) => change(project, random, (model) => ({ ...model, owner: newName(random) })),
  (project, random) =>
    change(project, random, (model) =>
      model.shape === "grouped" ? model : { ...model, kind: anyKind(random) },
    ),
  (project, random) =>
    change(project, random, (model) => ({
      ...model,
      shape: model.shape === "plain" ? "distinct" : model.shape === "distinct" ? "plain" : model.shape,
    })),
  (project, random) => {
    const leaf = pick(leaves(project), random);
    return project.length < 4 ? project : project.filter((model) => model !== leaf);
  },
  (project, random) => {
    const leaf = pick(leaves(project), random);
    return project.map((model) => (model === leaf ? { ...model, name: `lab.${newName(random)}` } : model));
  },
  (project, random) =>
    change(project, random, (model) => {
      const before = project.slice(0, project.indexOf(model)).filter(({ shape }) => shape !== "grouped");
      return before.length === 0 || model.parents.length > 1
        ? model
        : { ...model, parents: [pick(before, random).name] };
    }),
];

/** One to three edits at once, as a pull request has them. */
export function changed(project: RandomProject, random: Random): RandomProject {
  let next = project;
  for (let left = 1 + Math.floor(random() * 3); left > 0; left--) next = pick(edits, random)(next, random);
  return next;
}

function addModel(project: RandomProject, random: Random): RandomProject {
  const rows = project.filter(({ shape }) => shape !== "grouped");
  const parent = rows.length === 0 || random() < 0.2 ? "raw.events" : pick(rows, random).name;
  const others = rows.filter(({ name }) => name !== parent);
  const joined = others.length > 0 && random() < 0.3 ? [pick(others, random).name] : [];
  const shape = random() < 0.2 ? "grouped" : joined.length === 0 && random() < 0.25 ? "star" : "plain";
  return [
    ...project,
    {
      name: `lab.${newName(random)}`,
      kind: shape === "grouped" ? "FULL" : anyKind(random),
      parents: [parent, ...joined],
      shape,
      columns: [],
      modulus: 3 + Math.floor(random() * 6),
      comment: "first",
      owner: "ann",
    },
  ];
}

function change(
  project: RandomProject,
  random: Random,
  edit: (model: RandomModel) => RandomModel,
): RandomProject {
  const chosen = pick(project, random);
  return project.map((model) => (model === chosen ? edit(model) : model));
}

function leaves(project: RandomProject): readonly RandomModel[] {
  const read = new Set(project.flatMap(({ parents }) => parents));
  return project.filter(({ name }) => !read.has(name));
}

function anyKind(random: Random): Kind {
  return pick(["VIEW", "FULL", "EMBEDDED", "DAILY", "KEYED"] as const, random);
}

function newName(random: Random): string {
  return `n${Math.floor(random() * 1e9).toString(36)}`;
}

function pick<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("there is nothing to pick from");
  return item;
}
