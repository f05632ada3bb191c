/* Airports of the United States, with gaps in the source closed. */
MODEL (
  name staging.airports,
  kind VIEW,
  tags (staging, airports),
  audits (
    not_null(columns := (iata, state))
  )
);

SELECT
  a.iata,
  a.name AS airport,
  CASE WHEN a.city = 'NA' THEN NULL ELSE a.city END AS city,
  CASE WHEN a.iata = 'MQT' THEN 'MI' ELSE a.state END AS state, -- Marquette lacks its state
  a.latitude,
  a.longitude,
FROM raw.airports AS a
WHERE
  a.country = 'USA'
