/** Arithmetic and casts of the constant evaluator. */
import { type Constant, column, isColumn, NotConstant, truthOf } from "./constant-value.ts";

/** `left operator right` on numbers; NULL with NULL. Throws {@link NotConstant}. */
export function arithmetic(operator: string, left: Constant, right: Constant): Constant {
  if (left === null || right === null) return null;
  if (operator === "+" && typeof left === "string" && typeof right === "string") return left + right;
  if (typeof left !== "number" || typeof right !== "number") {
    if (isColumn(left) || isColumn(right)) return column(`${describe(left)} ${operator} ${describe(right)}`);
    throw new NotConstant(`"${operator}" of what is no number`);
  }
  switch (operator) {
    case "+":
      return tidy(left + right);
    case "-":
      return tidy(left - right);
    case "*":
      return tidy(left * right);
    case "**":
      return left ** right;
    case "/":
      return right === 0 ? null : left / right;
    case "//":
      return right === 0 ? null : Math.floor(left / right);
    default:
      return right === 0 ? null : tidy(left % right);
  }
}

/** Decimal results without binary noise: 0.1 + 0.2 is 0.3. */
function tidy(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(15));
}

function describe(value: Constant): string {
  return isColumn(value) ? value.column : String(value);
}

/** `CAST(value AS type)`, the type in upper case. */
export function castConstant(value: Constant, type: string): Constant {
  if (value === null || isColumn(value)) return value;
  if (/^(?:INT|INTEGER|BIGINT|SMALLINT|TINYINT|SIGNED|UNSIGNED)/.test(type))
    return Math.trunc(numberOf(value));
  if (/^(?:DOUBLE|FLOAT|REAL|DECIMAL|NUMERIC)/.test(type)) return numberOf(value);
  if (/^BOOL/.test(type))
    return typeof value === "string" ? /^(?:true|t|1|yes)$/i.test(value) : truthOf(value);
  if (/^DATE$/.test(type)) return String(value).slice(0, 10);
  return typeof value === "boolean" ? String(value) : Array.isArray(value) ? value : String(value);
}

function numberOf(value: Constant): number {
  const number =
    typeof value === "boolean"
      ? Number(value)
      : Number(typeof value === "string" && value.trim() === "" ? Number.NaN : value);
  if (Number.isNaN(number)) throw new NotConstant(`a cast of '${String(value)}' to a number`);
  return number;
}
