/** Facts in which warehouses differ. Other rooms ask for a trait, never for a name. */
export interface EngineTraits {
  /** DDL rolls back with its transaction; where it does not, each DDL statement also commits what came before it. */
  readonly transactionalDdl: boolean;
  readonly transactions: boolean;
  /** One transaction may write into several catalogs. */
  readonly crossCatalogTransactions: boolean;
  /** How all views of an environment move at once. */
  readonly switch: "rename" | "transaction" | "per-view";
  readonly maxIdentifierLength: number;
  /** Names have a catalog part. */
  readonly catalogs: boolean;
  /** Named locks that die with their connection. */
  readonly userLocks: boolean;
  /** Only one process at a time can open the database: what another one held is free. */
  readonly singleProcess: boolean;
  /** The text of every view can be read, whatever the user's privileges: what has none is no view. */
  readonly everyViewText: boolean;
  /** A rename of many names may wait for a reader of one while it holds others: who reads several then meets a deadlock. */
  readonly renameWaits: boolean;
  /** `INSERT … SELECT` may lock the rows it reads: a write then carries its own look at the lease. */
  readonly lockingInsert: boolean;
  /** Statements that may run at the same time on one gateway. */
  readonly concurrency: number;
}
