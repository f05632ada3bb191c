-- version 1;
CREATE DATABASE IF NOT EXISTS `sluice__shop`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h1_1`;
CREATE OR REPLACE VIEW `sluice__shop`.`sluice__h2_p` AS SELECT 1 AS n;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__h2_p`;
DROP VIEW IF EXISTS `sluice__shop`.`sluice__h2_p`;
CREATE TABLE `sluice__shop`.`sluice__h1_1` (`n` int(1) NULL) DISTRIBUTED BY RANDOM;
INSERT INTO `sluice__shop`.`sluice__h1_1`
SELECT 1 AS n;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h3_1`;
ALTER TABLE `sluice__shop`.`sluice__h1_1` RENAME `shop__gone__h4`;
CREATE OR REPLACE VIEW `sluice__shop`.`sluice__h5_p` AS SELECT id, shop_id, amount, ds FROM raw.orders WHERE ds BETWEEN '1970-01-01' AND '1970-01-01';
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__h5_p`;
DROP VIEW IF EXISTS `sluice__shop`.`sluice__h5_p`;
CREATE TABLE IF NOT EXISTS `sluice__shop`.`shop__orders__h6` (`id` int(11) NULL, `shop_id` int(11) NULL, `amount` int(11) NULL, `ds` date NULL) DISTRIBUTED BY RANDOM;
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__orders__h6`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h7_1`;
CREATE TABLE `sluice__shop`.`sluice__h7_1` (`id` int(11) NULL, `shop_id` int(11) NULL, `amount` int(11) NULL, `ds` date NULL) DISTRIBUTED BY RANDOM;
INSERT INTO `sluice__shop`.`sluice__h7_1` (`id`, `shop_id`, `amount`, `ds`) SELECT `id`, `shop_id`, `amount`, `ds` FROM `sluice__shop`.`shop__orders__h6` WHERE CASE WHEN `ds` BETWEEN CAST('2024-01-01' AS DATE) AND CAST('2024-01-03' AS DATE) THEN 1 ELSE 0 END = 0;
INSERT INTO `sluice__shop`.`sluice__h7_1` (`id`, `shop_id`, `amount`, `ds`) SELECT `id`, `shop_id`, `amount`, `ds` FROM (SELECT id, shop_id, amount, ds FROM raw.orders WHERE ds BETWEEN '2024-01-01' AND '2024-01-03'
) AS sluice_rows WHERE `ds` BETWEEN CAST('2024-01-01' AS DATE) AND CAST('2024-01-03' AS DATE);
SELECT COUNT(*) AS bad_rows FROM (SELECT * FROM (SELECT * FROM `sluice__shop`.`sluice__h7_1` WHERE `ds` BETWEEN '2024-01-01' AND '2024-01-03') AS audited WHERE (id IS NULL) AND (TRUE)
) AS audit;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h8_1`;
ALTER TABLE `sluice__shop`.`shop__orders__h6` REPLACE WITH TABLE `sluice__h7_1`;
ALTER TABLE `sluice__shop`.`sluice__h7_1` RENAME `sluice__h8_1`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h8_1`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h9_1`;
CREATE TABLE `sluice__shop`.`sluice__h9_1` (`id` INT NULL, `name` VARCHAR(9) NULL) DISTRIBUTED BY RANDOM;
INSERT INTO `sluice__shop`.`sluice__h9_1` (`id`, `name`) VALUES ('1', 'one'), ('2', 'two');
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h10_1`;
ALTER TABLE `sluice__shop`.`sluice__h9_1` RENAME `shop__shops__h11`;
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__history__h12`;
CREATE OR REPLACE VIEW `sluice__shop`.`sluice__h13_p` AS SELECT id, name FROM `sluice__shop`.`shop__shops__h11` AS `shops`;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__h13_p`;
DROP VIEW IF EXISTS `sluice__shop`.`sluice__h13_p`;
CREATE TABLE IF NOT EXISTS `sluice__shop`.`shop__history__h12` (`id` int(11) NULL, `name` varchar(9) NULL, `valid_from` DATETIME(6) NULL, `valid_to` DATETIME(6) NULL) DISTRIBUTED BY RANDOM;
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__history__h12`;
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__history__h12`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h14_1`;
CREATE OR REPLACE VIEW `sluice__shop`.`sluice__h15_p` AS SELECT sluice_rows.*, id AS sluice_key_0 FROM (SELECT id, name FROM `sluice__shop`.`shop__shops__h11` AS `shops`
) AS sluice_rows;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__h15_p`;
DROP VIEW IF EXISTS `sluice__shop`.`sluice__h15_p`;
CREATE TABLE `sluice__shop`.`sluice__h14_1` (`id` int(11) NULL, `name` varchar(9) NULL, `sluice_key_0` int(11) NULL) DISTRIBUTED BY RANDOM;
INSERT INTO `sluice__shop`.`sluice__h14_1`
SELECT sluice_rows.*, id AS sluice_key_0 FROM (SELECT id, name FROM `sluice__shop`.`shop__shops__h11` AS `shops`
) AS sluice_rows;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h16_1`;
CREATE OR REPLACE VIEW `sluice__shop`.`sluice__h17_p` AS WITH source AS (
  SELECT * FROM (SELECT q.*, 1 AS sluice_here, ROW_NUMBER() OVER (PARTITION BY sluice_key_0 ORDER BY sluice_key_0) AS sluice_number
    FROM `sluice__shop`.`sluice__h14_1` AS q) AS numbered WHERE sluice_number = 1
), latest AS (SELECT t.*, id AS sluice_key_0 FROM `sluice__shop`.`shop__history__h12` AS t WHERE `valid_to` IS NULL AND 1 = 0
), closed AS (SELECT t.*, id AS sluice_key_0 FROM `sluice__shop`.`shop__history__h12` AS t WHERE `valid_to` IS NOT NULL AND 1 = 0
), gone AS (
  SELECT c.sluice_key_0, MAX(c.`valid_to`) AS sluice_gone FROM closed AS c
  WHERE NOT EXISTS (SELECT 1 FROM latest AS l WHERE l.sluice_key_0 <=> c.sluice_key_0) GROUP BY c.sluice_key_0
)
SELECT c.`id`, c.`name`, c.`valid_from`, c.`valid_to` FROM closed AS c
UNION ALL
SELECT l.`id`, l.`name`, l.`valid_from`, CASE WHEN (s.sluice_here IS NOT NULL AND (NOT (l.`name` <=> s.`name`))) THEN CAST('2024-01-04 00:00:00' AS DATETIME(6))  ELSE l.`valid_to` END AS `valid_to`
FROM latest AS l LEFT JOIN source AS s ON l.sluice_key_0 <=> s.sluice_key_0
UNION ALL
SELECT s.`id`, s.`name`, CAST('2024-01-04 00:00:00' AS DATETIME(6)) AS `valid_from`, CAST(NULL AS DATETIME(6)) AS `valid_to`
FROM latest AS l JOIN source AS s ON l.sluice_key_0 <=> s.sluice_key_0 WHERE (s.sluice_here IS NOT NULL AND (NOT (l.`name` <=> s.`name`)))
UNION ALL
SELECT s.`id`, s.`name`, CAST('1970-01-01 00:00:00' AS DATETIME(6)) AS `valid_from`, CAST(NULL AS DATETIME(6)) AS `valid_to`
FROM source AS s LEFT JOIN gone AS g ON g.sluice_key_0 <=> s.sluice_key_0
WHERE NOT EXISTS (SELECT 1 FROM latest AS l WHERE l.sluice_key_0 <=> s.sluice_key_0);
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__h17_p`;
DROP VIEW IF EXISTS `sluice__shop`.`sluice__h17_p`;
CREATE TABLE `sluice__shop`.`sluice__h16_1` (`id` int(11) NULL, `name` varchar(9) NULL, `valid_from` datetime(6) /* mariadb-5.3 */ NULL, `valid_to` datetime(6) /* mariadb-5.3 */ NULL) DISTRIBUTED BY RANDOM;
INSERT INTO `sluice__shop`.`sluice__h16_1`
WITH source AS (
  SELECT * FROM (SELECT q.*, 1 AS sluice_here, ROW_NUMBER() OVER (PARTITION BY sluice_key_0 ORDER BY sluice_key_0) AS sluice_number
    FROM `sluice__shop`.`sluice__h14_1` AS q) AS numbered WHERE sluice_number = 1
), latest AS (SELECT t.*, id AS sluice_key_0 FROM `sluice__shop`.`shop__history__h12` AS t WHERE `valid_to` IS NULL AND 1 = 0
), closed AS (SELECT t.*, id AS sluice_key_0 FROM `sluice__shop`.`shop__history__h12` AS t WHERE `valid_to` IS NOT NULL AND 1 = 0
), gone AS (
  SELECT c.sluice_key_0, MAX(c.`valid_to`) AS sluice_gone FROM closed AS c
  WHERE NOT EXISTS (SELECT 1 FROM latest AS l WHERE l.sluice_key_0 <=> c.sluice_key_0) GROUP BY c.sluice_key_0
)
SELECT c.`id`, c.`name`, c.`valid_from`, c.`valid_to` FROM closed AS c
UNION ALL
SELECT l.`id`, l.`name`, l.`valid_from`, CASE WHEN (s.sluice_here IS NOT NULL AND (NOT (l.`name` <=> s.`name`))) THEN CAST('2024-01-04 00:00:00' AS DATETIME(6))  ELSE l.`valid_to` END AS `valid_to`
FROM latest AS l LEFT JOIN source AS s ON l.sluice_key_0 <=> s.sluice_key_0
UNION ALL
SELECT s.`id`, s.`name`, CAST('2024-01-04 00:00:00' AS DATETIME(6)) AS `valid_from`, CAST(NULL AS DATETIME(6)) AS `valid_to`
FROM latest AS l JOIN source AS s ON l.sluice_key_0 <=> s.sluice_key_0 WHERE (s.sluice_here IS NOT NULL AND (NOT (l.`name` <=> s.`name`)))
UNION ALL
SELECT s.`id`, s.`name`, CAST('1970-01-01 00:00:00' AS DATETIME(6)) AS `valid_from`, CAST(NULL AS DATETIME(6)) AS `valid_to`
FROM source AS s LEFT JOIN gone AS g ON g.sluice_key_0 <=> s.sluice_key_0
WHERE NOT EXISTS (SELECT 1 FROM latest AS l WHERE l.sluice_key_0 <=> s.sluice_key_0);
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h18_1`;
CREATE TABLE `sluice__shop`.`sluice__h18_1` (`id` int(11) NULL, `name` varchar(9) NULL, `valid_from` datetime(6) NULL, `valid_to` datetime(6) NULL) DISTRIBUTED BY RANDOM;
INSERT INTO `sluice__shop`.`sluice__h18_1` (`id`, `name`, `valid_from`, `valid_to`) SELECT `id`, `name`, `valid_from`, `valid_to` FROM `sluice__shop`.`sluice__h16_1`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h19_1`;
ALTER TABLE `sluice__shop`.`shop__history__h12` REPLACE WITH TABLE `sluice__h18_1`;
ALTER TABLE `sluice__shop`.`sluice__h18_1` RENAME `sluice__h19_1`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h19_1`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h14_1`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h16_1`;
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__latest__h20`;
CREATE OR REPLACE VIEW `sluice__shop`.`sluice__h21_p` AS SELECT shop_id, MAX(ds) AS ds FROM `sluice__shop`.`shop__orders__h6` AS `orders` WHERE ds BETWEEN '2024-01-01' AND '2024-01-02' GROUP BY shop_id;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__h21_p`;
DROP VIEW IF EXISTS `sluice__shop`.`sluice__h21_p`;
CREATE TABLE IF NOT EXISTS `sluice__shop`.`shop__latest__h20` (`shop_id` int(11) NULL, `ds` date NULL) DISTRIBUTED BY RANDOM;
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__latest__h20`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h22_1`;
CREATE TABLE `sluice__shop`.`sluice__h22_1` (`shop_id` int(11) NULL, `ds` date NULL) DISTRIBUTED BY RANDOM;
INSERT INTO `sluice__shop`.`sluice__h22_1` (`shop_id`, `ds`) SELECT `shop_id`, `ds` FROM (SELECT shop_id, MAX(ds) AS ds FROM `sluice__shop`.`shop__orders__h6` AS `orders` WHERE ds BETWEEN '2024-01-01' AND '2024-01-02' GROUP BY shop_id
) AS sluice_rows;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h23_1`;
ALTER TABLE `sluice__shop`.`shop__latest__h20` REPLACE WITH TABLE `sluice__h22_1`;
ALTER TABLE `sluice__shop`.`sluice__h22_1` RENAME `sluice__h23_1`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h23_1`;
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__latest__h20`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h24_1`;
CREATE OR REPLACE VIEW `sluice__shop`.`sluice__h25_p` AS SELECT sluice_rows.*, shop_id AS sluice_key_0 FROM (SELECT shop_id, MAX(ds) AS ds FROM `sluice__shop`.`shop__orders__h6` AS `orders` WHERE ds BETWEEN '2024-01-03' AND '2024-01-03' GROUP BY shop_id
) AS sluice_rows;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__h25_p`;
DROP VIEW IF EXISTS `sluice__shop`.`sluice__h25_p`;
CREATE TABLE `sluice__shop`.`sluice__h24_1` (`shop_id` int(11) NULL, `ds` date NULL, `sluice_key_0` int(11) NULL) DISTRIBUTED BY RANDOM;
INSERT INTO `sluice__shop`.`sluice__h24_1`
SELECT sluice_rows.*, shop_id AS sluice_key_0 FROM (SELECT shop_id, MAX(ds) AS ds FROM `sluice__shop`.`shop__orders__h6` AS `orders` WHERE ds BETWEEN '2024-01-03' AND '2024-01-03' GROUP BY shop_id
) AS sluice_rows;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h22_1`;
CREATE TABLE `sluice__shop`.`sluice__h22_1` (`shop_id` int(11) NULL, `ds` date NULL) DISTRIBUTED BY RANDOM;
INSERT INTO `sluice__shop`.`sluice__h22_1` (`shop_id`, `ds`) SELECT `shop_id`, `ds` FROM `sluice__shop`.`shop__latest__h20` WHERE CASE WHEN EXISTS (SELECT 1 FROM (SELECT DISTINCT sluice_key_0 FROM `sluice__shop`.`sluice__h24_1`) AS sluice_keys
     WHERE sluice_keys.sluice_key_0 <=> shop_id) THEN 1 ELSE 0 END = 0;
INSERT INTO `sluice__shop`.`sluice__h22_1` (`shop_id`, `ds`) SELECT `shop_id`, `ds` FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sluice_key_0 ORDER BY sluice_key_0) AS `sluice_number` FROM `sluice__shop`.`sluice__h24_1`) AS sluice_rows WHERE `sluice_number` = 1;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h23_1`;
ALTER TABLE `sluice__shop`.`shop__latest__h20` REPLACE WITH TABLE `sluice__h22_1`;
ALTER TABLE `sluice__shop`.`sluice__h22_1` RENAME `sluice__h23_1`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h23_1`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h24_1`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h26_1`;
CREATE OR REPLACE VIEW `sluice__shop`.`sluice__h27_p` AS SELECT shop_id, SUM(amount) AS amount FROM `sluice__shop`.`shop__orders__h6` AS `orders` GROUP BY shop_id;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__h27_p`;
DROP VIEW IF EXISTS `sluice__shop`.`sluice__h27_p`;
CREATE TABLE `sluice__shop`.`sluice__h26_1` (`shop_id` int(11) NULL, `amount` decimal(32,0) NULL) DISTRIBUTED BY RANDOM;
INSERT INTO `sluice__shop`.`sluice__h26_1`
SELECT shop_id, SUM(amount) AS amount FROM `sluice__shop`.`shop__orders__h6` AS `orders` GROUP BY shop_id;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h28_1`;
ALTER TABLE `sluice__shop`.`sluice__h26_1` RENAME `shop__totals__h29`;
CREATE OR REPLACE VIEW `sluice__shop`.`shop__best__h30` AS SELECT MAX(amount) AS amount FROM `sluice__shop`.`shop__totals__h29` AS `totals`;
CREATE DATABASE IF NOT EXISTS `shop`;
CREATE DATABASE IF NOT EXISTS `sluice`;
CREATE DATABASE IF NOT EXISTS `shop`;
CREATE DATABASE IF NOT EXISTS `sluice`;
CREATE OR REPLACE VIEW `shop`.`best` AS SELECT * FROM `sluice__shop`.`shop__best__h30`;
CREATE OR REPLACE VIEW `shop`.`gone` AS SELECT * FROM `sluice__shop`.`shop__gone__h4`;
CREATE OR REPLACE VIEW `shop`.`history` AS SELECT * FROM `sluice__shop`.`shop__history__h12`;
CREATE OR REPLACE VIEW `shop`.`latest` AS SELECT * FROM `sluice__shop`.`shop__latest__h20`;
CREATE OR REPLACE VIEW `shop`.`orders` AS SELECT * FROM `sluice__shop`.`shop__orders__h6`;
CREATE OR REPLACE VIEW `shop`.`shops` AS SELECT * FROM `sluice__shop`.`shop__shops__h11`;
CREATE OR REPLACE VIEW `shop`.`totals` AS SELECT * FROM `sluice__shop`.`shop__totals__h29`;
CREATE OR REPLACE VIEW `sluice`.`sluice__pointer` AS SELECT 'plan' AS plan_id, 'digest' AS plan_digest, 1 AS environment_version, '2024-01-04 00:00:00' AS promoted_at;
-- version 2;
CREATE DATABASE IF NOT EXISTS `sluice__shop`;
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__latest__h31`;
CREATE OR REPLACE VIEW `sluice__shop`.`sluice__h32_p` AS SELECT shop_id, MAX(ds) AS ds, 1 AS one FROM `sluice__shop`.`shop__orders__h6` AS `orders` WHERE ds BETWEEN '2024-01-01' AND '2024-01-02' GROUP BY shop_id;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__h32_p`;
DROP VIEW IF EXISTS `sluice__shop`.`sluice__h32_p`;
CREATE TABLE IF NOT EXISTS `sluice__shop`.`shop__latest__h31` (`shop_id` int(11) NULL, `ds` date NULL, `one` int(1) NULL) DISTRIBUTED BY RANDOM;
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__latest__h31`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h33_2`;
CREATE TABLE `sluice__shop`.`sluice__h33_2` (`shop_id` int(11) NULL, `ds` date NULL, `one` int(1) NULL) DISTRIBUTED BY RANDOM;
INSERT INTO `sluice__shop`.`sluice__h33_2` (`shop_id`, `ds`, `one`) SELECT `shop_id`, `ds`, `one` FROM (SELECT shop_id, MAX(ds) AS ds, 1 AS one FROM `sluice__shop`.`shop__orders__h6` AS `orders` WHERE ds BETWEEN '2024-01-01' AND '2024-01-02' GROUP BY shop_id
) AS sluice_rows;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h34_2`;
ALTER TABLE `sluice__shop`.`shop__latest__h31` REPLACE WITH TABLE `sluice__h33_2`;
ALTER TABLE `sluice__shop`.`sluice__h33_2` RENAME `sluice__h34_2`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h34_2`;
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__latest__h31`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h35_2`;
CREATE OR REPLACE VIEW `sluice__shop`.`sluice__h36_p` AS SELECT sluice_rows.*, shop_id AS sluice_key_0 FROM (SELECT shop_id, MAX(ds) AS ds, 1 AS one FROM `sluice__shop`.`shop__orders__h6` AS `orders` WHERE ds BETWEEN '2024-01-03' AND '2024-01-03' GROUP BY shop_id
) AS sluice_rows;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__h36_p`;
DROP VIEW IF EXISTS `sluice__shop`.`sluice__h36_p`;
CREATE TABLE `sluice__shop`.`sluice__h35_2` (`shop_id` int(11) NULL, `ds` date NULL, `one` int(1) NULL, `sluice_key_0` int(11) NULL) DISTRIBUTED BY RANDOM;
INSERT INTO `sluice__shop`.`sluice__h35_2`
SELECT sluice_rows.*, shop_id AS sluice_key_0 FROM (SELECT shop_id, MAX(ds) AS ds, 1 AS one FROM `sluice__shop`.`shop__orders__h6` AS `orders` WHERE ds BETWEEN '2024-01-03' AND '2024-01-03' GROUP BY shop_id
) AS sluice_rows;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h33_2`;
CREATE TABLE `sluice__shop`.`sluice__h33_2` (`shop_id` int(11) NULL, `ds` date NULL, `one` int(1) NULL) DISTRIBUTED BY RANDOM;
INSERT INTO `sluice__shop`.`sluice__h33_2` (`shop_id`, `ds`, `one`) SELECT `shop_id`, `ds`, `one` FROM `sluice__shop`.`shop__latest__h31` WHERE CASE WHEN EXISTS (SELECT 1 FROM (SELECT DISTINCT sluice_key_0 FROM `sluice__shop`.`sluice__h35_2`) AS sluice_keys
     WHERE sluice_keys.sluice_key_0 <=> shop_id) THEN 1 ELSE 0 END = 0;
INSERT INTO `sluice__shop`.`sluice__h33_2` (`shop_id`, `ds`, `one`) SELECT `shop_id`, `ds`, `one` FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sluice_key_0 ORDER BY sluice_key_0) AS `sluice_number` FROM `sluice__shop`.`sluice__h35_2`) AS sluice_rows WHERE `sluice_number` = 1;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h34_2`;
ALTER TABLE `sluice__shop`.`shop__latest__h31` REPLACE WITH TABLE `sluice__h33_2`;
ALTER TABLE `sluice__shop`.`sluice__h33_2` RENAME `sluice__h34_2`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h34_2`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h35_2`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h37_2`;
CREATE OR REPLACE VIEW `sluice__shop`.`sluice__h38_p` AS SELECT shop_id, SUM(amount) * 2 AS amount FROM `sluice__shop`.`shop__orders__h6` AS `orders` GROUP BY shop_id;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__h38_p`;
DROP VIEW IF EXISTS `sluice__shop`.`sluice__h38_p`;
CREATE TABLE `sluice__shop`.`sluice__h37_2` (`shop_id` int(11) NULL, `amount` decimal(33,0) NULL) DISTRIBUTED BY RANDOM;
INSERT INTO `sluice__shop`.`sluice__h37_2`
SELECT shop_id, SUM(amount) * 2 AS amount FROM `sluice__shop`.`shop__orders__h6` AS `orders` GROUP BY shop_id;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h39_2`;
ALTER TABLE `sluice__shop`.`sluice__h37_2` RENAME `shop__totals__h40`;
CREATE OR REPLACE VIEW `sluice__shop`.`shop__best__h41` AS SELECT MAX(amount) AS amount FROM `sluice__shop`.`shop__totals__h40` AS `totals`;
CREATE DATABASE IF NOT EXISTS `shop`;
CREATE DATABASE IF NOT EXISTS `sluice`;
CREATE DATABASE IF NOT EXISTS `shop`;
CREATE DATABASE IF NOT EXISTS `sluice`;
CREATE OR REPLACE VIEW `shop`.`best` AS SELECT * FROM `sluice__shop`.`shop__best__h41`;
CREATE OR REPLACE VIEW `shop`.`latest` AS SELECT * FROM `sluice__shop`.`shop__latest__h31`;
CREATE OR REPLACE VIEW `shop`.`totals` AS SELECT * FROM `sluice__shop`.`shop__totals__h40`;
DROP VIEW IF EXISTS `shop`.`gone`;
CREATE OR REPLACE VIEW `sluice`.`sluice__pointer` AS SELECT 'plan' AS plan_id, 'digest' AS plan_digest, 2 AS environment_version, '2024-01-04 00:00:00' AS promoted_at;
