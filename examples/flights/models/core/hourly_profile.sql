/* How punctuality changes over the day. */
MODEL (
  name core.hourly_profile,
  kind FULL,
  grain departure_hour,
  tags (core, flights),
  audits (
    unique_values(columns := (departure_hour)),
    accepted_range(column := departure_hour, min_v := 0, max_v := 23)
  )
);

SELECT
  f.departure_hour,
  COUNT(*)::BIGINT AS flights,
  SUM(f.is_late)::BIGINT AS late_flights,
  ROUND(AVG(f.delay), 2)::DOUBLE AS avg_delay
FROM core.flights AS f
GROUP BY
  f.departure_hour
