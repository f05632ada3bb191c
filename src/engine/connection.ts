/**
 * What a driver needs to open a warehouse. The project room reads these from config.yaml, checked (spec
 * project-format 2.3); relative paths are relative to the working directory.
 */

interface CommonConnection {
  /** Statements at the same time. */
  readonly concurrentTasks?: number;
  /** Whether descriptions become comments; default true. */
  readonly registerComments?: boolean;
}

export interface DuckdbConnection extends CommonConnection {
  readonly type: "duckdb";
  /** Path; null or absent for a database in memory. Exclusive with `catalogs`. */
  readonly database?: string | null;
  readonly readOnly?: boolean;
  /** Attached databases in order, the first is the default one. */
  readonly catalogs?: readonly DuckdbCatalog[];
  readonly extensions?: readonly DuckdbExtension[];
  /** `SET name = value`. */
  readonly connectorConfig?: Readonly<Record<string, string | number | boolean>>;
  readonly secrets?: readonly DuckdbSecret[];
}

export interface DuckdbCatalog {
  readonly name: string;
  readonly path: string;
  /** `ATTACH … (TYPE x)`: duckdb, sqlite, mysql, postgres. */
  readonly type: string;
  readonly readOnly: boolean;
}

export interface DuckdbExtension {
  readonly name: string;
  readonly repository?: string;
  readonly forceInstall: boolean;
}

export interface DuckdbSecret {
  readonly name?: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface MysqlConnection extends CommonConnection {
  /** `mysql`, or a flavour that speaks its protocol. */
  readonly type: "mysql" | "mariadb" | "tidb" | "starrocks" | "doris" | "singlestore";
  readonly host: string;
  readonly port?: number;
  readonly user: string;
  readonly password: string;
  readonly database?: string;
  readonly charset?: string;
  readonly collation?: string;
  readonly sslDisabled?: boolean;
  /** Whether a connection that was idle for a while is looked at before it is used again; default true. */
  readonly prePing?: boolean;
}

export type Connection = DuckdbConnection | MysqlConnection;

/** How an engine is opened; none of it changes what the warehouse does. */
export interface OpenOptions {
  /** Relative database paths start here: the working directory. */
  readonly directory: string;
  /** Milliseconds to wait for a database file another process holds; default 5000. */
  readonly lockWait?: number;
  /** Where DuckDB's driver comes from, for doors that cannot import it by name; default: the installed package. */
  readonly loadDuckdb?: () => Promise<unknown>;
}
