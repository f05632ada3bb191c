/** `physical_properties` of a model as parts of CREATE TABLE: the words each server has for keys, storage and partitions. */
import { SluiceError } from "../../errors.ts";
import type { Flavour } from "./server.ts";

export interface TableShape {
  /** Beside the columns, within the parentheses. */
  readonly members: readonly string[];
  /** After them, in the order the server wants. */
  readonly endings: readonly string[];
}

/** SQL text by property, as the author wrote it: `'InnoDB'`, `(id, ds)`, `HASH(id) BUCKETS 8`. */
export type Properties = Readonly<Record<string, string>>;

/** Throws MODEL_INVALID for a property the server has no word for. */
export function tableShape(flavour: Flavour, properties: Properties): TableShape {
  const given = new Map(Object.entries(properties).map(([key, value]) => [key.toLowerCase(), value.trim()]));
  switch (flavour) {
    case "starrocks":
    case "doris":
      return analyticShape(flavour, given);
    case "singlestore":
      return rowShape(flavour, given, { shard_key: "SHARD KEY", sort_key: "SORT KEY" });
    default:
      return rowShape(flavour, given, {});
  }
}

const keyWords: Readonly<Record<string, string>> = {
  primary_key: "PRIMARY KEY",
  unique_key: "UNIQUE KEY",
  key: "KEY",
  index: "KEY",
};

const tableOptions: Readonly<Record<string, string>> = {
  engine: "ENGINE",
  row_format: "ROW_FORMAT",
  charset: "CHARACTER SET",
  character_set: "CHARACTER SET",
  collate: "COLLATE",
  key_block_size: "KEY_BLOCK_SIZE",
  page_compressed: "PAGE_COMPRESSED",
  tablespace: "TABLESPACE",
};

function rowShape(
  flavour: Flavour,
  given: ReadonlyMap<string, string>,
  more: Readonly<Record<string, string>>,
): TableShape {
  const keys = { ...keyWords, ...more };
  const members: string[] = [];
  const endings: string[] = [];
  let partitions: string | undefined;
  for (const [property, value] of given) {
    const key = keys[property];
    const option = tableOptions[property];
    if (key !== undefined) members.push(`${key} ${columnsText(value)}`);
    else if (option !== undefined) endings.push(`${option} = ${unquoted(value)}`);
    else if (property === "partition_by") partitions = `PARTITION BY ${unquoted(value)}`;
    else
      throw unknown(property, flavour, [...Object.keys(keys), ...Object.keys(tableOptions), "partition_by"]);
  }
  return { members, endings: partitions === undefined ? endings : [...endings, partitions] };
}

/** Clauses of StarRocks and Doris in their order; a property without a clause of its own goes into PROPERTIES. */
function analyticShape(flavour: Flavour, given: ReadonlyMap<string, string>): TableShape {
  const models = ["primary_key", "unique_key", "duplicate_key", "aggregate_key"];
  const clauses: [property: string, text: (value: string) => string][] = [
    ["engine", (value) => `ENGINE = ${unquoted(value)}`],
    ...models.map((model): [string, (value: string) => string] => [
      model,
      (value) => `${model.replace("_", " ").toUpperCase()} ${columnsText(value)}`,
    ]),
    ["partition_by", (value) => `PARTITION BY ${unquoted(value)}`],
    ["distributed_by", (value) => `DISTRIBUTED BY ${unquoted(value)}`],
    ["order_by", (value) => `ORDER BY ${columnsText(value)}`],
  ];
  const endings = clauses.flatMap(([property, text]) => {
    const value = given.get(property);
    return value === undefined ? [] : [text(value)];
  });
  // Doris takes a table without a distribution only where one is named.
  if (flavour === "doris" && !given.has("distributed_by")) endings.push("DISTRIBUTED BY RANDOM");
  const known = new Set(clauses.map(([property]) => property));
  const others = [...given].filter(([property]) => !known.has(property));
  const pairs = others.map(([property, value]) => `"${property}" = "${unquoted(value)}"`);
  return {
    members: [],
    endings: pairs.length === 0 ? endings : [...endings, `PROPERTIES (${pairs.join(", ")})`],
  };
}

/** `(a, b)` of one column, a list, or a parenthesised list. */
function columnsText(value: string): string {
  const list = /^[[(](.*)[\])]$/s.exec(value)?.[1] ?? value;
  return `(${unquoted(list)})`;
}

function unquoted(value: string): string {
  const quoted = /^'((?:[^']|'')*)'$/s.exec(value)?.[1];
  return quoted === undefined ? value : quoted.replaceAll("''", "'");
}

function unknown(property: string, flavour: Flavour, known: readonly string[]): SluiceError {
  return new SluiceError("MODEL_INVALID", `The physical property ${property} means nothing to ${flavour}.`, {
    hint: `Use ${known.join(", ")}.`,
  });
}
