MODEL (
  name shop.daily,
  kind INCREMENTAL_BY_TIME_RANGE (time_column ds),
  audits (not_null(columns := (shop)))
);

SELECT ds, shop, SUM(amount) AS amount
FROM shop.sales
WHERE ds BETWEEN @start_ds AND @end_ds
GROUP BY ds, shop
