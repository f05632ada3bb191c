import { expect, test } from "vitest";
import { narrator } from "../../../scripts/demo/narrator.ts";
import type { ApplyEvent } from "../../../src/index.ts";

const step = {
  id: "s",
  sentence: "Fill core.flights.",
  needs: [],
  done: { kind: "repeatable" },
  kind: "finalise",
};
const event = (kind: string, more: object = {}): ApplyEvent =>
  ({ kind, at: 0, step, ...more }) as unknown as ApplyEvent;

function story(terminal: boolean, tell: (voice: ReturnType<typeof narrator>) => void): string {
  let text = "";
  tell(
    narrator({
      write: (piece) => {
        text += piece;
      },
      terminal,
      color: false,
      width: 40,
    }),
  );
  return text;
}

test("chapters are numbered and quotes set off", () => {
  const text = story(false, (voice) => {
    voice.chapter("Raw data");
    voice.quote("one\n\ntwo\n");
    voice.chapter("Production");
  });
  expect(text).toBe("\n1  Raw data\n\n│ one\n│\n│ two\n\n\n2  Production\n\n");
});

test("a log gets a line now and then, and the last one", () => {
  const text = story(false, (voice) => {
    const follow = voice.follow();
    follow(event("apply-started", { steps: 30 }));
    for (let i = 0; i < 30; i++) follow(event("step-finished"));
  });
  expect(text).toBe("   25 of 30 steps done\n   30 of 30 steps done\n");
});

test("a terminal gets one line, cut to its width and gone in the end", () => {
  const text = story(true, (voice) => {
    const follow = voice.follow();
    follow(event("apply-started", { steps: 1 }));
    follow(event("step-finished", { step: { ...step, sentence: "x".repeat(99) } }));
    follow(event("apply-finished"));
  });
  const lines = text.split("\r\u001b[2K");
  expect(lines[1]).toHaveLength(39);
  expect(lines.at(-1)).toBe("");
});
