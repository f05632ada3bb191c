/** Files of a project in a test. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Writes or replaces files by path within the folder. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}
