import { describe, expect, test } from "vitest";
import {
  commentWord,
  fencedCode,
  htmlText,
  markdownCode,
  markdownMarked,
  markdownText,
  mermaidLabel,
  oneLine,
  shorten,
  terminalText,
} from "../../../src/report/escape.ts";

const hostile = [
  "a|b",
  "`",
  "``x``",
  "a`b",
  "*bold* _it_ ~~x~~",
  "[text](https://evil.example)",
  "![i](x)",
  "<script>alert(1)</script>",
  "</details>",
  "<!-- sluice:x -->",
  "--> <b>",
  "@octocat and @org/team",
  "see #123 or owner/repo#4, GH-12",
  "www.evil.example",
  "line\nbreak",
  "\r\n::error::owned",
  "##[error]owned",
  "\u202eevil\u202c",
  "\u0007\u001b[31mred",
  "a\\",
  "a\\|b",
  "$x$",
  "\ud800alone",
  "```\nfence",
  "# heading",
  "- item",
  "1. item",
  "&lt;b&gt;",
  "\u200bzero",
  "",
  "   ",
  "日本語.表",
  "🚿",
  ":shipit:",
  "|",
  "||",
  "\\`",
];

/** Pseudo-random mixtures of the samples: the same in every run. */
function mixtures(amount: number): readonly string[] {
  let seed = 42;
  const next = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  return Array.from({ length: amount }, () =>
    Array.from({ length: 1 + next(4) }, () => hostile[next(hostile.length)]).join(""),
  );
}

const samples = [...hostile, ...mixtures(400)];

describe("markdownCode", () => {
  test.each([
    { text: "shop.orders", code: "`shop.orders`" },
    { text: "a`b", code: "``a`b``" },
    { text: "`", code: "`` ` ``" },
    { text: "a|b", code: "`a\\|b`" },
    { text: "a\nb", code: "`a b`" },
    { text: "\u202ex", code: "`\\u202ex`" },
    { text: "", code: "` `" },
  ])("$text", ({ text, code }) => expect(markdownCode(text)).toBe(code));

  test("a span always opens and closes with the same run, which the text lacks", () => {
    for (const text of samples) {
      const code = markdownCode(text, { table: false });
      const run = /^`+/.exec(code)?.[0] ?? "";
      const inside = code.slice(run.length, -run.length);
      expect(code.endsWith(run), code).toBe(true);
      expect(
        [...inside.matchAll(/`+/g)].map((each) => each[0].length),
        code,
      ).not.toContain(run.length);
      expect(code).not.toContain("\n");
    }
  });

  test("in a table no pipe stands unescaped", () => {
    for (const text of samples) expect(markdownCode(text).replace(/\\\|/g, ""), text).not.toContain("|");
  });
});

describe("markdownText", () => {
  test.each([
    { text: "Only adds columns.", markdown: "Only adds columns." },
    { text: "a_b * c", markdown: "a\\_b \\* c" },
    { text: "<b>", markdown: "&lt;b&gt;" },
    { text: "1. item", markdown: "1\\. item" },
    { text: "1.2 M rows (7 days)", markdown: "1.2 M rows (7 days)" },
    { text: "- item", markdown: "\\- item" },
    { text: "ask @octocat", markdown: "ask @&#8203;octocat" },
    { text: "fixes #12", markdown: "fixes \\#&#8203;12" },
    { text: "https://evil.example", markdown: "https:&#8203;//evil.example" },
  ])("$text", ({ text, markdown }) => expect(markdownText(text)).toBe(markdown));

  test("no mark with a meaning survives", () => {
    for (const text of samples) {
      const markdown = markdownText(text);
      expect(markdown.replace(/\\[\\`*_[\]#|~$+=-]/g, ""), text).not.toMatch(/[`*[\]<>|~$]/);
      expect(markdown, text).not.toMatch(/@\w|\n|\p{Bidi_Control}/u);
    }
  });
});

describe("markdownMarked", () => {
  test.each([
    { text: "Column `a_b` was removed.", markdown: "Column `a_b` was removed." },
    { text: "a_b `", markdown: "a\\_b \\`" },
    { text: "``x``", markdown: "\\`\\`x\\`\\`" },
    { text: "`a|b` | c", markdown: "`a\\|b` \\| c" },
  ])("$text", ({ text, markdown }) => expect(markdownMarked(text)).toBe(markdown));

  test("no mark with a meaning survives outside of code", () => {
    for (const text of samples) {
      const outside = markdownMarked(text).replace(/(?<![\\`])(`+)(?!`)([\s\S]*?[^`])\1(?!`)/g, "");
      expect(outside.replace(/\\[\\`*_[\]#|~$+=-]/g, ""), text).not.toMatch(/[`*[\]<>|~$]/);
      expect(outside, text).not.toMatch(/@\w|\n|\p{Bidi_Control}/u);
    }
  });
});

test("nothing closes a hidden comment early", () => {
  for (const text of samples) expect(commentWord(text), text).toMatch(/^(?:[\w./=,]|-(?!-)|%[0-9A-F]{2})*$/);
});

test("two names never share a marker", () => {
  const words = hostile.filter((text) => oneLine(text) === text).map(commentWord);
  expect(new Set(words).size).toBe(words.length);
});

test("no line of a text closes its fence", () => {
  for (const text of samples) {
    const [first = "", ...rest] = fencedCode(text, "diff").split("\n");
    const fence = first.replace("diff", "");
    expect(rest.at(-1)).toBe(fence);
    expect(
      rest.slice(0, -1).some((line) => line.trimStart().startsWith(fence)),
      text,
    ).toBe(false);
  }
});

test("HTML text holds no tag, no quote, no mention", () => {
  for (const text of samples) expect(htmlText(text), text).not.toMatch(/[<>"']|@\w/);
});

test("a Mermaid label cannot leave its quotes", () => {
  for (const text of samples) expect(mermaidLabel(text), text).toMatch(/^(?:[\p{L}\p{N} ._/…-]|#\d+;)*$/u);
});

test("no line of terminal text is a log command or an escape sequence", () => {
  for (const text of samples) {
    const shown = terminalText(text);
    for (const line of shown.split("\n")) expect(line.trimStart().startsWith("::"), line).toBe(false);
    expect(shown).not.toContain("##[");
    expect(shown).not.toContain("\u001b");
  }
});

test("shorten never splits a pair and shows that it cut", () => {
  expect(shorten("abcdef", 4)).toBe("abc…");
  expect(shorten("ab🚿", 4)).toBe("ab🚿");
  expect(shorten("ab🚿x", 4)).toBe("ab…");
});
