/** Writes the tables of inputs and outputs between the markers of README.md, from action.yml. A test checks that they are current. */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
}

/** The README with fresh tables. Throws when a marker is missing. */
export function withTables(readme: string, action: string): string {
  const { inputs, outputs } = parse(action) as ActionFile;
  const inputRows = Object.entries(inputs).map(
    ([name, { description, default: value }]) =>
      `| \`${name}\` | ${value === undefined ? "" : `\`${value}\``} | ${cell(description)} |`,
  );
  const outputRows = Object.entries(outputs).map(
    ([name, { description }]) => `| \`${name}\` | ${cell(description)} |`,
  );
  const withInputs = between(readme, "inputs", [
    "| Input | Default | Meaning |",
    "|:--|:--|:--|",
    ...inputRows,
  ]);
  return between(withInputs, "outputs", ["| Output | Meaning |", "|:--|:--|", ...outputRows]);
}

function between(text: string, name: string, lines: readonly string[]): string {
  const [open, close] = [`<!-- ${name}: from action.yml by npm run readme -->`, `<!-- end of ${name} -->`];
  const [start, end] = [text.indexOf(open), text.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`README.md lacks the markers of ${name}.`);
  return `${text.slice(0, start + open.length)}\n\n${lines.join("\n")}\n\n${text.slice(end)}`;
}

function cell(text: string): string {
  return text.replace(/\s+/g, " ").replaceAll("|", "\\|").trim();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = join(dirname(fileURLToPath(import.meta.url)), "..");
  const readme = join(root, "README.md");
  writeFileSync(
    readme,
    withTables(readFileSync(readme, "utf8"), readFileSync(join(root, "action.yml"), "utf8")),
  );
}
