/* Flights by length: a band holds its lower bound and not its upper one. */
MODEL (
  name reference.distance_bands,
  kind SEED (
    path '$root/seeds/distance_bands.csv'
  ),
  columns (
    band VARCHAR,
    min_miles INT,
    max_miles INT
  ),
  grain band,
  tags (reference),
  audits (
    unique_values(columns := (band)),
    forall(criteria := (min_miles < max_miles))
  )
);
