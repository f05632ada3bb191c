/* Routes by traffic, with their punctuality. */
MODEL (
  name mart.route_ranking,
  kind FULL,
  grain (origin, destination),
  tags (mart, routes),
  audits (
    unique_combination_of_columns(columns := (origin, destination))
  )
);

WITH totals AS (
  SELECT
    r.origin,
    r.destination,
    MAX(r.distance) AS distance,
    SUM(r.flights) AS flights,
    SUM(r.late_flights) AS late_flights,
    SUM(r.delay_minutes) AS delay_minutes
  FROM core.daily_route AS r
  GROUP BY
    r.origin,
    r.destination
)
SELECT
  t.origin,
  t.destination,
  t.distance::INT AS distance,
  t.flights::BIGINT AS flights,
  ROUND(100.0 * t.late_flights / t.flights, 2)::DOUBLE AS late_share,
  ROUND(t.delay_minutes / t.flights, 2)::DOUBLE AS avg_delay,
  a.last_flown,
  RANK() OVER (ORDER BY t.flights DESC)::INT AS traffic_rank
FROM totals AS t
JOIN core.route_activity AS a
  ON a.origin = t.origin AND a.destination = t.destination
