-- Every sale, as the tills report it.
MODEL (
  name shop.sales,
  kind FULL,
  owner data_team
);

SELECT id::INT, shop::TEXT, amount::DOUBLE, ds::DATE
FROM (VALUES
  (1, 'a', 10.0, '2024-01-01'), (2, 'a', 5.5, '2024-01-02'),
  (3, 'b', 7.0, '2024-01-02'), (4, 'b', 1.0, '2024-01-03')
) AS t(id, shop, amount, ds)
