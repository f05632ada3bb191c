/**
 * The analyser's library, `@polyglot-sql/sdk` in WebAssembly, behind the few calls that are used of it (ADR 6).
 * Only the worker imports this file: on the main thread the library can overflow the stack and stay broken.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import type * as Sdk from "@polyglot-sql/sdk";
import * as manual from "@polyglot-sql/sdk/manual";
import type { Dialect } from "../dialect.ts";

export interface LibrarySchema {
  readonly tables: readonly {
    readonly schema?: string;
    readonly name: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
  }[];
}

/** A node of the library's tree: one key, the kind of the node. */
export type Tree = { readonly [kind: string]: unknown };

/** Where one output column comes from. */
export interface LineageTree {
  readonly name: string;
  readonly expression: Tree;
  /** The query the column is an output of, or the table. */
  readonly source: Tree;
  readonly source_name: string;
  readonly source_kind: string;
  readonly downstream: readonly LineageTree[];
}

export interface LibraryColumn {
  readonly kind: string;
  readonly name?: string;
}

export interface LibraryFault {
  readonly code: string;
  readonly message: string;
  readonly severity: string;
  /** Offset in code points. */
  readonly start?: number;
}

/** The library as the analyser sees it; every call may throw. */
export interface Library {
  readonly version: string;
  outputColumns(sql: string, schema: LibrarySchema, dialect: Dialect): readonly LibraryColumn[];
  lineage(ordinal: number, sql: string, schema: LibrarySchema, dialect: Dialect): LineageTree;
  faults(sql: string, schema: LibrarySchema, dialect: Dialect): readonly LibraryFault[];
  /** A data type node as SQL text. */
  typeText(type: unknown, dialect: Dialect): string | null;
}

// The types of this entry re-export a path without extension, which Node's resolution does not follow.
const polyglot = manual as unknown as Omit<typeof Sdk, "init"> & {
  init(options: { readonly wasmUrl: string | URL | Uint8Array }): Promise<void>;
};

/** Reads and starts the library: 0.2 s, about 200 MB. */
export async function loadLibrary(): Promise<Library> {
  await polyglot.init({ wasmUrl: readWasm() });
  return {
    version: polyglot.getVersion(),
    outputColumns(sql, schema, dialect) {
      const result = polyglot.outputColumnsWithSchema(sql, schema as Sdk.Schema, nameOf(dialect));
      if (!result.success || !result.output) throw new Error(result.error ?? "no columns found");
      if (!result.output.ordinalComplete) throw new Error("a star stands for columns that are not known");
      return result.output.columns as readonly LibraryColumn[];
    },
    lineage(ordinal, sql, schema, dialect) {
      const result = polyglot.lineageAtWithSchema(ordinal, sql, schema as Sdk.Schema, nameOf(dialect));
      if (!result.success || !result.lineage) throw new Error(result.error ?? "no lineage found");
      return result.lineage as unknown as LineageTree;
    },
    faults(sql, schema, dialect) {
      return polyglot.validateWithSchema(sql, schema as Sdk.Schema, nameOf(dialect)).errors;
    },
    typeText(type, dialect) {
      const result = polyglot.generateDataType(type as Sdk.DataType, nameOf(dialect) as Sdk.Dialect);
      return result.success ? (result.sql ?? null) : null;
    },
  };
}

/** The library has no MariaDB. */
function nameOf(dialect: Dialect): string {
  return dialect === "mariadb" ? "mysql" : dialect;
}

/** In the bundle a Brotli file lies beside it; otherwise the package's own file is read. */
function readWasm(): Uint8Array {
  // Joined at run time, so that a bundler leaves the name alone and copies nothing.
  const name = ["polyglot_sql", "wasm"].join(".");
  const packed = join(dirname(fileURLToPath(import.meta.url)), `${name}.br`);
  if (existsSync(packed)) return brotliDecompressSync(readFileSync(packed));
  const require = createRequire(import.meta.url);
  return readFileSync(require.resolve(["@polyglot-sql/sdk", name].join("/")));
}
