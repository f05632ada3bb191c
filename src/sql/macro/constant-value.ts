/** Values of the constant evaluator: what they are, when they are true, how they compare. */

/** A column or other name: it has no value, only an identity. */
export interface ColumnConstant {
  readonly column: string;
}

export type Constant = string | number | boolean | null | ColumnConstant | readonly Constant[];

export function column(name: string): ColumnConstant {
  return { column: name };
}

export function isColumn(value: Constant): value is ColumnConstant {
  return typeof value === "object" && value !== null && "column" in value;
}

/** Truth as a condition of a macro: NULL is false, a column is true. */
export function truthOf(value: Constant): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return Boolean(value);
}

/** `left operator right`; NULL with NULL. A text never equals a number. */
export function compareConstants(operator: string, left: Constant, right: Constant): Constant {
  if (operator === "<=>") return left === null || right === null ? left === right : equal(left, right);
  if (left === null || right === null) return null;
  if (operator === "=" || operator === "==") return equal(left, right);
  if (operator === "<>" || operator === "!=") return !equal(left, right);
  if (typeof left === "number" || typeof left === "boolean")
    return typeof right === "number" || typeof right === "boolean"
      ? ordered(operator, Number(left), Number(right))
      : false;
  if (typeof left === "string" && typeof right === "string") return ordered(operator, left, right);
  return false;
}

function equal(left: Constant, right: Constant): boolean {
  if (isColumn(left as Constant) && isColumn(right)) return (left as ColumnConstant).column === right.column;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, i) => equal(item, right[i] as Constant));
  }
  if (typeof left === "boolean" && typeof right === "number") return Number(left) === right;
  if (typeof left === "number" && typeof right === "boolean") return left === Number(right);
  return left === right;
}

function ordered<T extends string | number>(operator: string, left: T, right: T): boolean {
  switch (operator) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    default:
      return left >= right;
  }
}

/** The expression is not one the evaluator knows. `what` is the part it stumbled on. */
export class NotConstant extends Error {
  readonly what: string;
  constructor(what: string) {
    super(`cannot evaluate ${what}`);
    this.what = what;
  }
}
