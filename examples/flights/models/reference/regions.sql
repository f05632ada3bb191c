/* Which of the Census Bureau's regions a state belongs to. */
MODEL (
  name reference.regions,
  kind SEED (
    path '$root/seeds/regions.csv'
  ),
  columns (
    state VARCHAR,
    region VARCHAR
  ),
  grain state,
  tags (reference),
  audits (
    not_null(columns := (state, region)),
    unique_values(columns := (state))
  )
);
