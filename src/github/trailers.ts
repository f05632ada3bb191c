/**
 * Lines such as `Sluice-Restate: shop.orders` in a pull request's description or in the messages of its commits. The text is
 * a stranger's: it fits to the letter, or it is refused. Pure.
 */
import { SluiceError } from "../errors.ts";

const mostModels = 20;
const longestLine = 2000;
const model = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*){0,2}$/u;

/** What follows `key:` in these texts, outside of code and of comments that nobody sees. */
export function trailersIn(texts: readonly string[], key: string): readonly string[] {
  const trailer = new RegExp(`^${key}[ \\t]*:(.*)$`, "i");
  return texts.flatMap((text) =>
    visibleLines(text).flatMap((line) => {
      const found = trailer.exec(line);
      return found === null ? [] : [(found[1] ?? "").trim()];
    }),
  );
}

function visibleLines(text: string): readonly string[] {
  const lines: string[] = [];
  let fence: string | null = null;
  for (const line of text.replace(/<!--[\s\S]*?(-->|$)/g, "").split(/\r\n|\n|\r/)) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined && (fence === null || mark.startsWith(fence)))
      fence = fence === null ? mark : null;
    if (fence === null) lines.push(line);
  }
  return lines;
}

/** Whether a line may hold this. */
export function isModelNames(text: string): boolean {
  const names = text.split(",").map((name) => name.trim());
  return text.length <= longestLine && names.length <= mostModels && names.every((name) => model.test(name));
}

/** Exact names with commas between them, sorted, each once. Throws PLAN_OPTION_INVALID. */
export function parseModelNames(text: string, what: string, example: string): readonly string[] {
  if (text.length > longestLine) throw unfit(what, "it is too long", example);
  const names = text.split(",").map((name) => name.trim());
  const wrong = names.find((name) => !model.test(name));
  if (wrong !== undefined) throw unfit(what, `${quoted(wrong)} is not the name of a model`, example);
  if (names.length > mostModels) throw unfit(what, `it names more than ${mostModels} models`, example);
  return [...new Set(names)].sort();
}

/** A stranger's words, cut and without what a terminal or a page would obey. */
function quoted(text: string): string {
  return JSON.stringify(text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, "").slice(0, 60));
}

export function unfit(what: string, problem: string, example: string): SluiceError {
  return new SluiceError("PLAN_OPTION_INVALID", `${what} does not fit: ${problem}`, {
    hint: `Write, for example, ${example}`,
  });
}
