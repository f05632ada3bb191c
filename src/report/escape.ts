/**
 * Text of strangers (names, messages, SQL) made harmless for the place it is printed in.
 * Belongs here: escaping for Markdown, HTML, Mermaid and terminals. Not here: what is printed.
 */
import type { Phrase } from "./phrase.ts";

/**
 * Characters that hide or turn text: controls (but tab and line feed), soft hyphens, bidirectional overrides,
 * zero-width marks, line and paragraph separators, variation selectors, tags. Ranges of code points, both ends included.
 */
const deceptiveRanges: readonly (readonly [number, number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe0fff],
];

const deceptive = new RegExp(
  `[${deceptiveRanges.map(([from, to]) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`).join("")}]`,
  "gu",
);

/** Halves of a surrogate pair alone: GitHub refuses them. */
const brokenPair = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A zero-width space: splits `@name`, `#1` and `://` so that nobody is mentioned and nothing linked. */
const split = "&#8203;";

/** Line breaks become spaces, what cannot be seen becomes visible: `\u202e` is written out. */
export function oneLine(text: string): string {
  return visible(text.replace(/\s*[\r\n\t\u0085\u2028\u2029]+\s*/g, " "));
}

/** Invisible and direction-changing characters written as `\u….`; line breaks and tabs stay. */
export function visible(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(brokenPair, "\ufffd")
    .replace(deceptive, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);
}

/** Cuts to at most `limit` UTF-16 units, never inside a pair, and shows that it did. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, Math.max(0, limit - 1));
  return `${cut.replace(/[\ud800-\udbff]$/, "")}…`;
}

/** Free text inside a Markdown line or table cell: every mark with a meaning is escaped, nothing is linked. */
export function markdownText(text: string): string {
  return oneLine(text)
    .replace(/&/g, "&amp;")
    .replace(/[\\`*_[\]#|~$]/g, "\\$&")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/^(\s*\d+)([.)])(?=\s|$)/, "$1\\$2")
    .replace(/^(\s*)([-+=])/, "$1\\$2")
    .replace(/@/g, `@${split}`)
    .replace(/\\#/g, `\\#${split}`)
    .replace(/:\/\//g, `:${split}//`)
    .replace(/\b(www)\./gi, `$1${split}.`)
    .replace(/\b(gh)-(?=\d)/gi, `$1-${split}`)
    .replace(/:(?=[\w+-]+:)/g, `:${split}`);
}

/**
 * A name as inline code. The delimiter is longer than any run of backticks inside; a pipe is escaped, which GitHub
 * undoes inside tables. Outside tables use `markdownCode` with `table: false`.
 */
export function markdownCode(text: string, options: { readonly table?: boolean } = {}): string {
  const line = oneLine(text);
  if (line.trim() === "") return "` `";
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  const padded = line.startsWith("`") || line.endsWith("`") ? ` ${line} ` : line;
  const piped = options.table === false ? padded : padded.replace(/\|/g, "\\|");
  return `${fence}${piped}${fence}`;
}

/** Text inside an HTML element such as `<summary>`: Markdown has no meaning there. */
export function htmlText(text: string): string {
  return oneLine(text)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;")
    .replace(/@/g, `@${split}`)
    .replace(/#(?=\d)/g, `#${split}`)
    .replace(/:\/\//g, `:${split}//`);
}

/** Value of a hidden comment `<!-- … -->`: nothing in it can close the comment. */
export function commentWord(text: string): string {
  return [...oneLine(text)]
    .map((character) => (/[\w./=,-]/.test(character) ? character : percent(character)))
    .join("")
    .replace(/--+/g, (dashes) => "%2D".repeat(dashes.length));
}

function percent(character: string): string {
  return [...Buffer.from(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("");
}

/** A fenced block whose fence no line of the text can close. */
export function fencedCode(text: string, language: string): string {
  const body = visible(text).replace(/\n+$/, "");
  const longest = Math.max(2, ...[...body.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${body}\n${fence}`;
}

/** A label in a Mermaid node `id["…"]`: everything but plain letters becomes a Mermaid entity. */
export function mermaidLabel(text: string): string {
  return [...shorten(oneLine(text), 60)]
    .map((character) => (/[\p{L}\p{N} ._/-]/u.test(character) ? character : `#${character.codePointAt(0)};`))
    .join("");
}

/** A remark in which names stand between single backticks: those as code, the rest escaped. */
export function markdownMarked(text: string, options: { readonly table?: boolean } = {}): string {
  return text
    .split(/(?<!`)(`[^`\n]+`)(?!`)/)
    .map((part) =>
      /^`[^`]+`$/.test(part)
        ? markdownCode(part.slice(1, -1), options)
        : part === ""
          ? ""
          : markdownText(part),
    )
    .join("");
}

/** A sentence for Markdown: names as code, the rest escaped. */
export function markdownPhrase(sentence: Phrase, options: { readonly table?: boolean } = {}): string {
  return sentence
    .map((word) => (typeof word === "string" ? markdownText(word) : markdownCode(word.name, options)))
    .join("");
}

/**
 * Text for a terminal or a log. Escape sequences are shown instead of obeyed, and no line can be taken for a
 * command by a workflow runner (`::name::` at the start of a line, `##[name]` anywhere).
 */
export function terminalText(text: string): string {
  return visible(text)
    .replace(/##\[/g, "## [")
    .replace(/^(\s*)::/gm, "$1: :");
}
