/** Finding a project's files (spec project-format 1.1–1.3). Paths are relative to the root, with forward slashes, sorted. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

/** All files under a folder with one of the endings; empty when the folder does not exist. Dot folders count. */
export function listFiles(root: string, folder: string, endings: readonly string[]): string[] {
  const found: string[] = [];
  const walk = (relative: string): void => {
    let entries: ReturnType<typeof readFolder>;
    try {
      entries = readFolder(join(root, relative));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw error;
    }
    for (const entry of entries) {
      const path = `${relative}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (endings.some((ending) => entry.name.endsWith(ending))) found.push(path);
    }
  };
  walk(folder);
  return found.sort();
}

function readFolder(path: string) {
  return readdirSync(path, { withFileTypes: true });
}

/**
 * Whether a file is ignored: a pattern matches its whole path with `**` spanning folders, or its last segments with `*`
 * inside one segment.
 */
export function ignoreMatcher(patterns: readonly string[]): (path: string) => boolean {
  const whole = patterns.map((pattern) => new RegExp(`^${globSource(pattern)}$`));
  const fromRight = patterns.map(
    (pattern) => new RegExp(`(?:^|/)${globSource(pattern.replaceAll("**", "*"))}$`),
  );
  return (path) => whole.some((glob) => glob.test(path)) || fromRight.some((glob) => glob.test(path));
}

/** Only the rule that matches from the right: for tests. */
export function rightMatcher(patterns: readonly string[]): (path: string) => boolean {
  const globs = patterns.map((pattern) => new RegExp(`(?:^|/)${globSource(pattern.replaceAll("**", "*"))}$`));
  return (path) => globs.some((glob) => glob.test(path));
}

function globSource(pattern: string): string {
  const trimmed = pattern.replace(/^\.?\//, "");
  return trimmed.replace(/\*\*\/|\*\*|\*|\?|\[!?[^\]]*\]|[^*?[]+|\[/g, (piece) => {
    if (piece === "**/") return "(?:.*/)?";
    if (piece === "**") return ".*";
    if (piece === "*") return "[^/]*";
    if (piece === "?") return "[^/]";
    if (piece.startsWith("[") && piece.endsWith("]") && piece.length > 1) return piece.replace(/^\[!/, "[^");
    return piece.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  });
}
