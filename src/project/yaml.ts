/** YAML text → plain values with the line of every key. YAML 1.2 core: `yes` and `off` stay text (spec project-format 2.1). */
import { isCollection, isPair, isScalar, LineCounter, parseDocument } from "yaml";
import { type ErrorCode, SluiceError } from "../errors.ts";

export type YamlPath = readonly (string | number)[];

export interface YamlFile {
  readonly file: string;
  /** null for an empty file. */
  readonly value: unknown;
  /** Line, from 1, of the key or item at a path; the nearest one above it when it is not in the file. */
  lineOf(path: YamlPath): number | undefined;
  /** The scalar at the path is written without quotes. */
  isPlain(path: YamlPath): boolean;
}

/** Throws `code` with file and line for text that is no YAML and for a key given twice. */
export function parseYaml(text: string, file: string, code: ErrorCode = "CONFIG_INVALID"): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, strict: true });
  const error = document.errors[0];
  if (error) {
    const line = lines.linePos(error.pos[0]).line;
    const twice =
      error.code === "DUPLICATE_KEY" ? /^[^:\n]*/.exec(text.slice(error.pos[0]))?.[0].trim() : undefined;
    const message = twice
      ? `the key ${twice} occurs twice`
      : `this is not YAML: ${lowerFirst(error.message.split(" at line ")[0] ?? "")}`;
    throw new SluiceError(code, message, { place: { file, line }, cause: error });
  }
  const keyAt = (path: YamlPath): number | undefined => {
    const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    if (!isCollection(parent)) return undefined;
    const last = path.at(-1);
    for (const item of parent.items) {
      if (isPair(item) && isScalar(item.key) && String(item.key.value) === String(last))
        return item.key.range?.[0];
    }
    const node = document.getIn(path, true) as { range?: readonly number[] | null } | undefined;
    return node?.range?.[0];
  };
  return {
    file,
    value: document.toJS({ maxAliasCount: 1000 }) as unknown,
    lineOf(path) {
      for (let length = path.length; length > 0; length--) {
        const offset = keyAt(path.slice(0, length));
        if (offset !== undefined) return lines.linePos(offset).line;
      }
      return undefined;
    },
    isPlain(path) {
      const node = document.getIn(path, true);
      return isScalar(node) && node.type === "PLAIN";
    },
  };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
