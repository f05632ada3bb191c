/* The number the management looks at: flights, punctuality and delay of the whole network, day by day. */
MODEL (
  name mart.network_daily,
  kind FULL,
  grain flight_date,
  tags (mart, dashboard),
  audits (
    not_null(columns := (flight_date, flights, late_share)),
    unique_values(columns := (flight_date)),
    late_share_is_a_share
  )
);

WITH totals AS (
  SELECT
    r.flight_date,
    SUM(r.flights) AS flights,
    SUM(r.late_flights) AS late_flights,
    @IF(@early_counts, SUM(r.delay_minutes), SUM(GREATEST(r.delay_minutes, 0))) AS delay_minutes
  FROM core.daily_route AS r
  GROUP BY
    r.flight_date
)
SELECT
  t.flight_date,
  t.flights::BIGINT AS flights,
  t.late_flights::BIGINT AS late_flights,
  ROUND(100.0 * t.late_flights / t.flights, 2)::DOUBLE AS late_share, -- percent
  ROUND(t.delay_minutes / t.flights, 2)::DOUBLE AS avg_delay, -- minutes
  ROUND(
    AVG(100.0 * t.late_flights / t.flights) OVER (
      ORDER BY t.flight_date
      ROWS BETWEEN 6 PRECEDING AND CURRENT ROW
    ),
    2
  )::DOUBLE AS late_share_7_days -- percent, smoothed
FROM totals AS t;

AUDIT (
  name late_share_is_a_share
);

SELECT
  *
FROM @this_model
WHERE
  late_share < 0 OR late_share > 100;
