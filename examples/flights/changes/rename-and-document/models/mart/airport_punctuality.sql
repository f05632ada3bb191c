/* Airports by how punctually flights arrive there. */
MODEL (
  name mart.airport_punctuality,
  kind FULL,
  grain iata,
  tags (mart, airports),
  audits (
    unique_values(columns := (iata)),
    accepted_range(column := late_share, min_v := 0, max_v := 100)
  ),
  column_descriptions (
    iata = 'Code of the airport',
    region = 'Census region, or Elsewhere',
    arrivals = 'Flights that landed here in the whole period',
    late_share = 'Percent of arrivals that were late',
    avg_delay = 'Minutes, early arrivals counted as negative',
    late_rank = '1 is the airport with the highest share of late arrivals'
  )
);

WITH totals AS (
  SELECT
    d.iata,
    SUM(d.arrivals) AS arrivals,
    SUM(d.late_arrivals) AS late_arrivals,
    SUM(d.arrival_delay_minutes) AS delay_minutes
  FROM core.daily_airport AS d
  GROUP BY
    d.iata
)
SELECT
  t.iata,
  a.airport,
  a.region,
  t.arrivals::BIGINT AS arrivals,
  ROUND(100.0 * t.late_arrivals / t.arrivals, 2)::DOUBLE AS late_share,
  ROUND(t.delay_minutes / t.arrivals, 2)::DOUBLE AS avg_delay,
  RANK() OVER (ORDER BY t.late_arrivals / t.arrivals DESC, t.iata)::INT AS late_rank
FROM totals AS t
JOIN core.airports AS a
  ON a.iata = t.iata
WHERE
  t.arrivals > 0
