/* One row per day: flights by length, one column per distance band. */
MODEL (
  name core.daily_distance_band,
  kind INCREMENTAL_BY_TIME_RANGE (
    time_column flight_date
  ),
  end '2001-06-30',
  grain flight_date,
  tags (core, flights)
);

SELECT
  f.flight_date,
  COUNT(*)::BIGINT AS flights,
  @EACH(
    ['hop', 'short', 'medium', 'long'],
    band -> SUM(CASE WHEN f.distance_band = @band THEN 1 ELSE 0 END)::BIGINT AS flights_@{band}
  )
FROM core.flights AS f
WHERE
  f.flight_date BETWEEN @start_date AND @end_date
GROUP BY
  f.flight_date
