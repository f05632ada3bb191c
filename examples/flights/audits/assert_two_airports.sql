AUDIT (
  name assert_two_airports,
  defaults (
    from_column = origin,
    to_column = destination
  ),
);

-- A flight that lands where it started is a reporting fault.
SELECT
  *
FROM @this_model
WHERE
  @from_column = @to_column
