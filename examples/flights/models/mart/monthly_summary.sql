/* The half-year in six rows. */
MODEL (
  name mart.monthly_summary,
  kind VIEW,
  grain month,
  tags (mart, dashboard)
);

SELECT
  (EXTRACT(YEAR FROM n.flight_date) * 100 + EXTRACT(MONTH FROM n.flight_date))::INT AS month, -- 200101 for January
  SUM(n.flights)::BIGINT AS flights,
  SUM(n.late_flights)::BIGINT AS late_flights,
  ROUND(100.0 * SUM(n.late_flights) / SUM(n.flights), 2)::DOUBLE AS late_share, -- percent
  ROUND(SUM(n.avg_delay * n.flights) / SUM(n.flights), 2)::DOUBLE AS avg_delay -- minutes
FROM mart.network_daily AS n
GROUP BY
  1
