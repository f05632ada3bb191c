/* One row per day and airport, departures and arrivals side by side. */
MODEL (
  name core.daily_airport,
  kind INCREMENTAL_BY_TIME_RANGE (
    time_column flight_date
  ),
  end '2001-06-30',
  grain (flight_date, iata),
  tags (core, airports),
  audits (
    not_null(columns := (flight_date, iata)),
    unique_combination_of_columns(columns := (flight_date, iata))
  )
);

WITH movements AS (
  SELECT
    r.flight_date,
    r.origin AS iata,
    r.flights AS departures,
    0 AS arrivals,
    0 AS late_arrivals,
    0 AS arrival_delay_minutes
  FROM core.daily_route AS r
  WHERE
    r.flight_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT
    r.flight_date,
    r.destination AS iata,
    0 AS departures,
    r.flights AS arrivals,
    r.late_flights AS late_arrivals,
    r.delay_minutes AS arrival_delay_minutes
  FROM core.daily_route AS r
  WHERE
    r.flight_date BETWEEN @start_date AND @end_date
)
SELECT
  m.flight_date,
  m.iata,
  SUM(m.departures)::BIGINT AS departures,
  SUM(m.arrivals)::BIGINT AS arrivals,
  SUM(m.late_arrivals)::BIGINT AS late_arrivals,
  SUM(m.arrival_delay_minutes)::BIGINT AS arrival_delay_minutes
FROM movements AS m
GROUP BY
  m.flight_date,
  m.iata
