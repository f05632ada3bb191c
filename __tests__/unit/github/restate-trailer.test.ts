import { describe, expect, test } from "vitest";
import { parseEvent } from "../../../src/github/event.ts";
import { parsePermissionTrailers } from "../../../src/github/permission-trailer.ts";
import { parseRestateTrailers } from "../../../src/github/restate-trailer.ts";

const asked = (...texts: readonly string[]) =>
  parseRestateTrailers(texts, 12).map(({ id: _, askedBy: __, ...rest }) => rest);

describe("lines that ask", () => {
  test.each([
    ["Sluice-Restate: shop.orders", { models: ["shop.orders"] }],
    ["sluice-restate : b.c.orders, a.x", { models: ["a.x", "b.c.orders"] }],
    [
      "Sluice-Restate: shop.orders 2024-01-01..2024-01-31",
      { models: ["shop.orders"], start: "2024-01-01", end: "2024-01-31" },
    ],
    [
      "Sluice-Restate: shop.orders, shop.pays 2024-02-29..",
      { models: ["shop.orders", "shop.pays"], start: "2024-02-29" },
    ],
    ["Sluice-Restate: shop.orders ..2024-01-31", { models: ["shop.orders"], end: "2024-01-31" }],
  ])("%s", (line, request) => {
    expect(asked(`Fix prices.\r\n\r\n${line}  \r\nReviewed-by: bob`)).toEqual([request]);
  });

  test("are found in every text, each request once", () => {
    const line = "Sluice-Restate: shop.orders";
    expect(asked(line, `Work\n\n${line}\nSluice-Restate: shop.pays`)).toEqual([
      { models: ["shop.orders"] },
      { models: ["shop.pays"] },
    ]);
  });

  test("are the pull request's own: another one that asks for the same asks anew", () => {
    const line = ["Sluice-Restate: shop.orders"];
    const [one, other] = [parseRestateTrailers(line, 1), parseRestateTrailers(line, 2)];
    expect(one[0]?.askedBy).toBe("pull request 1");
    expect(one[0]?.id).not.toBe(other[0]?.id);
  });

  test.each([
    ["in the middle of a line", "We use Sluice-Restate: shop.orders here"],
    ["in code", "```\nSluice-Restate: x y\n```"],
    ["in code of tildes", "~~~~\n```\nSluice-Restate: x y\n~~~~"],
    ["in a comment of a template", "<!-- Sluice-Restate: model\nSluice-Restate: x y -->"],
    ["in a comment that does not end", "<!--\nSluice-Restate: x y"],
    ["quoted", "> Sluice-Restate: x y"],
    ["of another name", "Sluice-Restated: x y"],
  ])("are not those %s", (_, text) => {
    expect(asked(text)).toEqual([]);
  });
});

describe("what does not fit is refused", () => {
  test.each([
    ["", /"" is not the name of a model/],
    ["*", /"\*" is not the name of a model/],
    ["shop.*", /is not the name of a model/],
    ["tag:nightly", /is not the name of a model/],
    ["+shop.orders", /is not the name of a model/],
    ["shop.orders; DROP TABLE x", /is not the name of a model/],
    ["shop.orders,", /"" is not the name of a model/],
    ["a.b.c.d", /is not the name of a model/],
    ["shop.orders ..", /its range has no day/],
    ["shop.orders 2024-01-01", /is not the name of a model/],
    ["shop.orders 2024-02-30..", /there is no day 2024-02-30/],
    ["shop.orders 2024-1-1..", /is not the name of a model/],
    ["shop.orders yesterday..today", /is not the name of a model/],
    [Array.from({ length: 21 }, (_, n) => `a.m${n}`).join(","), /more than 20 models/],
    ["a".repeat(3000), /too long/],
  ])("Sluice-Restate: %s", (rest, sentence) => {
    expect(() => asked(`Sluice-Restate: ${rest}`)).toThrow(
      expect.objectContaining({ code: "PLAN_OPTION_INVALID", message: expect.stringMatching(sentence) }),
    );
  });

  test("and its words are shown without what a page or a terminal would obey", () => {
    try {
      asked("Sluice-Restate: \u001b[31m\u202eshop");
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message).toContain('"[31mshop" is not the name of a model');
    }
  });
});

test.each([
  [{ body: { from: "x" } }, true],
  [{ title: { from: "x" } }, false],
])("an edit of %j plans again: %s", (changes, bodyChanged) => {
  const pull = {
    number: 12,
    head: { sha: "a".repeat(40), repo: { id: 1 } },
    base: { sha: "b".repeat(40), ref: "main" },
  };
  const event = parseEvent("pull_request", {
    action: "edited",
    repository: { id: 1, default_branch: "main" },
    changes,
    pull_request: pull,
  });
  expect(event).toMatchObject({ bodyChanged });
});

describe("lines that allow", () => {
  test("name models and who says so", () => {
    const texts = [
      "Sluice-Allow-Destructive: shop.b, shop.a\n",
      "sluice-allow-destructive: shop.a\nSluice-Allow-Additive: shop.c",
    ];
    expect(parsePermissionTrailers(texts, 12, "alice")).toEqual([
      { change: "destructive", models: ["shop.a", "shop.b"], by: "pull request 12 of alice" },
      { change: "additive", models: ["shop.c"], by: "pull request 12 of alice" },
    ]);
    expect(parsePermissionTrailers(["`Sluice-Allow-Destructive: x`"], 12, "alice")).toEqual([]);
  });

  test.each(["*", "", "shop.*", "all models"])("are refused where they do not: %s", (rest) => {
    expect(() => parsePermissionTrailers([`Sluice-Allow-Destructive: ${rest}`], 12, "alice")).toThrow(
      /Sluice-Allow-Destructive line of pull request 12 does not fit: .* is not the name of a model/,
    );
  });
});
