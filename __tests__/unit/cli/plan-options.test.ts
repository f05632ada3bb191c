import { expect, test } from "vitest";
import { inFlags } from "../../../src/cli/plan-options.ts";

test.each([
  { text: "needs restateModels, or noGaps.", said: "needs --restate-model, or --no-gaps." },
  { text: "effectiveFrom: set forwardOnly as well", said: "--effective-from: set --forward-only as well" },
  // Names of models and columns, and words that are no option.
  { text: 'shop.noGaps, noGaps.id, "noGaps", noGapsAtAll and camelCase', said: null },
])("an option is named as the command line writes it: $text", ({ text, said }) =>
  expect(inFlags(text)).toBe(said ?? text),
);
