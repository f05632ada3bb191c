/** The files through which a step speaks to the runner: outputs, environment, path, state and summary. */
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type FileCommand = "OUTPUT" | "ENV" | "PATH" | "STATE" | "STEP_SUMMARY";

const prefixes: Readonly<Record<FileCommand, string>> = {
  OUTPUT: "set_output_",
  ENV: "set_env_",
  PATH: "add_path_",
  STATE: "save_state_",
  STEP_SUMMARY: "step_summary_",
};

export class FileCommands {
  readonly #paths: ReadonlyMap<FileCommand, string>;

  /** One fresh file per kind below the runner's temporary folder. */
  constructor(temp: string) {
    const folder = join(temp, "_runner_file_commands");
    mkdirSync(folder, { recursive: true });
    const id = randomUUID();
    this.#paths = new Map(
      (Object.keys(prefixes) as FileCommand[]).map((kind) => {
        const path = join(folder, prefixes[kind] + id);
        writeFileSync(path, "");
        return [kind, path];
      }),
    );
  }

  /** `GITHUB_OUTPUT` … as the step gets them. */
  environment(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#paths].map(([kind, path]) => [`GITHUB_${kind}`, path]));
  }

  read(kind: FileCommand): string {
    return readFileSync(this.#paths.get(kind) as string, "utf8");
  }

  pairs(kind: "OUTPUT" | "ENV" | "STATE"): Readonly<Record<string, string>> {
    return parseKeyValues(this.read(kind));
  }
}

/** `NAME=value`, or `NAME<<DELIMITER`, lines, `DELIMITER`: the runner's own grammar. Throws where the runner fails the step. */
export function parseKeyValues(text: string): Readonly<Record<string, string>> {
  const lines = text.split("\n");
  const found: Record<string, string> = {};
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    if (line === "") continue;
    const [equals, heredoc] = [line.indexOf("="), line.indexOf("<<")];
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      found[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    if (heredoc <= 0) throw new Error(`Invalid format '${line}'`);
    const delimiter = line.slice(heredoc + 2);
    const end = lines.indexOf(delimiter, at + 1);
    if (delimiter === "" || end < 0) throw new Error(`Matching delimiter not found '${delimiter}'`);
    found[line.slice(0, heredoc)] = lines.slice(at + 1, end).join("\n");
    at = end;
  }
  return found;
}
