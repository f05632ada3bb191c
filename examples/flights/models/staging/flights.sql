/* Flights with clear names. */
MODEL (
  name staging.flights,
  kind VIEW,
  tags (staging, flights)
);

SELECT
  f.date::TIMESTAMP AS departed_at, -- scheduled departure, local time of the origin
  f.date::DATE AS flight_date,
  f.origin,
  f.destination,
  f.distance::INT AS distance, -- miles
  f.delay::INT AS delay, -- minutes late at the destination; negative when early
FROM raw.flights AS f
WHERE
  f.delay < 180 -- a cancelled flight is reported as very late
  AND f.delay > -180 -- three clocks were set wrong
