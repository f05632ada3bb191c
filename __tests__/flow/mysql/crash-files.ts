/**
 * A project with every way of writing rows, in any number of versions: each makes new tables, batches of five kinds and
 * audits, and gives a live table new rows, another column and one less; every second one removes a model, and the next
 * brings it back.
 */

const day = 86_400_000;

/** The moment version `n` is planned and applied at: each a day later, so that live tables have something to compute. */
export function nowOf(n: number): number {
  return Date.UTC(2024, 0, 8) + n * day;
}

const numbers = Array.from({ length: 400 }, (_, n) => n);

/** Statements that fill the warehouse's raw data. */
export const raw: readonly string[] = [
  "CREATE DATABASE raw",
  "CREATE DATABASE marks",
  "CREATE TABLE marks.log (factor INT, day VARCHAR(10))",
  "CREATE TABLE raw.orders (id INT, shop_id INT, amount INT, ds DATE)",
  `INSERT INTO raw.orders VALUES ${numbers.map((n) => `(${n}, ${n % 3}, ${(n * 7) % 11}, '${new Date(Date.UTC(2024, 0, 1) + (n % 200) * day).toISOString().slice(0, 10)}')`).join(", ")}`,
];

/** Removed by the odd versions. */
export const removed = "models/gone.sql";

export function files(factor: number): Readonly<Record<string, string>> {
  // A week each, so that the hundredth version has no more to do than the first.
  const start = new Date(nowOf(factor) - 7 * day).toISOString().slice(0, 10);
  return {
    "seeds/shops.csv": `id,name\n0,zero\n1,one\n2,two${factor}\n`,
    "models/shops.sql":
      "MODEL (name shop.shops, kind SEED (path '../seeds/shops.csv'), columns (id INT, name TEXT));",
    // What the statement writes must be there once per batch, however often the apply was killed.
    "models/orders.sql": `MODEL (name shop.orders, kind INCREMENTAL_BY_TIME_RANGE (time_column ds, batch_size 4),
  start '${start}', audits (not_null(columns := (id))));
SELECT id, shop_id, amount * ${factor} AS amount, ds FROM raw.orders WHERE ds BETWEEN @start_ds AND @end_ds;
INSERT INTO marks.log VALUES (${factor}, @start_ds)`,
    "models/latest.sql": `MODEL (name shop.latest, kind INCREMENTAL_BY_UNIQUE_KEY (unique_key shop_id, batch_size 6), start '${start}');
SELECT shop_id, MAX(ds) AS ds, ${factor} AS factor FROM shop.orders WHERE ds BETWEEN @start_ds AND @end_ds GROUP BY shop_id`,
    "models/appended.sql": `MODEL (name shop.appended, kind INCREMENTAL_UNMANAGED (forward_only false), start '${start}');
SELECT id, ${factor} AS factor FROM shop.orders WHERE ds BETWEEN @start_ds AND @end_ds`,
    "models/history.sql": `MODEL (name shop.history, kind SCD_TYPE_2_BY_COLUMN (unique_key id, columns [name]), start '2024-01-01');
SELECT id, name, ${factor} AS factor FROM shop.shops`,
    "models/kept.sql": `MODEL (name shop.kept, kind INCREMENTAL_BY_TIME_RANGE (time_column ds, forward_only true,
  on_destructive_change ALLOW), start '2024-01-01');
SELECT id, ds, amount + ${factor} AS paid, ${factor} AS ${factor % 2 === 1 ? "odd" : "even"} FROM raw.orders WHERE ds BETWEEN @start_ds AND @end_ds`,
    "models/totals.sql": `MODEL (name shop.totals, kind FULL, description 'what came in', audits (not_null(columns := (name))));
SELECT s.name, SUM(o.amount) AS total FROM shop.orders AS o JOIN shop.shops AS s ON s.id = o.shop_id GROUP BY s.name`,
    "models/best.sql": `MODEL (name shop.best, kind VIEW);
SELECT name, total, ${factor} AS factor FROM shop.totals ORDER BY total DESC LIMIT 1`,
    ...(factor % 2 === 1
      ? {}
      : { [removed]: "MODEL (name shop.gone, kind FULL);\nSELECT COUNT(*) AS n FROM shop.orders" }),
  };
}

/** One row of factors, equal unless the reader sees a mixture of versions. */
export const factors = `SELECT (SELECT MAX(factor) FROM shop.best) AS best, (SELECT MIN(factor) FROM shop.latest) AS latest,
 (SELECT MAX(factor) FROM shop.latest) AS latest2, (SELECT MAX(factor) FROM shop.appended) AS appended,
 (SELECT environment_version FROM sluice.sluice__pointer) AS pointer`;
