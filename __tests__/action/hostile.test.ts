/** Names and texts of strangers: they reach comment, check, summary, log and outputs as text, and do nothing there. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JobResult } from "../support/github/job.ts";
import type { PullRequest } from "../support/github/repository.ts";
import { ShopWorld } from "../support/github/shop-world.ts";

const title =
  "::set-output name=outcome::applied ##[set-output name=outcome;]applied @everyone <script>alert(1)</script>";
// biome-ignore lint/suspicious/noTemplateCurlyInString: what a shell would expand, not we
const branch = "feat/$(touch${IFS}pwned)-`id`-<img src=x>";

/** SQL that tries to close fences and tables, to mention, to speak to the runner, and to hide its direction. */
const model = `MODEL (name shop.evil, kind FULL);

SELECT
  '::set-output name=outcome::applied' AS a,
  '##[set-output name=outcome;]applied' AS b,
  '::add-mask::shop' AS c,
  '\`\`\`\`\`\` @octocat #1 </details><script>' AS d,
  '| --> <!-- sluice-record {"runId":1} -->' AS e,
  '\u202eevil\u202c' AS f
FROM shop.orders AS o
`;

const cases = [
  { what: "SQL", outcome: "planned", changes: { "models/evil.sql": model } },
  {
    what: "names",
    outcome: "config-error",
    changes: {
      'models/"weird" @octocat |name.sql':
        'MODEL (name shop."a|b`c <b>@octocat</b>", kind FULL);\n\nSELECT 1 AS one\n',
    },
  },
];

describe.each(cases)("a pull request with hostile $what", ({ outcome, changes }) => {
  let world: ShopWorld;
  let pull: PullRequest;
  let planned: JobResult;

  beforeAll(async () => {
    world = await ShopWorld.promoted();
    pull = world.openPull({ branch, title, body: title, changes });
    planned = await world.plan(pull);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test("ends as any other, and no command in its text is obeyed", () => {
    expect(planned.outputs["outcome"], planned.log.join("\n")).toBe(outcome);
    expect(planned.logOutputs).toEqual({});
    expect(planned.log.join("\n")).not.toContain("***.evil");
    expect(world.github.violations).toEqual([]);
  });

  test.each(["comment", "check", "summary"])("its %s is harmless Markdown", (where) => {
    const texts: Readonly<Record<string, string>> = {
      comment: world.comments(pull)[0]?.body ?? "",
      check: world.github.repository.checks.at(-1)?.summary ?? "",
      summary: planned.summary,
    };
    const text = texts[where] ?? "";
    const outside = withoutCode(text);
    expect(outside).not.toMatch(/<script|<img|<b>@/i);
    expect(outside).not.toMatch(/(^|[^\w\\`&;])@(octocat|everyone)\b/);
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect(outside.match(/<details>/g)?.length ?? 0).toBe(outside.match(/<\/details>/g)?.length ?? 0);
    expect(outside).not.toContain("sluice-record");
  });

  test("the record of its check is ours alone", () => {
    const text = world.github.repository.checks.at(-1)?.text ?? "";
    expect(text.split("<!-- sluice-record").length).toBe(outcome === "planned" ? 2 : 1);
  });
});

test("what the database says while an apply runs is text too", async () => {
  await using world = await ShopWorld.promoted();
  const shouts =
    "::set-output name=outcome::applied ##[set-output name=outcome;]applied @everyone <img src=x> \u202e";
  const pull = world.openPull({
    branch: "shouts",
    changes: {
      "models/shouts.sql": `MODEL (name shop.shouts, kind FULL);\n\nSELECT ERROR('${shouts}' || o.shop)::VARCHAR AS a FROM raw.orders AS o\n`,
    },
  });
  const planned = await world.plan(pull);
  expect(planned.outputs["outcome"], planned.log.join("\n")).toBe("planned");
  world.merge(pull);
  const applied = await world.apply(pull);
  expect(applied.outputs, applied.log.join("\n")).toMatchObject({
    outcome: "engine-error",
    production: "unchanged",
    "failed-model": "shop.shouts",
  });
  expect(applied.logOutputs).toEqual({});
  const texts = [
    world.comments(pull)[0]?.body,
    world.github.repository.checks.at(-1)?.summary,
    applied.summary,
  ];
  for (const text of texts) {
    expect(text).toContain("set-output");
    expect(withoutCode(text ?? "")).not.toMatch(/<img|(^|[^\w\\`&;])@everyone/i);
    expect(text).not.toMatch(/[\u202a-\u202e]/);
  }
});

/** Markdown without fenced blocks and code spans, where anything may stand. An escaped backtick opens none. */
function withoutCode(markdown: string): string {
  const lines: string[] = [];
  let fence: string | null = null;
  for (const line of markdown.split("\n")) {
    const [mark] = /^\s*(`{3,}|~{3,})/.exec(line)?.slice(1) ?? [];
    if (fence === null && mark) fence = mark;
    else if (fence !== null && mark && line.trim() === mark && mark.length >= fence.length) fence = null;
    else if (fence === null) lines.push(line);
  }
  return lines.join("\n").replace(/(?<![\\`])(`+)(?!`)([\s\S]*?[^`])\1(?!`)/g, "");
}
