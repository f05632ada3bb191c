/**
 * A small evaluator of constant SQL expressions, for conditions of macros (spec project-format 5.7).
 * Columns are opaque: true by themselves, equal only to themselves.
 */
import type { DialectFamily } from "../dialect.ts";
import { type Token, tokenize } from "../lexer.ts";
import { closeOf, splitAtCommas } from "./argument-list.ts";
import { arithmetic, castConstant } from "./constant-arithmetic.ts";
import { callConstant } from "./constant-functions.ts";
import { type Constant, column, compareConstants, NotConstant, truthOf } from "./constant-value.ts";
import { stringContent } from "./value.ts";

/** The value of an expression. Throws {@link NotConstant}. `now` is the value of CURRENT_TIMESTAMP, ISO text. */
export function evaluateConstant(sql: string, family: DialectFamily, now = "1970-01-01 00:00:00"): Constant {
  const tokens = tokenize(sql, family).filter((token) => token.kind !== "comment" && token.kind !== "hint");
  const reader = new Reader(tokens, sql, family, now);
  const value = reader.or();
  reader.end();
  return value;
}

class Reader {
  private at = 0;
  private readonly tokens: readonly Token[];
  private readonly source: string;
  private readonly family: DialectFamily;
  private readonly now: string;

  constructor(tokens: readonly Token[], source: string, family: DialectFamily, now: string) {
    this.tokens = tokens;
    this.source = source;
    this.family = family;
    this.now = now;
  }

  end(): void {
    const rest = this.tokens[this.at];
    if (rest) throw new NotConstant(`"${rest.text}"`);
  }

  or(): Constant {
    let left = this.and();
    while (this.word("OR")) {
      const right = this.and();
      left = truthOf(left) || truthOf(right);
    }
    return left;
  }

  private and(): Constant {
    let left = this.not();
    while (this.word("AND") || (this.family === "mysql" && this.symbol("&&"))) {
      const right = this.not();
      left = truthOf(left) && truthOf(right);
    }
    return left;
  }

  private not(): Constant {
    return this.word("NOT") ? !truthOf(this.not()) : this.comparison();
  }

  private comparison(): Constant {
    let left = this.sum();
    for (;;) {
      const operator = this.symbol("=", "==", "<>", "!=", "<=", ">=", "<", ">", "<=>");
      if (operator) left = compareConstants(operator, left, this.sum());
      else if (this.word("IS")) left = this.is(left);
      else {
        const negated = this.word("NOT");
        if (this.word("IN")) left = this.negate(this.oneOf(left), negated);
        else if (this.word("BETWEEN")) left = this.negate(this.between(left), negated);
        else if (this.word("LIKE")) left = this.negate(this.like(left, false), negated);
        else if (this.word("ILIKE")) left = this.negate(this.like(left, true), negated);
        else if (negated) throw new NotConstant('"NOT"');
        else return left;
      }
    }
  }

  private negate(value: Constant, negated: boolean): Constant {
    if (!negated) return value;
    return value === null ? true : !truthOf(value);
  }

  private is(left: Constant): Constant {
    const negated = this.word("NOT");
    if (this.word("DISTINCT")) {
      this.expectWord("FROM");
      const same = compareConstants("<=>", left, this.sum()) === true;
      return negated ? same : !same;
    }
    const result = this.word("NULL")
      ? left === null
      : this.word("TRUE")
        ? left === true
        : this.word("FALSE")
          ? left === false
          : null;
    if (result === null) throw new NotConstant('"IS"');
    return negated ? !result : result;
  }

  private oneOf(left: Constant): Constant {
    const items = this.primary();
    const list = Array.isArray(items) ? (items as readonly Constant[]) : [items];
    return list.some((item) => compareConstants("=", left, item) === true);
  }

  private between(left: Constant): Constant {
    const low = this.sum();
    this.expectWord("AND");
    const high = this.sum();
    const above = compareConstants(">=", left, low);
    const below = compareConstants("<=", left, high);
    return above === null || below === null ? null : above === true && below === true;
  }

  private like(left: Constant, ignoreCase: boolean): Constant {
    const pattern = this.sum();
    if (typeof left !== "string" || typeof pattern !== "string") return null;
    const body = pattern
      .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
      .replaceAll("%", "[\\s\\S]*")
      .replaceAll("_", "[\\s\\S]");
    return new RegExp(`^${body}$`, ignoreCase ? "iu" : "u").test(left);
  }

  private sum(): Constant {
    let left = this.product();
    for (let operator = this.symbol("+", "-"); operator; operator = this.symbol("+", "-")) {
      left = arithmetic(operator, left, this.product());
    }
    return left;
  }

  private product(): Constant {
    let left = this.unary();
    for (;;) {
      const operator =
        this.symbol("*", "/", "%", "//") ?? (this.word("DIV") ? "//" : this.word("MOD") ? "%" : null);
      if (!operator) return left;
      left = arithmetic(operator, left, this.unary());
    }
  }

  private unary(): Constant {
    if (this.symbol("-")) return arithmetic("-", 0, this.unary());
    if (this.symbol("+")) return this.unary();
    return this.cast();
  }

  private cast(): Constant {
    let value = this.power();
    while (this.symbol("::")) value = castConstant(value, this.typeName());
    return value;
  }

  private power(): Constant {
    const base = this.primary();
    return this.symbol("**") ? arithmetic("**", base, this.unary()) : base;
  }

  private primary(): Constant {
    const token = this.tokens[this.at];
    if (!token) throw new NotConstant("an expression that ends early");
    this.at++;
    switch (token.kind) {
      case "number":
        return Number(token.text.replaceAll("_", ""));
      case "string":
        return stringContent(token.text, this.family);
      case "quoted":
        return this.name(token);
      case "word":
        return this.wordValue(token);
      case "symbol":
        if (token.text === "(" || token.text === "[") return this.list(token);
        if (token.text === "*") return column("*");
        throw new NotConstant(`"${token.text}"`);
      default:
        throw new NotConstant(`"${token.text}"`);
    }
  }

  private wordValue(token: Token): Constant {
    const word = token.text.toUpperCase();
    const call = this.tokens[this.at]?.text === "(";
    if (word === "TRUE") return true;
    if (word === "FALSE") return false;
    if (word === "NULL") return null;
    if (word === "CASE") return this.caseValue();
    if (word === "SELECT" || word === "EXISTS") throw new NotConstant("a query");
    if (word === "CURRENT_DATE" || word === "CURRENT_TIMESTAMP") {
      if (call) this.list(this.tokens[this.at++] as Token);
      return word === "CURRENT_DATE" ? this.now.slice(0, 10) : this.now;
    }
    if (/^(?:DATE|TIMESTAMP|DATETIME)$/.test(word) && this.tokens[this.at]?.kind === "string") {
      return castConstant(this.primary(), word);
    }
    if (call) return this.call(word);
    return this.name(token);
  }

  private name(token: Token): Constant {
    let text = token.text;
    while (this.symbol(".")) text += `.${this.tokens[this.at++]?.text ?? ""}`;
    return column(text);
  }

  private list(open: Token): Constant {
    const from = this.at - 1;
    const close = closeOf(this.tokens, from);
    if (close < 0) throw new NotConstant(`"${open.text}" that is never closed`);
    const parts = splitAtCommas(this.tokens.slice(from + 1, close)).filter((part) => part.length > 0);
    this.at = close + 1;
    const values = parts.map((part) => this.evaluate(part));
    return open.text === "(" && values.length === 1 ? (values[0] as Constant) : values;
  }

  private call(name: string): Constant {
    const open = this.at;
    const close = closeOf(this.tokens, open);
    if (close < 0) throw new NotConstant(`"${name}(" that is never closed`);
    const inner = this.tokens.slice(open + 1, close);
    this.at = close + 1;
    if (name === "CAST" || name === "TRY_CAST") {
      const as = inner.findLastIndex((token) => token.text.toUpperCase() === "AS");
      const type = inner
        .slice(as + 1)
        .map((token) => token.text)
        .join(" ");
      return castConstant(this.evaluate(inner.slice(0, as)), type.toUpperCase());
    }
    if (name === "EXTRACT") {
      const value = this.evaluate(inner.slice(2));
      return this.known(name, callConstant(inner[0]?.text.toUpperCase() ?? "", [value]));
    }
    const values = splitAtCommas(inner).map((part) => this.evaluate(part));
    return this.known(name, callConstant(name, values));
  }

  private known(name: string, value: Constant | undefined): Constant {
    if (value === undefined) throw new NotConstant(`the function ${name}`);
    return value;
  }

  private caseValue(): Constant {
    const subject = this.isWord("WHEN") ? undefined : this.or();
    let result: Constant = null;
    let found = false;
    while (this.word("WHEN")) {
      const test = this.or();
      this.expectWord("THEN");
      const value = this.or();
      const matches = subject === undefined ? truthOf(test) : compareConstants("=", subject, test) === true;
      if (matches && !found) [result, found] = [value, true];
    }
    if (this.word("ELSE")) {
      const value = this.or();
      if (!found) result = value;
    }
    this.expectWord("END");
    return result;
  }

  private evaluate(tokens: readonly Token[]): Constant {
    const reader = new Reader(tokens, this.source, this.family, this.now);
    const value = reader.or();
    reader.end();
    return value;
  }

  private typeName(): string {
    const token = this.tokens[this.at++];
    if (token?.kind !== "word") throw new NotConstant('"::"');
    if (this.tokens[this.at]?.text === "(") this.at = closeOf(this.tokens, this.at) + 1;
    return token.text.toUpperCase();
  }

  private symbol(...texts: readonly string[]): string | null {
    const token = this.tokens[this.at];
    if (token?.kind !== "symbol" || !texts.includes(token.text)) return null;
    this.at++;
    return token.text;
  }

  private isWord(word: string): boolean {
    const token = this.tokens[this.at];
    return token?.kind === "word" && token.text.toUpperCase() === word;
  }

  private word(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.at++;
    return true;
  }

  private expectWord(word: string): void {
    if (!this.word(word)) throw new NotConstant(`an expression without ${word}`);
  }
}
