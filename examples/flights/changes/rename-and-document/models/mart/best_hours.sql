/* When to depart in order to arrive on time. */
MODEL (
  name mart.best_hours,
  kind VIEW,
  tags (mart)
);

SELECT
  p.departure_hour,
  p.flights,
  ROUND(100.0 * p.late_flights / p.flights, 2)::DOUBLE AS late_share, -- percent
  p.avg_delay
FROM core.departure_profile AS p
WHERE
  p.flights >= 10000
