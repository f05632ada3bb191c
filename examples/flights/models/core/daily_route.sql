/* One row per day and route. */
MODEL (
  name core.daily_route,
  kind INCREMENTAL_BY_TIME_RANGE (
    time_column flight_date
  ),
  end '2001-06-30',
  grain (flight_date, origin, destination),
  tags (core, routes),
  audits (
    not_null(columns := (flight_date, origin, destination)),
    forall(criteria := (flights > 0, late_flights <= flights))
  )
);

SELECT
  f.flight_date,
  f.origin,
  f.destination,
  MAX(f.distance)::INT AS distance,
  COUNT(*)::BIGINT AS flights,
  SUM(f.is_late)::BIGINT AS late_flights,
  SUM(f.delay)::BIGINT AS delay_minutes, -- early minutes count as negative
  MAX(f.delay)::INT AS worst_delay
FROM core.flights AS f
WHERE
  f.flight_date BETWEEN @start_date AND @end_date
GROUP BY
  f.flight_date,
  f.origin,
  f.destination
