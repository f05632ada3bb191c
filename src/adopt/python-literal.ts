/**
 * Values of variables as SQLMesh keeps them: the text Python's `repr` gives. Only literals are read, and SQL values
 * (`SqlValue(sql='…')`) as their text; anything else is null, which proves nothing.
 */
import type { MacroValue } from "../model/model.ts";

/** Undefined for a text that is not one literal. */
export function parsePythonLiteral(text: string): MacroValue | undefined {
  const reader = new Reader(text);
  try {
    const value = reader.value();
    return reader.atEnd() ? value : undefined;
  } catch (error) {
    if (error instanceof NotLiteral) return undefined;
    throw error;
  }
}

class NotLiteral extends Error {}

const words: Readonly<Record<string, MacroValue>> = { True: true, False: false, None: null };
const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    this.#space();
    return this.#at === this.#text.length;
  }

  value(): MacroValue {
    const next = this.#peek();
    if (next === "{") return this.#dictionary();
    if (next === "[") return this.#list("[", "]");
    if (next === "(") return this.#list("(", ")");
    if (next === "'" || next === '"') return this.#string();
    const number = this.#match(/-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/y);
    if (number !== null) return Number(number);
    const word = this.#match(/[A-Za-z_]\w*/y);
    if (word === "SqlValue") return this.#sqlValue();
    if (word !== null && Object.hasOwn(words, word)) return words[word] as MacroValue;
    throw new NotLiteral();
  }

  #sqlValue(): string {
    this.#take("(");
    if (this.#match(/sql\s*=/y) === null) throw new NotLiteral();
    this.#peek();
    const sql = this.#string();
    this.#take(")");
    return sql;
  }

  #dictionary(): MacroValue {
    const found: Record<string, MacroValue> = {};
    this.#take("{");
    while (this.#peek() !== "}") {
      const key = this.value();
      this.#take(":");
      if (typeof key !== "string") throw new NotLiteral();
      found[key] = this.value();
      if (this.#peek() !== "}") this.#take(",");
    }
    this.#take("}");
    return found;
  }

  #list(open: string, close: string): MacroValue {
    const found: MacroValue[] = [];
    this.#take(open);
    while (this.#peek() !== close) {
      found.push(this.value());
      if (this.#peek() !== close) this.#take(",");
    }
    this.#take(close);
    return found;
  }

  #string(): string {
    const quote = this.#text[this.#at++];
    let value = "";
    for (;;) {
      const next = this.#text[this.#at++];
      if (next === undefined) throw new NotLiteral();
      if (next === quote) return value;
      value += next === "\\" ? this.#escape() : next;
    }
  }

  #escape(): string {
    const next = this.#text[this.#at++] ?? "";
    const width = { x: 2, u: 4, U: 8 }[next];
    if (width === undefined) {
      const plain = escapes[next];
      if (plain === undefined) throw new NotLiteral();
      return plain;
    }
    const code = this.#text.slice(this.#at, this.#at + width);
    if (!/^[0-9a-fA-F]+$/.test(code) || code.length < width) throw new NotLiteral();
    this.#at += width;
    return String.fromCodePoint(Number.parseInt(code, 16));
  }

  #take(expected: string): void {
    if (this.#peek() !== expected) throw new NotLiteral();
    this.#at++;
  }

  #peek(): string | undefined {
    this.#space();
    return this.#text[this.#at];
  }

  #space(): void {
    this.#match(/\s+/y);
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.#at = pattern.lastIndex;
    return found[0];
  }
}
