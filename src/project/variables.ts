/** `variables` of the configuration: lower-case names, values a macro can have (spec project-format 2.2). */
import { SluiceError } from "../errors.ts";
import type { MacroValue } from "../model/model.ts";
import type { RawConfig } from "./config-file.ts";
import { isRecord } from "./merge.ts";
import type { YamlPath } from "./yaml.ts";

/** Throws CONFIG_INVALID for a date or a value no macro can hold. */
export function variablesOf(
  value: unknown,
  raw: Pick<RawConfig, "source" | "file">,
  at: YamlPath,
): Readonly<Record<string, MacroValue>> {
  const variables: Record<string, MacroValue> = {};
  for (const [name, content] of Object.entries((value ?? {}) as Record<string, unknown>)) {
    refuseDates(content, raw, [...at, name]);
    variables[name.toLowerCase()] = content as MacroValue;
  }
  return variables;
}

/** YAML reads an unquoted 2024-01-01 as a date; a text that looks like one must say which it is. */
function refuseDates(value: unknown, raw: Pick<RawConfig, "source" | "file">, path: YamlPath): void {
  if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}([T ]\S.*)?$/.test(value) && raw.source.isPlain(path)) {
    const line = raw.source.lineOf(path);
    throw new SluiceError(
      "CONFIG_INVALID",
      `the variable ${path.slice(1).join(".")} is a date, which a variable cannot hold`,
      {
        place: { file: raw.file, ...(line ? { line } : {}) },
        hint: `Put it in quotes: "${value}".`,
      },
    );
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) refuseDates(item, raw, [...path, index]);
  } else if (isRecord(value)) {
    for (const [key, item] of Object.entries(value)) refuseDates(item, raw, [...path, key]);
  }
}
