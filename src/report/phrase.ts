/**
 * A sentence that knows which of its words are names: Markdown prints them as code, a terminal in colour, JSON plain.
 * Building sentences this way keeps escaping out of the places that decide what to say.
 */

/** A name of the warehouse or the project: a model, a column, a table, an environment. */
export interface NameWord {
  readonly name: string;
}

export type Phrase = readonly (string | NameWord)[];

/** Marks a value as a name inside `phrase`. */
export function name(value: string): NameWord {
  return { name: value };
}

/** phrase`Fill ${name("shop.orders")} with ${7} days` — phrases may be nested. */
export function phrase(
  texts: TemplateStringsArray,
  ...values: readonly (string | number | NameWord | Phrase)[]
): Phrase {
  const words: (string | NameWord)[] = [];
  const add = (word: string | NameWord) => {
    const last = words.at(-1);
    if (typeof word === "string" && typeof last === "string") words[words.length - 1] = last + word;
    else if (word !== "") words.push(word);
  };
  texts.forEach((text, index) => {
    add(text);
    const value = values[index];
    if (value === undefined) return;
    if (typeof value === "number") add(String(value));
    else if (Array.isArray(value)) for (const word of value as Phrase) add(word);
    else add(value as string | NameWord);
  });
  return words;
}

/** Names separated by commas; past `limit` the rest is counted: `a`, `b` and 3 more. */
export function nameList(names: readonly string[], limit = 5): Phrase {
  const shown = names.length > limit + 1 ? names.slice(0, limit) : names;
  const words: (string | NameWord)[] = [];
  shown.forEach((each, index) => {
    if (index > 0) words.push(index === shown.length - 1 && shown.length === names.length ? " and " : ", ");
    words.push(name(each));
  });
  if (shown.length < names.length) words.push(` and ${names.length - shown.length} more`);
  return words;
}

/** `1 model`, `3 models`, `1,204 models`. */
export function count(amount: number, singular: string, plural = `${singular}s`): string {
  return `${groupDigits(amount)} ${amount === 1 ? singular : plural}`;
}

/** Thousands separated by commas, the same on every machine. */
export function groupDigits(amount: number): string {
  return String(amount).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** The sentence without any markup. */
export function plain(sentence: Phrase): string {
  return sentence.map((word) => (typeof word === "string" ? word : word.name)).join("");
}

/** Joins parts as a person would: `a, b and c`. */
export function enumerate(parts: readonly string[]): string {
  if (parts.length < 2) return parts[0] ?? "";
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/**
 * A remark as a sentence: capital first, full stop last. A first word that may be a name (anything but plain lower-case
 * letters followed by a space) stays as it is.
 */
export function asSentence(remark: string): string {
  const text = remark.trim();
  if (text === "") return "";
  const first = /^[a-z]+(?= )/.test(text) ? text[0]?.toUpperCase() + text.slice(1) : text;
  return /[.!?…:]$/.test(first) ? first : `${first}.`;
}
