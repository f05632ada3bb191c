/** Seed files on disk (spec project-format 9.1). */
import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { sha256 } from "../digest.ts";
import { SluiceError, type SourcePlace } from "../errors.ts";
import type { SeedContent } from "../model/context.ts";

/** Absolute path of a seed: absolute, relative to the model's file, or `$root/…`. */
function seedPath(root: string, path: string, modelFile: string): string {
  if (/^\$root\//i.test(path)) return join(root, path.slice("$root/".length));
  return isAbsolute(path) ? path : join(root, dirname(modelFile), path);
}

/** Throws SEED_INVALID, at the model's place, when there is no such file or its encoding is unknown. */
export function loadSeed(root: string, path: string, place: SourcePlace, encoding = "utf-8"): SeedContent {
  const file = seedPath(root, path, place.file);
  if (!existsSync(file)) {
    throw new SluiceError("SEED_INVALID", `the seed file ${path} does not exist`, {
      place,
      hint: "Paths are relative to the model's file; $root/ is the project.",
    });
  }
  const bytes = readFileSync(file);
  return { content: decode(bytes, encoding, path, place), digest: sha256(bytes) };
}

function decode(bytes: Uint8Array, encoding: string, path: string, place: SourcePlace): string {
  const name = /^utf-?8(-sig)?$/i.test(encoding) ? "utf-8" : encoding.replaceAll("_", "-");
  try {
    return new TextDecoder(name, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SluiceError("SEED_INVALID", `the seed file ${path} cannot be read as ${encoding}`, {
      place,
      cause,
      hint: "Set encoding in csv_settings.",
    });
  }
}
