/** Typed access to the properties of a kind: every reader knows the default and the error of its property. */
import { type DialectFamily, normaliseIdentifier } from "../sql/dialect.ts";
import { type HeaderProperty, type HeaderSource, type HeaderValue, headerError } from "../sql/header.ts";
import { readBoolean, readList, readPairs, readPositiveInteger, readText } from "../sql/header-values.ts";
import { parseCsvSettings } from "./csv-settings.ts";
import type { SchemaChangePolicy } from "./model.ts";
import { didYouMean } from "./nearest.ts";
import { toStrftime } from "./time-format.ts";

/** Properties `model_defaults` gives to kinds that omit them: SQL-ish text. */
export interface KindDefaults {
  readonly onDestructiveChange?: string;
  readonly onAdditiveChange?: string;
  readonly batchConcurrency?: string;
  /** strftime. */
  readonly timeColumnFormat: string;
}

/** Reads one kind's properties. Errors are MODEL_INVALID with the line of the value. */
export class KindReader {
  readonly #given: ReadonlyMap<string, HeaderProperty>;
  readonly #source: HeaderSource;
  readonly #defaults: KindDefaults;

  constructor(given: ReadonlyMap<string, HeaderProperty>, source: HeaderSource, defaults: KindDefaults) {
    this.#given = given;
    this.#source = source;
    this.#defaults = defaults;
  }

  has(key: string): boolean {
    return this.#given.has(key);
  }

  raw(key: string): string | undefined {
    return this.#given.get(key)?.text;
  }

  text(key: string): string {
    return readText(this.#given.get(key) as HeaderProperty, this.#source);
  }

  boolean(key: string, otherwise: boolean): boolean {
    const property = this.#given.get(key);
    return property ? readBoolean(property, this.#source) : otherwise;
  }

  integer(key: string): number | undefined {
    const property = this.#given.get(key);
    return property && !/^null$/i.test(property.text)
      ? readPositiveInteger(property, key, this.#source)
      : undefined;
  }

  column(key: string): string {
    return normaliseIdentifier(this.text(key), this.#source.family);
  }

  expressions(key: string): string[] {
    return readList(this.#given.get(key) as HeaderProperty, this.#source).map((item) => item.text);
  }

  timeColumn(): { column: string; format: string } {
    const [column, format] = readList(this.#given.get("time_column") as HeaderProperty, this.#source);
    const family: DialectFamily = this.#source.family;
    return {
      column: normaliseIdentifier(readText(column as HeaderValue, this.#source), family),
      format: format ? toStrftime(readText(format, this.#source), family) : this.#defaults.timeColumnFormat,
    };
  }

  /** The properties all incremental kinds have; the arguments are the kind's own defaults. */
  incremental(forwardOnly: boolean, disableRestatement: boolean) {
    const batchSize = this.integer("batch_size");
    const lookback = this.integer("lookback");
    this.#refuseAutoRestatement();
    return {
      forwardOnly: this.boolean("forward_only", forwardOnly),
      disableRestatement: this.boolean("disable_restatement", disableRestatement),
      onDestructiveChange: this.#policy("on_destructive_change", this.#defaults.onDestructiveChange, "ERROR"),
      onAdditiveChange: this.#policy("on_additive_change", this.#defaults.onAdditiveChange, "ALLOW"),
      ...(batchSize === undefined ? {} : { batchSize }),
      ...(lookback === undefined ? {} : { lookback }),
    };
  }

  /** A history that is computed again by itself would do what no plan said. */
  #refuseAutoRestatement(): void {
    const property = this.#given.get("auto_restatement_cron");
    if (property === undefined || /^null$/i.test(property.text)) return;
    throw headerError(
      { ...this.#source, code: "NOT_SUPPORTED" },
      property.keyLine,
      "auto_restatement_cron is not supported: a cadence run computes what is missing, nothing again",
      "Remove it; compute again with sluice plan --restate-model, or with restate in sluice.yaml.",
    );
  }

  concurrency(): { batchConcurrency?: number } {
    const written = this.integer("batch_concurrency");
    const preset = this.#defaults.batchConcurrency;
    const value =
      written ??
      (preset === undefined
        ? undefined
        : readPositiveInteger({ text: preset, line: 1 }, "batch_concurrency", this.#source));
    return value === undefined ? {} : { batchConcurrency: value };
  }

  singleConcurrency(): 1 {
    const written = this.integer("batch_concurrency");
    if (written !== undefined && written !== 1) {
      const line = (this.#given.get("batch_concurrency") as HeaderProperty).line;
      throw headerError(this.#source, line, "batch_concurrency of this kind is always 1", "Remove it.");
    }
    return 1;
  }

  /** MySQL and DuckDB have no MERGE that could run these; SQLMesh fails only when it writes. */
  refuseMergeLogic(): void {
    for (const key of ["when_matched", "merge_filter"]) {
      const property = this.#given.get(key);
      if (!property) continue;
      throw headerError(
        { ...this.#source, code: "NOT_SUPPORTED" },
        property.keyLine,
        `${key} is not supported on this engine`,
        "Put the logic into the query.",
      );
    }
  }

  csv() {
    const property = this.#given.get("csv_settings");
    return property ? parseCsvSettings(readPairs(property, this.#source), property.line, this.#source) : {};
  }

  #policy(key: string, preset: string | undefined, otherwise: SchemaChangePolicy): SchemaChangePolicy {
    const property = this.#given.get(key);
    if (!property && preset === undefined) return otherwise;
    const value: HeaderValue = property ?? { text: preset as string, line: 1 };
    const word = readText(value, this.#source).toUpperCase();
    const allowed: readonly string[] = ["ERROR", "WARN", "ALLOW", "IGNORE"];
    if (!allowed.includes(word)) {
      throw headerError(
        this.#source,
        value.line,
        `${key} cannot be ${word}`,
        didYouMean(word, allowed, `Write one of ${allowed.join(", ")}.`),
      );
    }
    return word as SchemaChangePolicy;
  }
}
