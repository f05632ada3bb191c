/** Facts in which servers of the MySQL protocol differ; where each comes from stands in docs/engines.md. */
import type { EngineTraits } from "../traits.ts";
import type { Flavour } from "./server.ts";

/** What the rest of Sluice asks for. */
export function traitsOf(flavour: Flavour, concurrency: number): EngineTraits {
  return { ...common, ...differences[flavour], concurrency };
}

/** What only this folder asks for. */
export interface ServerHabits {
  /** Values go to the server apart from the text. */
  readonly preparedStatements: boolean;
  /** Temporary tables made from a query: the cheapest way to learn its columns. */
  readonly temporaryTables: boolean;
  /** Shortest `lock_wait_timeout` in seconds, where DDL waits for readers; null where it does not. */
  readonly shortestLockWait: number | null;
  /** A setting may be made for one statement. */
  readonly statementSettings: boolean;
  /** Databases and literals may be told a collation. */
  readonly collations: boolean;
  /** Statements that make a fresh connection behave the same everywhere. */
  readonly settings: readonly string[];
}

const common = {
  transactionalDdl: false,
  transactions: true,
  crossCatalogTransactions: true,
  catalogs: false,
  singleProcess: false,
  everyViewText: false,
  renameWaits: false,
  lockingInsert: false,
} as const;

type Differences = Omit<EngineTraits, keyof typeof common | "concurrency"> &
  Partial<Pick<EngineTraits, "transactions" | "lockingInsert" | "renameWaits">>;

const innodb = {
  switch: "rename",
  maxIdentifierLength: 64,
  userLocks: true,
  lockingInsert: true,
} as const;

const differences: Readonly<Record<Flavour, Differences>> = {
  mysql: { ...innodb, renameWaits: true },
  mariadb: innodb,
  tidb: { switch: "rename", maxIdentifierLength: 64, userLocks: true },
  starrocks: {
    switch: "per-view",
    maxIdentifierLength: 64,
    userLocks: false,
    transactions: false,
  },
  doris: {
    switch: "per-view",
    maxIdentifierLength: 64,
    userLocks: false,
    transactions: false,
  },
  singlestore: { switch: "per-view", maxIdentifierLength: 64, userLocks: false },
};

/**
 * Strict about values, plain about text: a backslash escapes, `"` quotes a string, `||` is OR. Grouping is left to the
 * author, as MariaDB does.
 */
const sqlMode = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

/** Seconds after which the server lets go of a connection nobody uses: what a paused owner holds is free again. */
const idleSeconds = 120;

/**
 * The same where the connection is in the middle of a transaction, on the one server that tells them apart: rows a paused
 * owner has locked are free again before those who wait for them give up.
 */
const idleInTransactionSeconds = 15;

const innodbSettings: readonly string[] = [
  `SET SESSION time_zone = '+00:00', sql_mode = '${sqlMode}', autocommit = 1, sql_safe_updates = 0, wait_timeout = ${idleSeconds}`,
  // Reading a table while filling another must not lock it.
  "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
];

const analytic: ServerHabits = {
  preparedStatements: false,
  temporaryTables: false,
  shortestLockWait: null,
  statementSettings: false,
  collations: false,
  settings: ["SET time_zone = '+00:00'"],
};

export const habits: Readonly<Record<Flavour, ServerHabits>> = {
  mysql: {
    preparedStatements: true,
    temporaryTables: true,
    shortestLockWait: 1,
    statementSettings: false,
    collations: true,
    settings: innodbSettings,
  },
  mariadb: {
    preparedStatements: true,
    temporaryTables: true,
    shortestLockWait: 0,
    statementSettings: true,
    collations: true,
    settings: [
      ...innodbSettings,
      // Tables here have the indexes their authors ask for, often none. Joins without one go by hash, as on MySQL 8; as the
      // server comes it reads one table for each buffer of the other.
      `SET SESSION idle_transaction_timeout = ${idleInTransactionSeconds}, join_cache_level = 4`,
    ],
  },
  tidb: {
    preparedStatements: true,
    temporaryTables: false,
    shortestLockWait: null,
    statementSettings: false,
    collations: true,
    settings: [`SET SESSION time_zone = '+00:00', sql_mode = '${sqlMode}', autocommit = 1`],
  },
  starrocks: analytic,
  doris: analytic,
  singlestore: { ...analytic, collations: true, settings: [`SET SESSION sql_mode = '${sqlMode}'`] },
};
