-- version 1;
CREATE DATABASE IF NOT EXISTS `sluice` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
SELECT GET_LOCK(?, 60) AS got;
CREATE TABLE IF NOT EXISTS `sluice`.`_versions` (`version` BIGINT NULL, `tool` VARCHAR(80) NULL);
SELECT MAX(version) AS version FROM `sluice`.`_versions`;
CREATE TABLE IF NOT EXISTS `sluice`.`_snapshots` (snapshot_key VARCHAR(320) NOT NULL, name VARCHAR(320) NOT NULL, identifier VARCHAR(80) NOT NULL,
         version VARCHAR(80) NOT NULL, dev_version VARCHAR(80) NOT NULL, forward_only INT NOT NULL,
         updated_at BIGINT NOT NULL, unpaused_at BIGINT, unrestorable INT NOT NULL,
         record LONGTEXT NOT NULL, model LONGTEXT NOT NULL, PRIMARY KEY (snapshot_key)) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS `sluice`.`_intervals` (id BIGINT NOT NULL AUTO_INCREMENT, KEY (id), version_key VARCHAR(320) NOT NULL, is_removed INT NOT NULL,
         interval_start BIGINT NOT NULL, interval_end BIGINT NOT NULL, PRIMARY KEY (version_key, id)) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS `sluice`.`_environments` (name VARCHAR(200) NOT NULL, version BIGINT NOT NULL, plan_id VARCHAR(80) NOT NULL, finalized_at BIGINT,
         expires_at BIGINT, record LONGTEXT NOT NULL, PRIMARY KEY (name, version)) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS `sluice`.`_ledger` (plan_id VARCHAR(80) NOT NULL, digest VARCHAR(80) NOT NULL, work VARCHAR(80) NOT NULL,
         environment VARCHAR(200) NOT NULL, status VARCHAR(20) NOT NULL, owner LONGTEXT NOT NULL,
         started_at BIGINT NOT NULL, finished_at BIGINT, environment_version BIGINT, execution_time BIGINT NOT NULL,
         outcome LONGTEXT, plan LONGTEXT, PRIMARY KEY (plan_id)) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS `sluice`.`_journal` (id BIGINT NOT NULL AUTO_INCREMENT, KEY (id), plan_id VARCHAR(80) NOT NULL, step LONGTEXT NOT NULL, status VARCHAR(20) NOT NULL,
         recorded_at BIGINT NOT NULL, PRIMARY KEY (plan_id, id)) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS `sluice`.`_locks` (environment VARCHAR(200) NOT NULL, token BIGINT NOT NULL, owner LONGTEXT, holder VARCHAR(320),
         heartbeat_at BIGINT NOT NULL, PRIMARY KEY (environment)) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS `sluice`.`_lock_queue` (environment VARCHAR(200) NOT NULL, waiter VARCHAR(320) NOT NULL, arrived_at BIGINT NOT NULL,
         heartbeat_at BIGINT NOT NULL, PRIMARY KEY (environment, waiter)) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS `sluice`.`_breakers` (id BIGINT NOT NULL AUTO_INCREMENT, KEY (id), is_open INT NOT NULL, reason LONGTEXT NOT NULL, who LONGTEXT NOT NULL, recorded_at BIGINT NOT NULL, PRIMARY KEY (id)) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
INSERT IGNORE INTO `sluice`.`_locks` (environment, token, owner, holder, heartbeat_at) VALUES ('…', 0, NULL, NULL, 0);
INSERT INTO `sluice`.`_versions` (version, tool) VALUES (1, '…');
CREATE TABLE IF NOT EXISTS `sluice`.`_shapes` (object VARCHAR(320) NOT NULL, engine VARCHAR(200) NOT NULL, digest VARCHAR(80) NOT NULL,
         columns LONGTEXT, PRIMARY KEY (object)) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
INSERT INTO `sluice`.`_versions` (version, tool) VALUES (2, '…');
COMMIT;
SELECT RELEASE_LOCK(?);
SELECT version, tool FROM `sluice`.`_versions` ORDER BY version DESC;
SELECT GET_LOCK(?, 0) AS got;
INSERT INTO `sluice`.`_lock_queue` (environment, waiter, arrived_at, heartbeat_at) VALUES (?, ?, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED), CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED));
UPDATE `sluice`.`_locks` SET heartbeat_at = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) WHERE environment = '…';
UPDATE `sluice`.`_lock_queue` SET heartbeat_at = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) WHERE waiter = ?;
SELECT environment, token, owner, holder, heartbeat_at FROM `sluice`.`_locks`;
SELECT waiter, heartbeat_at FROM `sluice`.`_lock_queue` WHERE environment = ? ORDER BY arrived_at, waiter;
INSERT INTO `sluice`.`_locks` (environment, token, heartbeat_at) VALUES (?, 0, 0);
UPDATE `sluice`.`_locks` SET token = ?, owner = ?, holder = ?,
     heartbeat_at = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) WHERE environment = ?;
DELETE FROM `sluice`.`_lock_queue` WHERE waiter = ?;
COMMIT;
SELECT environment, token, owner, holder, heartbeat_at FROM `sluice`.`_locks`;
SELECT plan_id FROM `sluice`.`sluice__pointer`;
SELECT e.record FROM `sluice`.`_environments` e JOIN (SELECT name, MAX(version) AS version FROM `sluice`.`_environments` GROUP BY name) m
       ON e.name = m.name AND e.version = m.version;
SELECT plan_id, digest, work, environment, status, owner, started_at, finished_at, environment_version, execution_time, outcome FROM `sluice`.`_ledger` WHERE plan_id = ?;
DELETE FROM `sluice`.`_ledger` WHERE plan_id = ?;
INSERT INTO `sluice`.`_ledger` (`plan_id`, `digest`, `work`, `environment`, `status`, `owner`, `started_at`, `finished_at`, `environment_version`, `execution_time`, `outcome`, `plan`) VALUES ('…', '…', '…', '…', '…', '…', …, NULL, NULL, …, NULL, '…');
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
COMMIT;
SELECT e.record FROM `sluice`.`_environments` e JOIN (SELECT name, MAX(version) AS version FROM `sluice`.`_environments` GROUP BY name) m
       ON e.name = m.name AND e.version = m.version;
SELECT snapshot_key FROM `sluice`.`_snapshots` WHERE snapshot_key IN ('…', '…', '…', '…', '…', '…', '…') ;
INSERT INTO `sluice`.`_snapshots` (`snapshot_key`, `name`, `identifier`, `version`, `dev_version`, `forward_only`, `updated_at`, `unpaused_at`, `unrestorable`, `record`, `model`) VALUES ('…', '…', '…', '…', '…', 0, …, NULL, 0, '…', '…'), ('…', '…', '…', '…', '…', 0, …, NULL, 0, '…', '…'), ('…', '…', '…', '…', '…', 0, …, NULL, 0, '…', '…'), ('…', '…', '…', '…', '…', 0, …, NULL, 0, '…', '…'), ('…', '…', '…', '…', '…', 0, …, NULL, 0, '…', '…'), ('…', '…', '…', '…', '…', 0, …, NULL, 0, '…', '…'), ('…', '…', '…', '…', '…', 0, …, NULL, 0, '…', '…');
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
COMMIT;
SELECT plan_id, step, status, recorded_at FROM `sluice`.`_journal` WHERE plan_id = ? ORDER BY id;
SELECT version_key, is_removed, interval_start, interval_end FROM `sluice`.`_intervals` WHERE version_key IN ('…', '…', '…', '…', '…', '…', '…', '…', '…', '…', '…', '…', '…', '…') ORDER BY id;
DELETE FROM `sluice`.`_shapes` WHERE object IN ('…', '…', '…', '…', '…', '…', '…');
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
COMMIT;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
INSERT INTO `sluice`.`_journal` (`plan_id`, `step`, `status`, `recorded_at`) VALUES ('…', '…', '…', …);
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
COMMIT;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
CREATE DATABASE IF NOT EXISTS `sluice__shop` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
CREATE TEMPORARY TABLE `sluice__shop`.`sluice__probe` AS SELECT * FROM (SELECT 1 AS n
) AS sluice_rows LIMIT 0;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__probe`;
DROP TEMPORARY TABLE `sluice__shop`.`sluice__probe`;
CREATE TABLE `sluice__shop`.`sluice__h1_1` (`n` int(1) NULL);
INSERT INTO `sluice__shop`.`sluice__h1_1`
SELECT 1 AS n;
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ?;
RENAME TABLE `sluice__shop`.`sluice__h1_1` TO `sluice__shop`.`shop__gone__h2`;
INSERT INTO `sluice`.`_intervals` (`version_key`, `is_removed`, `interval_start`, `interval_end`) VALUES ('…', 0, …, …);
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
COMMIT;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
CREATE TEMPORARY TABLE `sluice__shop`.`sluice__probe` AS SELECT * FROM (SELECT id, shop_id, amount, ds FROM raw.orders WHERE ds BETWEEN '1970-01-01' AND '1970-01-01'
) AS sluice_rows LIMIT 0;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__probe`;
DROP TEMPORARY TABLE `sluice__shop`.`sluice__probe`;
CREATE TABLE IF NOT EXISTS `sluice__shop`.`shop__orders__h3` (`id` int(11) NULL, `shop_id` int(11) NULL, `amount` int(11) NULL, `ds` date NULL);
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__orders__h3`;
DELETE FROM `sluice__shop`.`shop__orders__h3` WHERE `ds` BETWEEN CAST('2024-01-01' AS DATE) AND CAST('2024-01-03' AS DATE);
INSERT INTO `sluice__shop`.`shop__orders__h3` (`id`, `shop_id`, `amount`, `ds`) SELECT `id`, `shop_id`, `amount`, `ds` FROM (SELECT id, shop_id, amount, ds FROM raw.orders WHERE ds BETWEEN '2024-01-01' AND '2024-01-03'
) AS sluice_rows WHERE `ds` BETWEEN CAST('2024-01-01' AS DATE) AND CAST('2024-01-03' AS DATE);
SELECT COUNT(*) AS bad_rows FROM (SELECT * FROM (SELECT * FROM `sluice__shop`.`shop__orders__h3` WHERE `ds` BETWEEN '2024-01-01' AND '2024-01-03') AS audited WHERE (id IS NULL) AND (TRUE)
) AS audit;
INSERT INTO `sluice`.`_intervals` (`version_key`, `is_removed`, `interval_start`, `interval_end`) VALUES ('…', 0, …, …);
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
COMMIT;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h4_1`;
CREATE TABLE `sluice__shop`.`sluice__h4_1` (`id` INT NULL, `name` VARCHAR(9) NULL);
INSERT INTO `sluice__shop`.`sluice__h4_1` (`id`, `name`) VALUES ('1', 'one'), ('2', 'two');
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ?;
RENAME TABLE `sluice__shop`.`sluice__h4_1` TO `sluice__shop`.`shop__shops__h5`;
INSERT INTO `sluice`.`_intervals` (`version_key`, `is_removed`, `interval_start`, `interval_end`) VALUES ('…', 0, …, …);
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
COMMIT;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__history__h6`;
CREATE TEMPORARY TABLE `sluice__shop`.`sluice__probe` AS SELECT * FROM (SELECT id, name FROM `sluice__shop`.`shop__shops__h5` AS `shops`
) AS sluice_rows LIMIT 0;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__probe`;
DROP TEMPORARY TABLE `sluice__shop`.`sluice__probe`;
CREATE TABLE IF NOT EXISTS `sluice__shop`.`shop__history__h6` (`id` int(11) NULL, `name` varchar(9) COLLATE latin1_swedish_ci NULL, `valid_from` DATETIME(6) NULL, `valid_to` DATETIME(6) NULL);
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__history__h6`;
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__history__h6`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h7_1`;
CREATE TEMPORARY TABLE `sluice__shop`.`sluice__probe` AS SELECT * FROM (SELECT sluice_rows.*, id AS sluice_key_0 FROM (SELECT id, name FROM `sluice__shop`.`shop__shops__h5` AS `shops`
) AS sluice_rows
) AS sluice_rows LIMIT 0;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__probe`;
DROP TEMPORARY TABLE `sluice__shop`.`sluice__probe`;
CREATE TABLE `sluice__shop`.`sluice__h7_1` (`id` int(11) NULL, `name` varchar(9) COLLATE latin1_swedish_ci NULL, `sluice_key_0` int(11) NULL);
INSERT INTO `sluice__shop`.`sluice__h7_1`
SELECT sluice_rows.*, id AS sluice_key_0 FROM (SELECT id, name FROM `sluice__shop`.`shop__shops__h5` AS `shops`
) AS sluice_rows;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h8_1`;
CREATE TEMPORARY TABLE `sluice__shop`.`sluice__probe` AS SELECT * FROM (WITH source AS (
  SELECT * FROM (SELECT q.*, 1 AS sluice_here, ROW_NUMBER() OVER (PARTITION BY sluice_key_0 ORDER BY sluice_key_0) AS sluice_number
    FROM `sluice__shop`.`sluice__h7_1` AS q) AS numbered WHERE sluice_number = 1
), latest AS (SELECT t.*, id AS sluice_key_0 FROM `sluice__shop`.`shop__history__h6` AS t WHERE `valid_to` IS NULL AND 1 = 0
), closed AS (SELECT t.*, id AS sluice_key_0 FROM `sluice__shop`.`shop__history__h6` AS t WHERE `valid_to` IS NOT NULL AND 1 = 0
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
WHERE NOT EXISTS (SELECT 1 FROM latest AS l WHERE l.sluice_key_0 <=> s.sluice_key_0)
) AS sluice_rows LIMIT 0;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__probe`;
DROP TEMPORARY TABLE `sluice__shop`.`sluice__probe`;
CREATE TABLE `sluice__shop`.`sluice__h8_1` (`id` int(11) NULL, `name` varchar(9) COLLATE latin1_swedish_ci NULL, `valid_from` datetime(6) NULL, `valid_to` datetime(6) NULL);
INSERT INTO `sluice__shop`.`sluice__h8_1`
WITH source AS (
  SELECT * FROM (SELECT q.*, 1 AS sluice_here, ROW_NUMBER() OVER (PARTITION BY sluice_key_0 ORDER BY sluice_key_0) AS sluice_number
    FROM `sluice__shop`.`sluice__h7_1` AS q) AS numbered WHERE sluice_number = 1
), latest AS (SELECT t.*, id AS sluice_key_0 FROM `sluice__shop`.`shop__history__h6` AS t WHERE `valid_to` IS NULL AND 1 = 0
), closed AS (SELECT t.*, id AS sluice_key_0 FROM `sluice__shop`.`shop__history__h6` AS t WHERE `valid_to` IS NOT NULL AND 1 = 0
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
DELETE FROM `sluice__shop`.`shop__history__h6`;
INSERT INTO `sluice__shop`.`shop__history__h6` (`id`, `name`, `valid_from`, `valid_to`) SELECT `id`, `name`, `valid_from`, `valid_to` FROM `sluice__shop`.`sluice__h8_1`;
INSERT INTO `sluice`.`_intervals` (`version_key`, `is_removed`, `interval_start`, `interval_end`) VALUES ('…', 0, …, …);
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
COMMIT;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h7_1`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h8_1`;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__latest__h9`;
CREATE TEMPORARY TABLE `sluice__shop`.`sluice__probe` AS SELECT * FROM (SELECT shop_id, MAX(ds) AS ds FROM `sluice__shop`.`shop__orders__h3` AS `orders` WHERE ds BETWEEN '2024-01-01' AND '2024-01-02' GROUP BY shop_id
) AS sluice_rows LIMIT 0;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__probe`;
DROP TEMPORARY TABLE `sluice__shop`.`sluice__probe`;
CREATE TABLE IF NOT EXISTS `sluice__shop`.`shop__latest__h9` (`shop_id` int(11) NULL, `ds` date NULL);
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__latest__h9`;
DELETE FROM `sluice__shop`.`shop__latest__h9`;
INSERT INTO `sluice__shop`.`shop__latest__h9` (`shop_id`, `ds`) SELECT `shop_id`, `ds` FROM (SELECT shop_id, MAX(ds) AS ds FROM `sluice__shop`.`shop__orders__h3` AS `orders` WHERE ds BETWEEN '2024-01-01' AND '2024-01-02' GROUP BY shop_id
) AS sluice_rows;
INSERT INTO `sluice`.`_intervals` (`version_key`, `is_removed`, `interval_start`, `interval_end`) VALUES ('…', 1, 0, …);
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
INSERT INTO `sluice`.`_intervals` (`version_key`, `is_removed`, `interval_start`, `interval_end`) VALUES ('…', 0, …, …);
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
COMMIT;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__latest__h9`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h10_1`;
CREATE TEMPORARY TABLE `sluice__shop`.`sluice__probe` AS SELECT * FROM (SELECT sluice_rows.*, shop_id AS sluice_key_0 FROM (SELECT shop_id, MAX(ds) AS ds FROM `sluice__shop`.`shop__orders__h3` AS `orders` WHERE ds BETWEEN '2024-01-03' AND '2024-01-03' GROUP BY shop_id
) AS sluice_rows
) AS sluice_rows LIMIT 0;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__probe`;
DROP TEMPORARY TABLE `sluice__shop`.`sluice__probe`;
CREATE TABLE `sluice__shop`.`sluice__h10_1` (`shop_id` int(11) NULL, `ds` date NULL, `sluice_key_0` int(11) NULL);
INSERT INTO `sluice__shop`.`sluice__h10_1`
SELECT sluice_rows.*, shop_id AS sluice_key_0 FROM (SELECT shop_id, MAX(ds) AS ds FROM `sluice__shop`.`shop__orders__h3` AS `orders` WHERE ds BETWEEN '2024-01-03' AND '2024-01-03' GROUP BY shop_id
) AS sluice_rows;
DELETE FROM `sluice__shop`.`shop__latest__h9` WHERE EXISTS (SELECT 1 FROM (SELECT DISTINCT sluice_key_0 FROM `sluice__shop`.`sluice__h10_1`) AS sluice_keys
     WHERE sluice_keys.sluice_key_0 <=> shop_id);
INSERT INTO `sluice__shop`.`shop__latest__h9` (`shop_id`, `ds`) SELECT `shop_id`, `ds` FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sluice_key_0 ORDER BY sluice_key_0) AS `sluice_number` FROM `sluice__shop`.`sluice__h10_1`) AS sluice_rows WHERE `sluice_number` = 1;
INSERT INTO `sluice`.`_intervals` (`version_key`, `is_removed`, `interval_start`, `interval_end`) VALUES ('…', 0, …, …);
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
COMMIT;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h10_1`;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
CREATE TEMPORARY TABLE `sluice__shop`.`sluice__probe` AS SELECT * FROM (SELECT shop_id, SUM(amount) AS amount FROM `sluice__shop`.`shop__orders__h3` AS `orders` GROUP BY shop_id
) AS sluice_rows LIMIT 0;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__probe`;
DROP TEMPORARY TABLE `sluice__shop`.`sluice__probe`;
CREATE TABLE `sluice__shop`.`sluice__h11_1` (`shop_id` int(11) NULL, `amount` decimal(32,0) NULL);
INSERT INTO `sluice__shop`.`sluice__h11_1`
SELECT shop_id, SUM(amount) AS amount FROM `sluice__shop`.`shop__orders__h3` AS `orders` GROUP BY shop_id;
ALTER TABLE `sluice__shop`.`sluice__h11_1` COMMENT = 'what came in';
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ?;
RENAME TABLE `sluice__shop`.`sluice__h11_1` TO `sluice__shop`.`shop__totals__h12`;
INSERT INTO `sluice`.`_intervals` (`version_key`, `is_removed`, `interval_start`, `interval_end`) VALUES ('…', 0, …, …);
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
COMMIT;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
CREATE OR REPLACE VIEW `sluice__shop`.`shop__best__h13` AS SELECT MAX(amount) AS amount FROM `sluice__shop`.`shop__totals__h12` AS `totals`;
INSERT INTO `sluice`.`_intervals` (`version_key`, `is_removed`, `interval_start`, `interval_end`) VALUES ('…', 0, …, …);
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
COMMIT;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
CREATE DATABASE IF NOT EXISTS `shop` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
CREATE DATABASE IF NOT EXISTS `sluice` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
CREATE OR REPLACE VIEW `shop`.`sluice__h14_1` AS SELECT * FROM `sluice__shop`.`shop__totals__h12`;
CREATE OR REPLACE VIEW `shop`.`sluice__h15_1` AS SELECT * FROM `sluice__shop`.`shop__shops__h5`;
CREATE OR REPLACE VIEW `shop`.`sluice__h16_1` AS SELECT * FROM `sluice__shop`.`shop__orders__h3`;
CREATE OR REPLACE VIEW `shop`.`sluice__h17_1` AS SELECT * FROM `sluice__shop`.`shop__latest__h9`;
CREATE OR REPLACE VIEW `shop`.`sluice__h18_1` AS SELECT * FROM `sluice__shop`.`shop__history__h6`;
CREATE OR REPLACE VIEW `shop`.`sluice__h19_1` AS SELECT * FROM `sluice__shop`.`shop__gone__h2`;
CREATE OR REPLACE VIEW `shop`.`sluice__h20_1` AS SELECT * FROM `sluice__shop`.`shop__best__h13`;
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
SELECT plan_id FROM `sluice`.`sluice__pointer`;
CREATE OR REPLACE VIEW `sluice`.`sluice__h21_1` AS SELECT 'plan' AS plan_id, 'digest' AS plan_digest, 1 AS environment_version, '2024-01-04 00:00:00' AS promoted_at;
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ?;
SELECT e.record FROM `sluice`.`_environments` e JOIN (SELECT name, MAX(version) AS version FROM `sluice`.`_environments` GROUP BY name) m
       ON e.name = m.name AND e.version = m.version;
RENAME TABLE `shop`.`sluice__h20_1` TO `shop`.`best`, `shop`.`sluice__h19_1` TO `shop`.`gone`, `shop`.`sluice__h18_1` TO `shop`.`history`, `shop`.`sluice__h17_1` TO `shop`.`latest`, `shop`.`sluice__h16_1` TO `shop`.`orders`, `shop`.`sluice__h15_1` TO `shop`.`shops`, `shop`.`sluice__h14_1` TO `shop`.`totals`, `sluice`.`sluice__h21_1` TO `sluice`.`sluice__pointer`;
DELETE FROM `sluice`.`_environments` WHERE name = ? AND version = ?;
INSERT INTO `sluice`.`_environments` (`name`, `version`, `plan_id`, `finalized_at`, `expires_at`, `record`) VALUES ('…', 1, '…', NULL, NULL, '…');
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
UPDATE `sluice`.`_snapshots` SET unpaused_at = NULL, updated_at = … WHERE name IN ('…', '…', '…', '…', '…', '…', '…') AND snapshot_key NOT IN ('…', '…', '…', '…', '…', '…', '…') AND unpaused_at IS NOT NULL;
UPDATE `sluice`.`_snapshots` SET unpaused_at = …, updated_at = … WHERE snapshot_key IN ('…', '…', '…', '…', '…', '…', '…');
UPDATE `sluice`.`_snapshots` SET unrestorable = 1 WHERE forward_only <> 0 AND snapshot_key NOT IN ('…', '…', '…', '…', '…', '…', '…')
           AND CONCAT(name, '…', version) IN ('…', '…', '…', '…', '…', '…', '…');
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
COMMIT;
DROP VIEW IF EXISTS `shop`.`sluice__h22_1`, `shop`.`sluice__h20_1`, `shop`.`sluice__h23_1`, `shop`.`sluice__h19_1`, `shop`.`sluice__h24_1`, `shop`.`sluice__h18_1`, `shop`.`sluice__h25_1`, `shop`.`sluice__h17_1`, `shop`.`sluice__h26_1`, `shop`.`sluice__h16_1`, `shop`.`sluice__h27_1`, `shop`.`sluice__h15_1`, `shop`.`sluice__h28_1`, `shop`.`sluice__h14_1`, `sluice`.`sluice__h29_1`, `sluice`.`sluice__h21_1`;
DELETE FROM `sluice`.`_environments` WHERE name = ? AND version = ?;
INSERT INTO `sluice`.`_environments` (`name`, `version`, `plan_id`, `finalized_at`, `expires_at`, `record`) VALUES ('…', 1, '…', …, NULL, '…');
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
DELETE FROM `sluice`.`_shapes` WHERE object IN ('…', '…', '…', '…', '…', '…', '…');
INSERT INTO `sluice`.`_shapes` (`object`, `engine`, `digest`, `columns`) VALUES ('…', '…', '…', '…'), ('…', '…', '…', '…'), ('…', '…', '…', '…'), ('…', '…', '…', '…'), ('…', '…', '…', '…'), ('…', '…', '…', '…'), ('…', '…', '…', NULL);
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
COMMIT;
SELECT plan_id FROM `sluice`.`_ledger` WHERE plan_id = ?;
UPDATE `sluice`.`_ledger` SET plan_id = ?, digest = ?, work = ?, environment = ?, status = ?, owner = ?, started_at = ?, finished_at = ?, environment_version = ?, execution_time = ?, outcome = ? WHERE plan_id = ?;
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
COMMIT;
UPDATE `sluice`.`_locks` SET owner = NULL, holder = NULL WHERE environment = ? AND token = ?;
COMMIT;
SELECT RELEASE_LOCK(?);
SELECT version, tool FROM `sluice`.`_versions` ORDER BY version DESC;
-- version 2;
SELECT version, tool FROM `sluice`.`_versions` ORDER BY version DESC;
SELECT GET_LOCK(?, 0) AS got;
INSERT INTO `sluice`.`_lock_queue` (environment, waiter, arrived_at, heartbeat_at) VALUES (?, ?, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED), CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED));
UPDATE `sluice`.`_locks` SET heartbeat_at = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) WHERE environment = '…';
UPDATE `sluice`.`_lock_queue` SET heartbeat_at = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) WHERE waiter = ?;
SELECT environment, token, owner, holder, heartbeat_at FROM `sluice`.`_locks`;
SELECT waiter, heartbeat_at FROM `sluice`.`_lock_queue` WHERE environment = ? ORDER BY arrived_at, waiter;
UPDATE `sluice`.`_locks` SET token = ?, owner = ?, holder = ?,
     heartbeat_at = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) WHERE environment = ?;
DELETE FROM `sluice`.`_lock_queue` WHERE waiter = ?;
COMMIT;
SELECT environment, token, owner, holder, heartbeat_at FROM `sluice`.`_locks`;
SELECT plan_id FROM `sluice`.`sluice__pointer`;
SELECT e.record FROM `sluice`.`_environments` e JOIN (SELECT name, MAX(version) AS version FROM `sluice`.`_environments` GROUP BY name) m
       ON e.name = m.name AND e.version = m.version;
SELECT e.record FROM `sluice`.`_environments` e JOIN (SELECT name, MAX(version) AS version FROM `sluice`.`_environments` GROUP BY name) m
       ON e.name = m.name AND e.version = m.version;
SELECT plan_id, digest, work, environment, status, owner, started_at, finished_at, environment_version, execution_time, outcome FROM `sluice`.`_ledger` WHERE plan_id = ?;
DELETE FROM `sluice`.`_ledger` WHERE plan_id = ?;
INSERT INTO `sluice`.`_ledger` (`plan_id`, `digest`, `work`, `environment`, `status`, `owner`, `started_at`, `finished_at`, `environment_version`, `execution_time`, `outcome`, `plan`) VALUES ('…', '…', '…', '…', '…', '…', …, NULL, NULL, …, NULL, '…');
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
COMMIT;
SELECT e.record FROM `sluice`.`_environments` e JOIN (SELECT name, MAX(version) AS version FROM `sluice`.`_environments` GROUP BY name) m
       ON e.name = m.name AND e.version = m.version;
SELECT snapshot_key FROM `sluice`.`_snapshots` WHERE snapshot_key IN ('…', '…', '…') ;
INSERT INTO `sluice`.`_snapshots` (`snapshot_key`, `name`, `identifier`, `version`, `dev_version`, `forward_only`, `updated_at`, `unpaused_at`, `unrestorable`, `record`, `model`) VALUES ('…', '…', '…', '…', '…', 0, …, NULL, 0, '…', '…'), ('…', '…', '…', '…', '…', 0, …, NULL, 0, '…', '…'), ('…', '…', '…', '…', '…', 0, …, NULL, 0, '…', '…');
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
COMMIT;
SELECT record, updated_at, unpaused_at, unrestorable FROM `sluice`.`_snapshots` WHERE snapshot_key IN ('…', '…', '…') ;
SELECT plan_id, step, status, recorded_at FROM `sluice`.`_journal` WHERE plan_id = ? ORDER BY id;
SELECT version_key, is_removed, interval_start, interval_end FROM `sluice`.`_intervals` WHERE version_key IN ('…', '…', '…', '…', '…', '…') ORDER BY id;
DELETE FROM `sluice`.`_shapes` WHERE object IN ('…', '…', '…');
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
COMMIT;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
CREATE DATABASE IF NOT EXISTS `sluice__shop` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__latest__h30`;
CREATE TEMPORARY TABLE `sluice__shop`.`sluice__probe` AS SELECT * FROM (SELECT shop_id, MAX(ds) AS ds, 1 AS one FROM `sluice__shop`.`shop__orders__h3` AS `orders` WHERE ds BETWEEN '2024-01-01' AND '2024-01-02' GROUP BY shop_id
) AS sluice_rows LIMIT 0;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__probe`;
DROP TEMPORARY TABLE `sluice__shop`.`sluice__probe`;
CREATE TABLE IF NOT EXISTS `sluice__shop`.`shop__latest__h30` (`shop_id` int(11) NULL, `ds` date NULL, `one` int(1) NULL);
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__latest__h30`;
DELETE FROM `sluice__shop`.`shop__latest__h30`;
INSERT INTO `sluice__shop`.`shop__latest__h30` (`shop_id`, `ds`, `one`) SELECT `shop_id`, `ds`, `one` FROM (SELECT shop_id, MAX(ds) AS ds, 1 AS one FROM `sluice__shop`.`shop__orders__h3` AS `orders` WHERE ds BETWEEN '2024-01-01' AND '2024-01-02' GROUP BY shop_id
) AS sluice_rows;
INSERT INTO `sluice`.`_intervals` (`version_key`, `is_removed`, `interval_start`, `interval_end`) VALUES ('…', 1, 0, …);
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
INSERT INTO `sluice`.`_intervals` (`version_key`, `is_removed`, `interval_start`, `interval_end`) VALUES ('…', 0, …, …);
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
COMMIT;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
SHOW FULL COLUMNS FROM `sluice__shop`.`shop__latest__h30`;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h31_2`;
CREATE TEMPORARY TABLE `sluice__shop`.`sluice__probe` AS SELECT * FROM (SELECT sluice_rows.*, shop_id AS sluice_key_0 FROM (SELECT shop_id, MAX(ds) AS ds, 1 AS one FROM `sluice__shop`.`shop__orders__h3` AS `orders` WHERE ds BETWEEN '2024-01-03' AND '2024-01-03' GROUP BY shop_id
) AS sluice_rows
) AS sluice_rows LIMIT 0;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__probe`;
DROP TEMPORARY TABLE `sluice__shop`.`sluice__probe`;
CREATE TABLE `sluice__shop`.`sluice__h31_2` (`shop_id` int(11) NULL, `ds` date NULL, `one` int(1) NULL, `sluice_key_0` int(11) NULL);
INSERT INTO `sluice__shop`.`sluice__h31_2`
SELECT sluice_rows.*, shop_id AS sluice_key_0 FROM (SELECT shop_id, MAX(ds) AS ds, 1 AS one FROM `sluice__shop`.`shop__orders__h3` AS `orders` WHERE ds BETWEEN '2024-01-03' AND '2024-01-03' GROUP BY shop_id
) AS sluice_rows;
DELETE FROM `sluice__shop`.`shop__latest__h30` WHERE EXISTS (SELECT 1 FROM (SELECT DISTINCT sluice_key_0 FROM `sluice__shop`.`sluice__h31_2`) AS sluice_keys
     WHERE sluice_keys.sluice_key_0 <=> shop_id);
INSERT INTO `sluice__shop`.`shop__latest__h30` (`shop_id`, `ds`, `one`) SELECT `shop_id`, `ds`, `one` FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sluice_key_0 ORDER BY sluice_key_0) AS `sluice_number` FROM `sluice__shop`.`sluice__h31_2`) AS sluice_rows WHERE `sluice_number` = 1;
INSERT INTO `sluice`.`_intervals` (`version_key`, `is_removed`, `interval_start`, `interval_end`) VALUES ('…', 0, …, …);
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
COMMIT;
DROP TABLE IF EXISTS `sluice__shop`.`sluice__h31_2`;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
CREATE TEMPORARY TABLE `sluice__shop`.`sluice__probe` AS SELECT * FROM (SELECT shop_id, SUM(amount) * 2 AS amount FROM `sluice__shop`.`shop__orders__h3` AS `orders` GROUP BY shop_id
) AS sluice_rows LIMIT 0;
SHOW FULL COLUMNS FROM `sluice__shop`.`sluice__probe`;
DROP TEMPORARY TABLE `sluice__shop`.`sluice__probe`;
CREATE TABLE `sluice__shop`.`sluice__h32_2` (`shop_id` int(11) NULL, `amount` decimal(33,0) NULL);
INSERT INTO `sluice__shop`.`sluice__h32_2`
SELECT shop_id, SUM(amount) * 2 AS amount FROM `sluice__shop`.`shop__orders__h3` AS `orders` GROUP BY shop_id;
ALTER TABLE `sluice__shop`.`sluice__h32_2` COMMENT = 'what came in';
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ?;
RENAME TABLE `sluice__shop`.`sluice__h32_2` TO `sluice__shop`.`shop__totals__h33`;
INSERT INTO `sluice`.`_intervals` (`version_key`, `is_removed`, `interval_start`, `interval_end`) VALUES ('…', 0, …, …);
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
COMMIT;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
CREATE OR REPLACE VIEW `sluice__shop`.`shop__best__h34` AS SELECT MAX(amount) AS amount FROM `sluice__shop`.`shop__totals__h33` AS `totals`;
INSERT INTO `sluice`.`_intervals` (`version_key`, `is_removed`, `interval_start`, `interval_end`) VALUES ('…', 0, …, …);
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
COMMIT;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
CREATE DATABASE IF NOT EXISTS `shop` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
CREATE DATABASE IF NOT EXISTS `sluice` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
CREATE OR REPLACE VIEW `shop`.`sluice__h14_2` AS SELECT * FROM `sluice__shop`.`shop__totals__h33`;
CREATE OR REPLACE VIEW `shop`.`sluice__h17_2` AS SELECT * FROM `sluice__shop`.`shop__latest__h30`;
CREATE OR REPLACE VIEW `shop`.`sluice__h20_2` AS SELECT * FROM `sluice__shop`.`shop__best__h34`;
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
SELECT is_open, reason, who, recorded_at FROM `sluice`.`_breakers` ORDER BY id DESC LIMIT 1;
SELECT plan_id FROM `sluice`.`sluice__pointer`;
CREATE OR REPLACE VIEW `sluice`.`sluice__h21_2` AS SELECT 'plan' AS plan_id, 'digest' AS plan_digest, 2 AS environment_version, '2024-01-04 00:00:00' AS promoted_at;
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ?;
SELECT e.record FROM `sluice`.`_environments` e JOIN (SELECT name, MAX(version) AS version FROM `sluice`.`_environments` GROUP BY name) m
       ON e.name = m.name AND e.version = m.version;
RENAME TABLE `shop`.`best` TO `shop`.`sluice__h22_2`, `shop`.`latest` TO `shop`.`sluice__h25_2`, `shop`.`totals` TO `shop`.`sluice__h28_2`, `shop`.`gone` TO `shop`.`sluice__h23_2`, `sluice`.`sluice__pointer` TO `sluice`.`sluice__h29_2`, `shop`.`sluice__h20_2` TO `shop`.`best`, `shop`.`sluice__h17_2` TO `shop`.`latest`, `shop`.`sluice__h14_2` TO `shop`.`totals`, `sluice`.`sluice__h21_2` TO `sluice`.`sluice__pointer`;
DELETE FROM `sluice`.`_environments` WHERE name = ? AND version = ?;
INSERT INTO `sluice`.`_environments` (`name`, `version`, `plan_id`, `finalized_at`, `expires_at`, `record`) VALUES ('…', 2, '…', NULL, NULL, '…');
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
UPDATE `sluice`.`_snapshots` SET unpaused_at = NULL, updated_at = … WHERE name IN ('…', '…', '…') AND snapshot_key NOT IN ('…', '…', '…') AND unpaused_at IS NOT NULL;
UPDATE `sluice`.`_snapshots` SET unpaused_at = …, updated_at = … WHERE snapshot_key IN ('…', '…', '…');
UPDATE `sluice`.`_snapshots` SET unrestorable = 1 WHERE forward_only <> 0 AND snapshot_key NOT IN ('…', '…', '…')
           AND CONCAT(name, '…', version) IN ('…', '…', '…');
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
UPDATE `sluice`.`_snapshots` SET updated_at = … WHERE snapshot_key IN ('…', '…', '…', '…');
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
COMMIT;
DROP VIEW IF EXISTS `shop`.`sluice__h22_2`, `shop`.`sluice__h20_2`, `shop`.`sluice__h25_2`, `shop`.`sluice__h17_2`, `shop`.`sluice__h28_2`, `shop`.`sluice__h14_2`, `shop`.`sluice__h23_2`, `shop`.`sluice__h19_2`, `sluice`.`sluice__h29_2`, `sluice`.`sluice__h21_2`;
DELETE FROM `sluice`.`_environments` WHERE name = ? AND version = ?;
INSERT INTO `sluice`.`_environments` (`name`, `version`, `plan_id`, `finalized_at`, `expires_at`, `record`) VALUES ('…', 2, '…', …, NULL, '…');
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
DELETE FROM `sluice`.`_shapes` WHERE object IN ('…', '…', '…');
INSERT INTO `sluice`.`_shapes` (`object`, `engine`, `digest`, `columns`) VALUES ('…', '…', '…', '…'), ('…', '…', '…', '…'), ('…', '…', '…', NULL);
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
INSERT INTO `sluice`.`_journal` (plan_id, step, status, recorded_at)
      SELECT ?, ?, ?, ? FROM `sluice`.`_locks` WHERE environment = ? AND token = ? LOCK IN SHARE MODE;
COMMIT;
SELECT plan_id FROM `sluice`.`_ledger` WHERE plan_id = ?;
UPDATE `sluice`.`_ledger` SET plan_id = ?, digest = ?, work = ?, environment = ?, status = ?, owner = ?, started_at = ?, finished_at = ?, environment_version = ?, execution_time = ?, outcome = ? WHERE plan_id = ?;
SELECT token, owner FROM `sluice`.`_locks` WHERE environment = ? LOCK IN SHARE MODE;
COMMIT;
UPDATE `sluice`.`_locks` SET owner = NULL, holder = NULL WHERE environment = ? AND token = ?;
COMMIT;
SELECT RELEASE_LOCK(?);
