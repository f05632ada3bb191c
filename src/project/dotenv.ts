/** The `.env` format: `NAME=value` lines, `export`, quotes, comments, `${NAME}` in unquoted and double-quoted values. */

/** Values of a `.env` text; `before` are the variables already set, for interpolation. Lines that are no assignment are ignored. */
export function parseDotenv(
  text: string,
  before: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  const values: Record<string, string> = {};
  const assignment =
    /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*(?:'((?:\\'|[^'])*)'|"((?:\\"|[^"])*)"|([^\r\n]*))/gm;
  for (const match of text.matchAll(assignment)) {
    const [, name = "", single, double, bare = ""] = match;
    if (single !== undefined) values[name] = single.replaceAll("\\'", "'");
    else if (double !== undefined) values[name] = interpolate(withoutEscapes(double), values, before);
    else values[name] = interpolate(bare.replace(/(^|\s)#.*$/, "").trim(), values, before);
  }
  return values;
}

function withoutEscapes(text: string): string {
  const named: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
  return text.replace(/\\(.)/g, (_, c: string) => named[c] ?? c);
}

function interpolate(
  text: string,
  values: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string | undefined>>,
): string {
  return text.replace(/\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g, (_, name: string, fallback?: string) => {
    return values[name] ?? before[name] ?? fallback ?? "";
  });
}
