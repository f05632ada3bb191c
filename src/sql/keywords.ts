/** Words that decide where a clause begins or ends, for readers that follow the shape of a query without a grammar. */

/** Ends a FROM clause and the table list in it. */
export const endsFrom: ReadonlySet<string> = new Set(
  "WHERE GROUP HAVING ORDER LIMIT OFFSET FETCH WINDOW QUALIFY UNION INTERSECT EXCEPT SELECT SET INTO FOR VALUES RETURNING LOCK PROCEDURE".split(
    " ",
  ),
);

/** A word after a table that is not its alias. */
export const neverAlias: ReadonlySet<string> = new Set([
  ...endsFrom,
  ..."AS ON USING JOIN INNER LEFT RIGHT FULL OUTER CROSS NATURAL STRAIGHT_JOIN LATERAL TABLESAMPLE PIVOT UNPIVOT WITH FROM BY AND OR NOT WHEN THEN IS TO LIKE ADD DROP RENAME MODIFY CHANGE ALTER".split(
    " ",
  ),
]);

/** Not aliases in one family only: elsewhere these are ordinary names. */
export const neverAliasIn: Readonly<Record<"duckdb" | "mysql", ReadonlySet<string>>> = {
  duckdb: new Set(["SEMI", "ANTI", "ASOF", "POSITIONAL", "AT"]),
  mysql: new Set(["USE", "FORCE", "IGNORE", "PARTITION", "TABLET"]),
};

/** Joins two queries into one. */
export const setOperators: ReadonlySet<string> = new Set(["UNION", "INTERSECT", "EXCEPT"]);

/** A parenthesis that opens with one of these holds a query. */
export const beginsQuery: ReadonlySet<string> = new Set([
  "SELECT",
  "WITH",
  "FROM",
  "TABLE",
  "VALUES",
  "PIVOT",
  "UNPIVOT",
  "DESCRIBE",
  "SUMMARIZE",
]);
