/** `@duckdb/node-api`, loaded when the first DuckDB connection opens: it is 77 MB, and optional. */
import { SluiceError } from "../../errors.ts";

/** What is used of a DuckDB result: small, so that a new driver version is checked against it. */
export interface DriverResult {
  /** 1: a statement that changes rows, and tells how many. */
  readonly returnType: number;
  readonly rowsChanged: number;
  columnNames(): readonly string[];
  columnTypes(): readonly { toString(): string }[];
  getRowsJson(): Promise<readonly (readonly unknown[])[]>;
  yieldRowsJson(): AsyncIterable<readonly (readonly unknown[])[]>;
}

/** Takes rows value by value, and puts them into its table when it is closed. */
export interface DriverAppender {
  appendVarchar(value: string): void;
  appendBigInt(value: bigint): void;
  appendDouble(value: number): void;
  appendBoolean(value: boolean): void;
  appendNull(): void;
  endRow(): void;
  /** Forgets what it was given; older drivers cannot. */
  clear?(): void;
  closeSync(): void;
}

export interface DriverConnection {
  createAppender(table: string, schema: string, catalog: string): Promise<DriverAppender>;
  run(sql: string, values?: unknown[]): Promise<DriverResult>;
  interrupt(): void;
  closeSync(): void;
}

export interface DriverInstance {
  connect(): Promise<DriverConnection>;
  closeSync(): void;
}

export interface Driver {
  readonly DuckDBInstance: { create(path: string, config?: Record<string, string>): Promise<DriverInstance> };
}

const packageName = "@duckdb/node-api";

/** Throws ENGINE_MISSING with the install line when the package, or its build for this platform, is absent. */
export async function loadDriver(
  load: () => Promise<unknown> = () => import(/* webpackIgnore: true */ "@duckdb/node-api"),
): Promise<Driver> {
  try {
    return (await load()) as Driver;
  } catch (cause) {
    if (cause instanceof SluiceError) throw cause;
    throw new SluiceError("ENGINE_MISSING", `The DuckDB driver ${packageName} is not installed.`, {
      hint: `Run: npm install ${packageName}`,
      cause,
    });
  }
}
