/** Small pure parts: records in checks, names, comments, log lines, links between pages. */
import { describe, expect, test } from "vitest";
import { SluiceError } from "../../../src/errors.ts";
import { findComment } from "../../../src/github/comment.ts";
import { nextOf } from "../../../src/github/conditional.ts";
import { reasonOfError, renderNotice } from "../../../src/github/failure.ts";
import { openLog } from "../../../src/github/log.ts";
import { artifactName, attemptOf, ownerOf, planCheckName, pullOfOwner } from "../../../src/github/names.ts";
import { overlap, type PlanRecord, readRecord, writeRecord } from "../../../src/github/record.ts";
import { hasArtifactService, workflowPathOf } from "../../../src/github/runner.ts";

const record: PlanRecord = {
  runId: 1,
  attempt: 1,
  artifactId: 2,
  fileDigest: "a".repeat(64),
  planId: "p",
  digest: "b".repeat(64),
  work: "c".repeat(64),
  base: 0,
  hasChanges: true,
  models: null,
};

describe("the record in a check", () => {
  test("comes back as written, whatever stands around it", () => {
    expect(readRecord(`# A plan\n${writeRecord(record)}\nmore`)).toEqual(record);
  });

  test.each([
    { what: "nothing", text: null },
    { what: "no record", text: "words" },
    { what: "two records", text: `${writeRecord(record)}\n${writeRecord(record)}` },
    { what: "a record cut off", text: writeRecord(record).slice(0, -10) },
    { what: "not JSON", text: "<!-- sluice-record {nope -->" },
    { what: "a digest that is none", text: writeRecord({ ...record, digest: "x" }) },
    { what: "a text where a number belongs", text: writeRecord({ ...record, artifactId: "2" as never }) },
  ])("$what is no record", ({ text }) => {
    expect(readRecord(text)).toBeNull();
  });

  test.each([
    { a: ["x"], b: ["y"], both: false },
    { a: ["x", "z"], b: ["y", "z"], both: true },
    { a: [], b: ["y"], both: false },
    { a: null, b: ["y"], both: true },
  ])("$a and $b touch the same: $both", ({ a, b, both }) => {
    expect(overlap(a, b)).toBe(both);
    expect(overlap(b, a)).toBe(both);
  });
});

describe("names", () => {
  const root = { project: ".", environment: "prod" };
  const shop = { project: "teams/my shop", environment: "prod" };

  test("two projects never share check or artifact", () => {
    expect(planCheckName(root)).toBe("sluice / plan (prod)");
    expect(planCheckName(shop)).toBe("sluice / plan (teams/my shop: prod)");
    expect(artifactName(root, 1)).toBe("sluice-plan-prod-1.json");
    expect(artifactName(shop, 2)).not.toMatch(/["<>|*?\\/: ]/);
    expect(attemptOf(root, artifactName(shop, 2))).toBeNull();
  });

  test.each([
    { name: "sluice-plan-prod-3.json", attempt: 3 },
    { name: "sluice-plan-prod-03.json", attempt: null },
    { name: "sluice-plan-prod-x.json", attempt: null },
    { name: "sluice-plan-prod-3.json.zip", attempt: null },
    { name: "sluice-plan-prod2-3.json", attempt: null },
    { name: "coverage", attempt: null },
  ])("$name is of attempt $attempt", ({ name, attempt }) => {
    expect(attemptOf(root, name)).toBe(attempt);
  });

  test("who applied tells the pull request", () => {
    expect(pullOfOwner(ownerOf("https://github.com/o/r/actions/runs/9", 12))).toBe(12);
    expect(pullOfOwner(ownerOf("https://github.com/o/r/actions/runs/9", null))).toBeNull();
    expect(pullOfOwner("host:123")).toBeNull();
  });

  test.each([
    { ref: "octo/shop/.github/workflows/a.yml@refs/heads/main", path: ".github/workflows/a.yml" },
    { ref: "octo/shop/.github/workflows/a.yml@refs/heads/x@y", path: ".github/workflows/a.yml" },
    { ref: "", path: "" },
  ])("workflow of $ref", ({ ref, path }) => {
    expect(workflowPathOf(ref)).toBe(path);
  });
});

describe("comments", () => {
  const marker = "<!-- sluice:shop:prod ";
  const body = `${marker}state=planned -->`;
  test.each([
    { what: "ours", comments: [{ id: 2, author: "bot", body }], found: 2 },
    {
      what: "the oldest of ours",
      comments: [
        { id: 5, author: "bot", body },
        { id: 2, author: "bot", body },
      ],
      found: 2,
    },
    {
      what: "not a stranger's with our marker",
      comments: [
        { id: 1, author: "mallory", body },
        { id: 2, author: "bot", body },
      ],
      found: 2,
    },
    {
      what: "not one that only quotes it",
      comments: [{ id: 1, author: "bot", body: `> ${body}` }],
      found: null,
    },
    {
      what: "not another project's",
      comments: [{ id: 1, author: "bot", body: "<!-- sluice:shop2:prod x -->" }],
      found: null,
    },
  ])("$what", ({ comments, found }) => {
    expect(findComment(comments, marker, "bot")?.id ?? null).toBe(found);
  });
});

describe("the log", () => {
  const logged = (act: (log: ReturnType<typeof openLog>) => void): string => {
    const out: string[] = [];
    act(
      openLog(
        (text) => out.push(text),
        () => "word",
      ),
    );
    return out.join("");
  };

  test("plain words are printed as they are", () => {
    expect(logged((log) => log.info("two\nlines"))).toBe("two\nlines\n");
  });

  test.each([
    "::set-output name=x::y",
    "  ::add-mask::x",
    "a ##[set-output name=x;]y",
    "\u001b]0;title\u0007::error::x",
    "x\r::warning::y",
  ])("%j is no command", (text) => {
    const out = logged((log) => log.info(text));
    expect(out).toMatch(/^::stop-commands::word\n/);
    expect(out).toMatch(/\n::word::\n$/);
    expect(out.slice("::stop-commands::word\n".length, -"::word::\n".length)).not.toMatch(/^\s*::|##\[/m);
  });

  test("data of commands is escaped", () => {
    expect(logged((log) => log.error("50%\n::x::"))).toBe("::error::50%25%0A: :x::\n");
    expect(
      logged((log) =>
        log.annotate({ path: "a,b:c.sql", line: 3, level: "failure", title: "T: x", message: "m" }),
      ),
    ).toBe("::error file=a%2Cb%3Ac.sql,line=3,title=T%3A x::m\n");
  });
});

test.each([
  { link: '<https://a/x?page=2>; rel="next", <https://a/x?page=9>; rel="last"', next: "https://a/x?page=2" },
  { link: '<https://a/x?page=1>; rel="prev"', next: null },
  { link: undefined, next: null },
])("the page after $link", ({ link, next }) => {
  expect(nextOf(link)).toBe(next);
});

test.each([
  { url: "https://github.com", there: true },
  { url: "https://acme.ghe.com", there: true },
  { url: "http://github.localhost:80", there: true },
  { url: "https://git.acme.example", there: false },
  { url: "https://github.com.acme.example", there: false },
])("artifacts at $url: $there", ({ url, there }) => {
  expect(hasArtifactService(url)).toBe(there);
});

test.each([
  { error: new SluiceError("LINT_FAILED", "x"), reason: "lint-failed" },
  {
    error: new SluiceError("PLAN_REFUSED", "x", { details: { reason: "destructive" } }),
    reason: "destructive",
  },
  { error: new SluiceError("GITHUB_FAILED", "x"), reason: "github-error" },
  { error: new SluiceError("MODEL_INVALID", "x"), reason: "config-error" },
  { error: new TypeError("x"), reason: "internal-error" },
])("$error ends as $reason", ({ error, reason }) => {
  expect(reasonOfError(error)).toBe(reason);
});

test("a notice escapes what strangers wrote", () => {
  const text = renderNotice({
    project: "shop",
    environment: "prod",
    state: "failed",
    headSha: "a".repeat(40),
    sign: "x",
    title: "No plan",
    sentence: "@everyone <img src=x> [click](https://evil.example) --> #1",
    findings: [{ path: "a`b.sql", line: 1, level: "failure", title: "**T**", message: "| x |" }],
    next: ["Do <b>it</b>."],
    runUrl: "https://github.com/o/r/actions/runs/1",
    at: "2024-01-01 00:00",
  });
  expect(text).not.toMatch(/@everyone|<img|\]\(https:\/\/evil|<b>/);
  expect(text.split("\n")[0]).toBe(`<!-- sluice:shop:prod state=failed head=${"a".repeat(40)} -->`);
});
