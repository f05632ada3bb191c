/** What ncc does not make small: it minifies the entry alone, not the chunks that are loaded on use. */
import { minify } from "terser";

/** The same code with fewer bytes; names of classes and functions stay, since stack traces and errors show them. Equal input gives equal bytes. */
export async function minified(code: string): Promise<string> {
  const { code: small } = await minify(code, {
    module: true,
    keep_classnames: true,
    keep_fnames: true,
    format: { comments: false },
  });
  if (small === undefined) throw new Error("The minifier gave nothing back.");
  return `${small}\n`;
}
