/** What the demo prints: chapters, plain sentences, and a line that follows an apply. */
import type { ApplyEvent } from "../../src/index.ts";

export interface Narrator {
  /** A numbered heading. */
  chapter(title: string): void;
  say(text: string): void;
  /** A text of many lines, set off from the story. */
  quote(text: string): void;
  /** For `onEvent`: one line that is rewritten on a terminal, a line now and then elsewhere. */
  follow(): (event: ApplyEvent) => void;
}

export interface NarratorOptions {
  readonly write: (text: string) => void;
  readonly terminal: boolean;
  readonly color: boolean;
  readonly width: number;
}

export function narrator({ write, terminal, color, width }: NarratorOptions): Narrator {
  const paint = (code: number, text: string): string => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  let chapters = 0;
  return {
    chapter(title) {
      chapters++;
      write(`\n${paint(1, `${chapters}  ${title}`)}\n\n`);
    },
    say: (text) => write(`${text}\n`),
    quote(text) {
      write(
        `${text
          .trimEnd()
          .split("\n")
          .map((line) => `${paint(2, "│")} ${line}`.trimEnd())
          .join("\n")}\n\n`,
      );
    },
    follow() {
      let done = 0;
      let total = 0;
      let shown = 0;
      return (event) => {
        if (event.kind === "apply-started") total = event.steps;
        if (event.kind === "apply-finished" && terminal) write("\r\u001b[2K");
        if (event.kind !== "step-finished") return;
        done++;
        if (terminal)
          write(`\r\u001b[2K${`   ${done} of ${total}  ${event.step.sentence}`.slice(0, width - 1)}`);
        else if (done === total || done - shown >= 25) {
          shown = done;
          write(`   ${done} of ${total} steps done\n`);
        }
      };
    },
  };
}
