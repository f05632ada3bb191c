/* Airports with their region: a shared piece of query, without a table of its own. */
MODEL (
  name staging.airport_regions,
  kind EMBEDDED,
  tags (staging, airports)
);

SELECT
  a.iata,
  a.airport,
  a.city,
  a.state,
  COALESCE(r.region, 'Elsewhere') AS region,
  a.latitude,
  a.longitude,
FROM staging.airports AS a
LEFT JOIN reference.regions AS r
  ON r.state = a.state
