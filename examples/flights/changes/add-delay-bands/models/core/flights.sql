/* The fact table: one row per flight that took place. */
MODEL (
  name core.flights,
  kind INCREMENTAL_BY_TIME_RANGE (
    time_column flight_date,
    batch_size 60
  ),
  end '2001-06-30',
  tags (core, flights),
  audits (
    not_null(columns := (flight_date, origin, destination, distance_band)),
    accepted_values(column := is_late, is_in := (0, 1)),
    accepted_values(column := delay_band, is_in := ('early', 'on time', 'late', 'very late')),
    assert_two_airports(from_column := origin, to_column := destination)
  )
);

@DEF(late, minutes -> CASE WHEN minutes >= @late_after THEN 1 ELSE 0 END);

SELECT
  f.flight_date,
  EXTRACT(HOUR FROM f.departed_at)::INT AS departure_hour, -- 0 to 23, local time of the origin
  f.origin,
  f.destination,
  f.distance,
  b.band AS distance_band,
  f.delay, -- minutes late at the destination; negative when early
  @late(f.delay)::INT AS is_late, -- 1 when the delay reaches @late_after minutes
  CASE
    WHEN f.delay < 0 THEN 'early'
    WHEN f.delay < @late_after THEN 'on time'
    WHEN f.delay < 60 THEN 'late'
    ELSE 'very late'
  END::VARCHAR AS delay_band, -- early, on time, late, very late
FROM staging.flights AS f
LEFT JOIN reference.distance_bands AS b
  ON f.distance >= b.min_miles AND f.distance < b.max_miles
WHERE
  f.flight_date BETWEEN @start_date AND @end_date
