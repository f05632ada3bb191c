/**
 * Hard queries for the reference scanner, DuckDB's and MySQL's, each with the tables it reads.
 * The DuckDB ones run on the tables of `logicalTables`, so that the rewritten text can be compared by result.
 */

export interface CorpusQuery {
  readonly sql: string;
  /** Dotted, sorted, without repeats. */
  readonly reads: string;
}

export const logicalTables = `
  CREATE SCHEMA shop; CREATE SCHEMA raw; CREATE SCHEMA dim; CREATE SCHEMA "Odd Names";
  CREATE TABLE shop.orders (id INT, customer_id INT, amount INT, day DATE, tags INT[], address STRUCT(city TEXT, zip TEXT));
  INSERT INTO shop.orders VALUES (1, 10, 20, '2024-01-01', [1, 2], {city: 'Graz', zip: '8010'}),
    (2, 11, 35, '2024-01-02', [3], {city: 'Wien', zip: '1010'}), (3, 10, 12, '2024-01-02', [], {city: 'Linz', zip: '4020'});
  CREATE TABLE shop.customers (id INT, name TEXT, country TEXT);
  INSERT INTO shop.customers VALUES (10, 'Ada', 'AT'), (11, 'Bo', 'DE'), (12, 'Cy', 'AT');
  CREATE TABLE raw.orders (id INT, customer_id INT, payload TEXT);
  INSERT INTO raw.orders VALUES (1, 10, 'a'), (4, 12, 'b');
  CREATE TABLE dim.days (day DATE, holiday BOOLEAN);
  INSERT INTO dim.days VALUES ('2024-01-01', true), ('2024-01-02', false);
  CREATE TABLE rates (country TEXT, rate INT);
  INSERT INTO rates VALUES ('AT', 2), ('DE', 3);
  CREATE TABLE "Odd Names"."Select" (id INT, "from" TEXT);
  INSERT INTO "Odd Names"."Select" VALUES (1, 'x');
`;

export const duckdbQueries: readonly CorpusQuery[] = [
  // Plain, qualified, quoted, odd case
  { sql: "SELECT id, amount FROM shop.orders", reads: "shop.orders" },
  { sql: "SELECT orders.id, shop.orders.amount FROM shop.orders", reads: "shop.orders" },
  { sql: "SELECT SHOP.Orders.AMOUNT FROM Shop.ORDERS", reads: "Shop.ORDERS" },
  { sql: 'SELECT "shop"."orders"."id" FROM "shop"."orders"', reads: "shop.orders" },
  {
    sql: 'SELECT s."from", "Odd Names"."Select".id FROM "Odd Names"."Select", "Odd Names"."Select" s',
    reads: "Odd Names.Select",
  },
  { sql: "SELECT orders.* EXCLUDE (tags) FROM shop.orders", reads: "shop.orders" },
  { sql: "SELECT o.* REPLACE (o.amount * 2 AS amount) FROM shop.orders o", reads: "shop.orders" },
  { sql: "SELECT COLUMNS('a.*') FROM shop.orders", reads: "shop.orders" },
  { sql: "SELECT orders FROM shop.orders", reads: "shop.orders" },
  {
    sql: "SELECT address.city, orders.address.zip, shop.orders.address.zip AS z FROM shop.orders",
    reads: "shop.orders",
  },
  {
    sql: "SELECT 1 AS \"from\", 'FROM raw.orders' AS text -- FROM shop.customers\nFROM shop.orders /* JOIN raw.orders */",
    reads: "shop.orders",
  },
  { sql: "SELECT '😀' AS face, orders.id FROM shop.orders WHERE '😀' = '😀'", reads: "shop.orders" },
  { sql: "SELECT * FROM rates", reads: "rates" },
  { sql: "SELECT * FROM main.rates WHERE rates.rate > 1", reads: "main.rates" },
  { sql: "SELECT id FROM shop.orders AS o WHERE o.id > 1", reads: "shop.orders" },
  { sql: "SELECT * FROM shop.orders AS o (a, b, c) ORDER BY a", reads: "shop.orders" },
  { sql: "SELECT a FROM shop.customers x(a)", reads: "shop.customers" },
  // Joins
  {
    sql: "SELECT o.id, name FROM shop.orders o JOIN shop.customers c ON c.id = o.customer_id",
    reads: "shop.customers shop.orders",
  },
  {
    sql: "SELECT orders.id, customers.name FROM shop.orders JOIN shop.customers ON customers.id = orders.customer_id",
    reads: "shop.customers shop.orders",
  },
  {
    sql: "SELECT orders.id FROM shop.orders LEFT JOIN dim.days USING (day) INNER JOIN shop.customers ON orders.customer_id = customers.id",
    reads: "dim.days shop.customers shop.orders",
  },
  { sql: "SELECT * FROM shop.orders NATURAL JOIN dim.days", reads: "dim.days shop.orders" },
  { sql: "SELECT count(*) FROM shop.orders CROSS JOIN dim.days, rates", reads: "dim.days rates shop.orders" },
  {
    sql: "SELECT count(*) FROM shop.orders a, raw.orders b WHERE a.id = b.id",
    reads: "raw.orders shop.orders",
  },
  {
    sql: "SELECT count(*) FROM (shop.orders JOIN shop.customers ON shop.orders.customer_id = shop.customers.id) JOIN dim.days ON orders.day = days.day",
    reads: "dim.days shop.customers shop.orders",
  },
  {
    sql: "SELECT count(*) FROM ((shop.orders o JOIN raw.orders r USING (id)) JOIN dim.days d ON d.day = o.day)",
    reads: "dim.days raw.orders shop.orders",
  },
  {
    sql: "SELECT count(*) FROM ((SELECT * FROM shop.orders) o JOIN shop.customers c ON c.id = o.customer_id)",
    reads: "shop.customers shop.orders",
  },
  {
    sql: "SELECT * FROM shop.customers SEMI JOIN shop.orders ON customers.id = orders.customer_id",
    reads: "shop.customers shop.orders",
  },
  {
    sql: "SELECT * FROM shop.customers ANTI JOIN shop.orders ON customers.id = orders.customer_id",
    reads: "shop.customers shop.orders",
  },
  {
    sql: "SELECT o.id, d.holiday FROM shop.orders o ASOF JOIN dim.days d ON o.day >= d.day",
    reads: "dim.days shop.orders",
  },
  {
    sql: "SELECT orders.id, days.holiday FROM shop.orders ASOF LEFT JOIN dim.days ON orders.day >= days.day",
    reads: "dim.days shop.orders",
  },
  { sql: "SELECT * FROM shop.customers POSITIONAL JOIN rates", reads: "rates shop.customers" },
  {
    sql: "SELECT o.id FROM shop.orders o FULL OUTER JOIN raw.orders r ON CASE WHEN o.id IS NULL THEN false ELSE o.id = r.id END, rates",
    reads: "rates raw.orders shop.orders",
  },
  // Subqueries
  {
    sql: "SELECT (SELECT max(amount) FROM shop.orders) AS top, name FROM shop.customers",
    reads: "shop.customers shop.orders",
  },
  {
    sql: "SELECT name FROM shop.customers WHERE id IN (SELECT customer_id FROM shop.orders)",
    reads: "shop.customers shop.orders",
  },
  {
    sql: "SELECT name FROM shop.customers WHERE EXISTS (SELECT 1 FROM shop.orders WHERE orders.customer_id = customers.id)",
    reads: "shop.customers shop.orders",
  },
  {
    sql: "SELECT name FROM shop.customers WHERE NOT EXISTS (FROM shop.orders WHERE shop.orders.customer_id = shop.customers.id)",
    reads: "shop.customers shop.orders",
  },
  {
    sql: "SELECT name, ARRAY(SELECT id FROM shop.orders o WHERE o.customer_id = c.id ORDER BY id) AS ids FROM shop.customers c",
    reads: "shop.customers shop.orders",
  },
  { sql: "SELECT * FROM (SELECT * FROM (SELECT * FROM shop.orders) a) b", reads: "shop.orders" },
  {
    sql: "SELECT * FROM (SELECT id FROM shop.orders UNION ALL (SELECT id FROM raw.orders)) u",
    reads: "raw.orders shop.orders",
  },
  {
    sql: "SELECT * FROM ((SELECT id FROM shop.orders) UNION (SELECT id FROM raw.orders)) u ORDER BY 1",
    reads: "raw.orders shop.orders",
  },
  {
    sql: "SELECT CASE WHEN (SELECT count(*) FROM raw.orders) > 1 THEN 'many' ELSE 'few' END AS k FROM dim.days",
    reads: "dim.days raw.orders",
  },
  { sql: "SELECT coalesce((SELECT max(id) FROM raw.orders), 0) + 1 AS next", reads: "raw.orders" },
  {
    sql: "SELECT o.id, x.n FROM shop.orders o, LATERAL (SELECT count(*) AS n FROM raw.orders r WHERE r.id = o.id) x",
    reads: "raw.orders shop.orders",
  },
  {
    sql: "SELECT orders.id, x.n FROM shop.orders LEFT JOIN LATERAL (SELECT name AS n FROM shop.customers WHERE customers.id = orders.customer_id) x ON true",
    reads: "shop.customers shop.orders",
  },
  {
    sql: "SELECT id FROM shop.orders WHERE (id, customer_id) IN (SELECT (id, customer_id) FROM raw.orders)",
    reads: "raw.orders shop.orders",
  },
  {
    sql: "SELECT id FROM shop.orders WHERE amount > ALL (SELECT rate FROM rates) AND id = ANY (SELECT id FROM raw.orders)",
    reads: "rates raw.orders shop.orders",
  },
  // CTEs
  { sql: "WITH o AS (SELECT * FROM shop.orders) SELECT * FROM o", reads: "shop.orders" },
  {
    sql: "WITH a AS (SELECT id FROM shop.orders), b AS (SELECT id FROM a JOIN raw.orders USING (id)) SELECT * FROM b, a",
    reads: "raw.orders shop.orders",
  },
  { sql: "WITH rates AS (SELECT * FROM rates WHERE rate > 2) SELECT * FROM rates", reads: "rates" },
  { sql: "WITH orders AS (SELECT id FROM shop.orders) SELECT orders.id FROM orders", reads: "shop.orders" },
  { sql: "WITH ORDERS AS (SELECT id FROM shop.orders) SELECT orders.id FROM Orders", reads: "shop.orders" },
  {
    sql: "WITH orders AS (SELECT 7 AS id) SELECT o.id, x.id AS y FROM shop.orders o, orders x",
    reads: "shop.orders",
  },
  { sql: "SELECT * FROM (WITH days AS (SELECT 1 AS n) SELECT n FROM days) x, dim.days", reads: "dim.days" },
  {
    sql: "SELECT (WITH rates AS (SELECT 5 AS rate) SELECT rate FROM rates) AS five, rate FROM rates",
    reads: "rates",
  },
  {
    sql: "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i, o.id FROM n JOIN shop.orders o ON o.id = n.i",
    reads: "shop.orders",
  },
  {
    sql: "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n, rates WHERE i < 2) SELECT * FROM n",
    reads: "rates",
  },
  {
    sql: "WITH a AS MATERIALIZED (SELECT * FROM dim.days), b AS NOT MATERIALIZED (FROM a) FROM b",
    reads: "dim.days",
  },
  {
    sql: "WITH a AS (WITH b AS (SELECT id FROM raw.orders) SELECT * FROM b) SELECT * FROM a",
    reads: "raw.orders",
  },
  {
    sql: "WITH a AS (SELECT 1 AS id) (SELECT id FROM a UNION ALL SELECT id FROM raw.orders) ORDER BY id LIMIT 2",
    reads: "raw.orders",
  },
  { sql: "WITH days AS (SELECT 1 AS one) SELECT * FROM days, dim.days d", reads: "dim.days" },
  {
    sql: 'WITH "my cte" AS (SELECT id FROM raw.orders) SELECT "my cte".id FROM "my cte"',
    reads: "raw.orders",
  },
  // Set operations
  {
    sql: "SELECT id FROM shop.orders UNION SELECT id FROM raw.orders ORDER BY id",
    reads: "raw.orders shop.orders",
  },
  {
    sql: "SELECT id FROM shop.orders EXCEPT SELECT orders.id FROM raw.orders",
    reads: "raw.orders shop.orders",
  },
  {
    sql: "SELECT id FROM shop.orders INTERSECT ALL (SELECT id FROM raw.orders)",
    reads: "raw.orders shop.orders",
  },
  {
    sql: "SELECT id, amount FROM shop.orders UNION ALL BY NAME SELECT id FROM raw.orders ORDER BY ALL",
    reads: "raw.orders shop.orders",
  },
  {
    sql: "(SELECT id FROM shop.orders) UNION ALL (SELECT shop.customers.id FROM shop.customers) ORDER BY 1",
    reads: "shop.customers shop.orders",
  },
  { sql: "TABLE rates UNION ALL TABLE rates", reads: "rates" },
  // FROM first, PIVOT, samples, files and functions
  { sql: "FROM shop.orders", reads: "shop.orders" },
  { sql: "FROM shop.orders SELECT orders.id WHERE shop.orders.amount > 12", reads: "shop.orders" },
  {
    sql: "FROM shop.orders o JOIN dim.days USING (day) SELECT o.id, days.holiday",
    reads: "dim.days shop.orders",
  },
  { sql: "SELECT x.id FROM (FROM shop.orders SELECT id) x", reads: "shop.orders" },
  { sql: "FROM o: shop.orders SELECT o.id", reads: "shop.orders" },
  {
    sql: "PIVOT shop.orders ON customer_id USING sum(amount) GROUP BY day ORDER BY day",
    reads: "shop.orders",
  },
  {
    sql: "PIVOT (SELECT day, customer_id, amount FROM shop.orders) ON customer_id USING sum(amount)",
    reads: "shop.orders",
  },
  {
    sql: "SELECT * FROM (PIVOT shop.orders ON customer_id USING sum(amount) GROUP BY day) p ORDER BY day",
    reads: "shop.orders",
  },
  {
    sql: "WITH p AS (PIVOT shop.orders ON customer_id USING count(*) GROUP BY day) SELECT * FROM p ORDER BY day",
    reads: "shop.orders",
  },
  {
    sql: "SELECT * FROM shop.orders PIVOT (sum(amount) FOR customer_id IN (10, 11) GROUP BY day) ORDER BY day",
    reads: "shop.orders",
  },
  { sql: "UNPIVOT rates ON rate INTO NAME what VALUE much", reads: "rates" },
  { sql: "SELECT * FROM rates UNPIVOT (much FOR what IN (rate))", reads: "rates" },
  { sql: "SELECT count(*) FROM shop.orders TABLESAMPLE reservoir(10 ROWS)", reads: "shop.orders" },
  { sql: "SELECT orders.id FROM shop.orders USING SAMPLE 100 PERCENT ORDER BY 1", reads: "shop.orders" },
  { sql: "SELECT r.range, o.id FROM range(3) r, shop.orders o ORDER BY ALL", reads: "shop.orders" },
  { sql: "SELECT o.id, t.tag FROM shop.orders o, UNNEST(o.tags) AS t(tag)", reads: "shop.orders" },
  { sql: "SELECT orders.id, unnest(orders.tags) AS tag FROM shop.orders", reads: "shop.orders" },
  {
    sql: "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) v(id, x) JOIN raw.orders ON v.id = orders.id",
    reads: "raw.orders",
  },
  { sql: "SELECT * FROM generate_series(1, (SELECT max(id) FROM raw.orders))", reads: "raw.orders" },
  // FROM where no table follows
  {
    sql: "SELECT extract(year FROM day) AS y, trim(BOTH 'x' FROM 'xax') AS t FROM shop.orders",
    reads: "shop.orders",
  },
  { sql: "SELECT substring('abc' FROM 2 FOR 1) AS s FROM rates", reads: "rates" },
  { sql: "SELECT position('b' IN 'abc') AS p, trim(FROM ' a ') AS t FROM rates", reads: "rates" },
  {
    sql: "SELECT id IS DISTINCT FROM customer_id AS a, id IS NOT DISTINCT FROM 1 AS b FROM shop.orders",
    reads: "shop.orders",
  },
  {
    sql: "SELECT id FROM shop.orders WHERE id IS NOT DISTINCT FROM (SELECT min(id) FROM raw.orders)",
    reads: "raw.orders shop.orders",
  },
  // Clauses
  {
    sql: "SELECT customer_id, sum(amount) AS s FROM shop.orders GROUP BY customer_id HAVING sum(orders.amount) > (SELECT max(rate) FROM rates) ORDER BY s",
    reads: "rates shop.orders",
  },
  {
    sql: "SELECT id, row_number() OVER (PARTITION BY orders.customer_id ORDER BY shop.orders.day) AS r FROM shop.orders QUALIFY r = 1 ORDER BY id",
    reads: "shop.orders",
  },
  {
    sql: "SELECT id, sum(amount) OVER w AS s FROM shop.orders WINDOW w AS (PARTITION BY customer_id ORDER BY id) ORDER BY id",
    reads: "shop.orders",
  },
  {
    sql: "SELECT list_transform(tags, x -> x + 1) AS l, [t FOR t IN tags IF t > 1] AS m FROM shop.orders ORDER BY id",
    reads: "shop.orders",
  },
  {
    sql: "SELECT {'a': id, 'b': (SELECT max(rate) FROM rates)} AS s FROM shop.orders ORDER BY id",
    reads: "rates shop.orders",
  },
  {
    sql: "SELECT orders.id::TEXT AS t, amount::DECIMAL(18, 2) AS d FROM shop.orders ORDER BY shop.orders.id LIMIT 2 OFFSET 1",
    reads: "shop.orders",
  },
  {
    sql: "SELECT sum(amount) FILTER (WHERE customer_id IN (SELECT id FROM shop.customers WHERE country = 'AT')) AS s FROM shop.orders",
    reads: "shop.customers shop.orders",
  },
  { sql: "SELECT id, amount, FROM shop.orders, WHERE id IN (1, 2,) ORDER BY id", reads: "shop.orders" },
  {
    sql: "SELECT DISTINCT ON (customer_id) customer_id, id FROM shop.orders ORDER BY customer_id, shop.orders.id DESC",
    reads: "shop.orders",
  },
  {
    sql: "SELECT (SELECT customers.name FROM shop.customers WHERE shop.customers.id = shop.orders.customer_id) AS who FROM shop.orders ORDER BY 1",
    reads: "shop.customers shop.orders",
  },
  {
    sql: "SELECT c.name, (SELECT max(amount) FROM (SELECT amount FROM shop.orders WHERE orders.customer_id = c.id) s) AS m FROM shop.customers c ORDER BY 1",
    reads: "shop.customers shop.orders",
  },
  {
    sql: "SELECT c.country, o.n FROM shop.customers c JOIN (SELECT customer_id, count(*) n FROM shop.orders GROUP BY 1) o ON o.customer_id = c.id ORDER BY ALL",
    reads: "shop.customers shop.orders",
  },
  {
    sql: "SELECT a.id FROM shop.orders a JOIN shop.orders b ON a.customer_id = b.customer_id AND a.id < b.id",
    reads: "shop.orders",
  },
  {
    sql: "SELECT orders.id FROM shop.orders, (SELECT orders.payload FROM raw.orders) p WHERE p.payload = 'a' ORDER BY 1",
    reads: "raw.orders shop.orders",
  },
];

export const mysqlQueries: readonly CorpusQuery[] = [
  { sql: "SELECT OVERLAY(a PLACING 'x' FROM 1 FOR 2), shop.orders.* FROM shop.orders", reads: "shop.orders" },
  { sql: "SELECT `o`.`id` FROM `shop`.`orders` `o`", reads: "shop.orders" },
  { sql: "SELECT id FROM shop.orders PARTITION (p0, p1) AS o WHERE o.id > 1", reads: "shop.orders" },
  {
    sql: "SELECT id FROM shop.orders PARTITION (p0) USE INDEX (a, b), shop.customers FORCE INDEX FOR JOIN (c)",
    reads: "shop.customers shop.orders",
  },
  {
    sql: "SELECT id FROM shop.orders IGNORE KEY (a) STRAIGHT_JOIN shop.customers ON orders.id = customers.id",
    reads: "shop.customers shop.orders",
  },
  { sql: "SELECT STRAIGHT_JOIN a.id FROM shop.orders a", reads: "shop.orders" },
  { sql: "SELECT SQL_NO_CACHE DISTINCT id FROM shop.orders", reads: "shop.orders" },
  // As in SQLMesh: an external table that nobody has to declare.
  { sql: "SELECT NOW() FROM dual", reads: "dual" },
  {
    sql: "SELECT * FROM JSON_TABLE('[1]', '$[*]' COLUMNS (a INT PATH '$')) AS j, shop.orders",
    reads: "shop.orders",
  },
  {
    sql: "SELECT jt.a FROM shop.orders o, JSON_TABLE(o.tags, '$[*]' COLUMNS (a INT PATH '$' DEFAULT '0' ON EMPTY)) jt JOIN raw.orders r ON r.id = jt.a",
    reads: "raw.orders shop.orders",
  },
  { sql: "SELECT NTH_VALUE(a, 2) FROM LAST OVER (ORDER BY b) AS x FROM raw.orders", reads: "raw.orders" },
  {
    sql: "SELECT \"FROM shop.customers\" AS t, 'it\\'s FROM x' AS u FROM raw.orders # FROM shop.orders",
    reads: "raw.orders",
  },
  { sql: "SELECT 5--1 AS six FROM raw.orders", reads: "raw.orders" },
  { sql: "SELECT a --note FROM x\nFROM raw.orders", reads: "raw.orders" },
  { sql: "WITH Y AS (SELECT 1) SELECT * FROM y, Y", reads: "y" },
  { sql: "WITH x AS (SELECT id FROM shop.orders) (SELECT * FROM x) LIMIT 1", reads: "shop.orders" },
  { sql: "SELECT 1 WHERE EXISTS (TABLE raw.orders)", reads: "raw.orders" },
  { sql: "TABLE raw.orders ORDER BY id LIMIT 3", reads: "raw.orders" },
  {
    sql: "SELECT * FROM raw.orders FOR SYSTEM_TIME AS OF TIMESTAMP '2024-01-01' o JOIN dim.days",
    reads: "dim.days raw.orders",
  },
  { sql: "SELECT a INTO @x FROM raw.orders", reads: "raw.orders" },
  {
    sql: "SELECT INSERT('abc', 1, 1, 'x'), REPLACE(a, 'b', 'c'), `update`.`from` FROM raw.orders AS `update`",
    reads: "raw.orders",
  },
  { sql: "SELECT id FROM raw.orders WHERE a REGEXP 'x' LOCK IN SHARE MODE", reads: "raw.orders" },
  { sql: "SELECT id FROM raw.orders o FOR UPDATE OF o NOWAIT", reads: "raw.orders" },
  { sql: "SELECT k1, unnest FROM shop.orders, unnest(tags)", reads: "shop.orders" },
  { sql: "SELECT k1, e FROM shop.orders LATERAL VIEW explode_split(tags, ',') t AS e", reads: "shop.orders" },
  { sql: "SELECT * FROM TABLE(generate_series(1, 3)), raw.orders", reads: "raw.orders" },
  {
    sql: "SELECT o.id FROM shop.orders o LEFT SEMI JOIN raw.orders r ON o.id = r.id",
    reads: "raw.orders shop.orders",
  },
  {
    sql: "SELECT o.id FROM shop.orders o JOIN [BROADCAST] raw.orders r ON o.id = r.id",
    reads: "raw.orders shop.orders",
  },
  { sql: "SELECT * FROM shop.1st_orders", reads: "shop.1st_orders" },
  { sql: "SELECT * FROM (SELECT 1) x, ((shop.orders))", reads: "shop.orders" },
  {
    sql: "SELECT GROUP_CONCAT(DISTINCT name ORDER BY name SEPARATOR ', ') FROM shop.customers GROUP BY country WITH ROLLUP",
    reads: "shop.customers",
  },
  {
    sql: "SELECT * FROM shop.orders AS OF TIMESTAMP '2024-01-01 00:00:00', dim.days",
    reads: "dim.days shop.orders",
  },
  { sql: "SELECT /*+ SET_VAR(x = 1) */ a FROM /*! STRAIGHT */ raw.orders", reads: "raw.orders" },
  { sql: "SELECT INTERVAL '1:30' HOUR_MINUTE + ts FROM raw.orders", reads: "raw.orders" },
];
