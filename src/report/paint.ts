/** Colours of a terminal, or none. */
const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 } as const;

export type Paint = keyof typeof codes;

/** `painter(false)` returns text as it is. */
export function painter(color: boolean): (paint: Paint, text: string) => string {
  return (paint, text) => (color && text !== "" ? `\u001b[${codes[paint]}m${text}\u001b[0m` : text);
}
