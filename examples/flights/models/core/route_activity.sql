/* When each route was flown last, and with what result. */
MODEL (
  name core.route_activity,
  kind INCREMENTAL_BY_UNIQUE_KEY (
    unique_key (origin, destination)
  ),
  end '2001-06-30',
  grain (origin, destination),
  tags (core, routes)
);

SELECT
  r.origin,
  r.destination,
  MAX(r.flight_date)::DATE AS last_flown,
  MAX(r.distance)::INT AS distance,
  SUM(r.flights)::BIGINT AS flights -- of the latest load
FROM core.daily_route AS r
WHERE
  r.flight_date BETWEEN @start_date AND @end_date
GROUP BY
  r.origin,
  r.destination
