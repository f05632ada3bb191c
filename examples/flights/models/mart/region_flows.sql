/* Traffic between the regions of the country. */
MODEL (
  name mart.region_flows,
  kind FULL,
  grain (from_region, to_region),
  tags (mart, routes),
  audits (
    not_null(columns := (from_region, to_region)),
    unique_combination_of_columns(columns := (from_region, to_region))
  )
);

SELECT
  o.region AS from_region,
  d.region AS to_region,
  COUNT(*)::BIGINT AS routes,
  SUM(r.flights)::BIGINT AS flights,
  ROUND(SUM(r.flights * r.late_share) / SUM(r.flights), 2)::DOUBLE AS late_share -- percent
FROM mart.route_ranking AS r
JOIN core.airports AS o
  ON o.iata = r.origin
JOIN core.airports AS d
  ON d.iata = r.destination
GROUP BY
  o.region,
  d.region
