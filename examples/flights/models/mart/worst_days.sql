/* The twenty days on which most went wrong. */
MODEL (
  name mart.worst_days,
  kind VIEW,
  tags (mart)
);

SELECT
  n.flight_date,
  n.flights,
  n.late_share,
  n.avg_delay,
  b.flights_hop,
  b.flights_long
FROM mart.network_daily AS n
JOIN core.daily_distance_band AS b
  ON b.flight_date = n.flight_date
WHERE
  n.flights > 1000
ORDER BY
  n.late_share DESC
LIMIT 20
