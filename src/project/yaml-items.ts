/** The items of a YAML list as pieces of its text, found without reading YAML: an unchanged one need not be parsed. */

export interface YamlItem {
  readonly text: string;
  /** Line of its dash, from 1. */
  readonly line: number;
}

/** Null for anything but a plain list at the margin, and where one item may refer to another. */
export function splitItems(text: string): readonly YamlItem[] | null {
  // Anchors, aliases, tags and directives.
  if (/(^|[\s[{,:])[&*!%]/m.test(text)) return null;
  const items: { text: string; line: number }[] = [];
  for (const [at, line] of text.split(/\r\n|\n|\r/).entries()) {
    const last = items.at(-1);
    if (/^-(\s|$)/.test(line)) items.push({ text: `${line}\n`, line: at + 1 });
    else if (!/^(\s|#|$)/.test(line)) return null;
    else if (last !== undefined) last.text += `${line}\n`;
    else if (!/^\s*(#|$)/.test(line)) return null;
  }
  return items;
}
