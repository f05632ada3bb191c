/* Airports that had at least one flight. */
MODEL (
  name core.airports,
  kind FULL,
  grain iata,
  tags (core, airports),
  audits (
    unique_values(columns := (iata)),
    not_null(columns := (iata, region)),
    number_of_rows(threshold := 200)
  ),
  column_descriptions (
    iata = 'Code of the airport',
    region = 'Census region, or Elsewhere',
    flights = 'Departures and arrivals in the whole period'
  )
);

WITH movements AS (
  SELECT
    f.origin AS iata
  FROM core.flights AS f
  UNION ALL
  SELECT
    f.destination AS iata
  FROM core.flights AS f
), counted AS (
  SELECT
    m.iata,
    COUNT(*) AS flights
  FROM movements AS m
  GROUP BY
    m.iata
)
SELECT
  c.iata,
  a.airport,
  a.city,
  a.state,
  COALESCE(a.region, 'Elsewhere') AS region,
  a.latitude,
  a.longitude,
  c.flights
FROM counted AS c
LEFT JOIN staging.airport_regions AS a
  ON a.iata = c.iata
