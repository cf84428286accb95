-- The kit: what the cleanups of this database have in common. Version 4. Installed once, after 10-support-tables.sql.
-- The same file for MySQL and MariaDB.
--
-- A cleanup calls, in this order
--   CLEANUP_BEGIN     one run at a time; a crashed predecessor; does the schema fit?; the session's settings; the log
--   CLEANUP_PRUNE     copies whose retention is over
--   for each table
--     CLEANUP_OPEN    where the walk begins: before the first key, or behind the last one that an earlier run finished
--     CLEANUP_NEXT    ends a transaction and begins the next: lock, settings, window, budget, stop, rest, fit
--     CLEANUP_LOOK    before a batch, once a second: how the server is
--     CLEANUP_COPIED  after rows of another table were copied, which go with the batch: counts them
--     CLEANUP_DONE    after a batch: the log, and the size of the next batch
--     CLEANUP_FAILED  after a batch that failed: undoes it, and tries a smaller one, passes a row over, or stops
--   CLEANUP_PROVE     whether what was deleted is judged once more
--   CLEANUP_END       the run's last word; the session's settings as they were
-- A restore calls
--   CLEANUP_BEGIN_RESTORE  no cleanup, and no other restore of it, meanwhile; does the schema fit?; settings; the log
--   for each table
--     CLEANUP_RESTORE_TABLE  turns to it
--     CLEANUP_PUT_BACK       ends a transaction that put rows back, and begins the next; which rows come back in it
--   CLEANUP_END_RESTORE    the restore's last word; the session's settings as they were
--
-- Only one run of a cleanup works at a time, or one restore of what it deleted. It locks the row of that cleanup in
-- CLEANUP_LOCK in each of its transactions, and the row names it. If the session ends, the row is free. Between
-- two transactions, until a commit is on disk, nobody holds the row. A start that finds it free there looks again
-- several times before it takes the run for crashed. Should it be wrong even so, the older run sees that the row names
-- another run, and stops. At no time do two of them delete. A cluster does not share locks, so a start on another
-- server goes by the time of the last batch; and as each batch changes the row, the later one of two servers fails to
-- commit.
--
-- KILL QUERY: MariaDB ends the run as after an error. MySQL runs no handler of a killed statement: transaction, lock
-- and settings stay with the session. A user variable remembers it, and the next cleanup or restore that begins in that
-- session rolls back and puts the settings back first. KILL CONNECTION leaves nothing.
--
-- The caller needs
--   EXECUTE on PROCEDURE CLEANUP_MISFIT
--   EXECUTE on PROCEDURE CLEANUP_TAKE_LOCK
--   EXECUTE on PROCEDURE CLEANUP_BEGIN
--   EXECUTE on PROCEDURE CLEANUP_OPEN
--   EXECUTE on PROCEDURE CLEANUP_LOOK
--   EXECUTE on PROCEDURE CLEANUP_COPIED
--   EXECUTE on PROCEDURE CLEANUP_EMPTIED
--   EXECUTE on PROCEDURE CLEANUP_SESSION
--   EXECUTE on PROCEDURE CLEANUP_NEXT
--   EXECUTE on PROCEDURE CLEANUP_DONE
--   EXECUTE on PROCEDURE CLEANUP_FAILED
--   EXECUTE on PROCEDURE CLEANUP_PRUNE
--   EXECUTE on PROCEDURE CLEANUP_PROVE
--   EXECUTE on PROCEDURE CLEANUP_END
--   EXECUTE on PROCEDURE CLEANUP_BEGIN_RESTORE
--   EXECUTE on PROCEDURE CLEANUP_RESTORE_TABLE
--   EXECUTE on PROCEDURE CLEANUP_PUT_BACK
--   EXECUTE on PROCEDURE CLEANUP_END_RESTORE

-- The server keeps these settings with what it creates, so they are the same for every user who runs this file.
-- @statement session character-set
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
-- @end
-- @statement session sql-mode
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES';
-- @end

-- One row per cleanup: the run that may delete, and what the routines hand on to each other during it.
-- @statement table CLEANUP_LOCK
CREATE TABLE IF NOT EXISTS CLEANUP_LOCK (
  PROCEDURE_NAME VARCHAR(64) NOT NULL,
  RUN_ID         BIGINT,
  HOST           VARCHAR(255),                     -- the server that it runs on
  HEARTBEAT      DATETIME(6),                      -- when its last batch began; UTC, as all times here
  STATUS         VARCHAR(20),                      -- 'running' as long as it may go on
  WHY            VARCHAR(400),
  DRY_RUN        VARCHAR(3),
  BUDGET_BEGAN   DATETIME(6),                      -- checks at the start do not count
  FACTS          MEDIUMTEXT,                       -- the schema that the cleanup was made for
  FIT_DUE        DATETIME(6),                      -- when the schema is looked at again
  LOOKED         DATETIME(6),                      -- when the server was last looked at; NULL: not yet
  REQUESTS       BIGINT,                           -- that clients had sent by then
  IS_QUIET       TINYINT,                          -- hardly anybody else works: no need to rest
  RESTS_FOR      VARCHAR(40),                      -- why it rests in spite of that; NULL: it need not
  RESTS_DETAIL   VARCHAR(400),
  PASSED_OVER    INT,                              -- rows that another session held
  ERRORS         INT,                              -- rows that raised an error
  TABLE_NAME     VARCHAR(64),                      -- NULL: the table is done
  WALK           VARCHAR(10),                      -- along a 'key', a 'list' or a 'range'; by 'limit', or 'own'
  AFTER_KEY      VARBINARY(3072),                  -- the last key that is done
  UNTIL_KEY      VARBINARY(3072),                  -- where the walk ends; NULL: at the last key
  FIRST_KEY      VARBINARY(3072),                  -- behind which the walk began; it goes round once
  BATCH_ROWS     BIGINT,                           -- rows per batch, steered toward the time target
  BATCH_BEGAN    DATETIME(6),
  TARGET_MS      INT,
  FAILURES       INT,                              -- tries of this batch that were undone
  CAREFUL        INT,                              -- batches that do not grow, after a failure
  PRIMARY KEY (PROCEDURE_NAME),
  UNIQUE KEY (RUN_ID)
) ENGINE = InnoDB;
-- @end

-- Where a run stopped before it reached the end of a table. The next run goes on there.
-- @statement table CLEANUP_POSITION
CREATE TABLE IF NOT EXISTS CLEANUP_POSITION (
  PROCEDURE_NAME VARCHAR(64)     NOT NULL,
  TABLE_NAME     VARCHAR(64)     NOT NULL,
  PLACE          VARBINARY(3072) NOT NULL,
  PRIMARY KEY (PROCEDURE_NAME, TABLE_NAME)
) ENGINE = InnoDB;
-- @end

-- Rows that a run passed over, and why.
-- @statement table CLEANUP_RUN_ERROR
CREATE TABLE IF NOT EXISTS CLEANUP_RUN_ERROR (
  RUN_ID     BIGINT       NOT NULL,
  TABLE_NAME VARCHAR(64)  NOT NULL,
  ROW_KEY    VARCHAR(400) NOT NULL,
  ERROR      VARCHAR(400) NOT NULL,
  PRIMARY KEY (RUN_ID, TABLE_NAME, ROW_KEY)
) ENGINE = InnoDB;
-- @end

-- Who made a run rest, and for how long, beside what its duty asks for.
-- @statement table CLEANUP_RUN_REST
CREATE TABLE IF NOT EXISTS CLEANUP_RUN_REST (
  RUN_ID  BIGINT       NOT NULL,
  CAUSE   VARCHAR(40)  NOT NULL,
  REST_MS BIGINT       NOT NULL,
  DETAIL  VARCHAR(400) NOT NULL,                   -- as it was last
  PRIMARY KEY (RUN_ID, CAUSE)
) ENGINE = InnoDB;
-- @end

-- What became of the copies of a run that were judged once more. All is well if COPIES = LOGGED and WRONG = 0.
-- @statement table CLEANUP_RUN_PROOF
CREATE TABLE IF NOT EXISTS CLEANUP_RUN_PROOF (
  RUN_ID     BIGINT      NOT NULL,
  TABLE_NAME VARCHAR(64) NOT NULL,
  LOGGED     BIGINT      NOT NULL,                 -- rows that the log says were deleted
  COPIES     BIGINT      NOT NULL,                 -- rows that are kept of this run
  WRONG      BIGINT      NOT NULL,                 -- those of them that cannot have been dead
  PRIMARY KEY (RUN_ID, TABLE_NAME)
) ENGINE = InnoDB;
-- @end

-- How the live schema differs from the one that a cleanup was made for; NULL if it does not.
-- Without this a row could be deleted that is not copied as a whole, or that takes uncopied rows with it.
-- p_facts: ["table", "its backup table", number of columns, ["foreign key", ...]] of each; 0: no row is deleted from
-- it. p_whole: looks into other databases as well, which may take a second on a MariaDB server that has many.
-- Texts are utf8mb4 here: beside the catalog's own, a collation of utf8mb3 that the database has would be one too many.
-- The catalog is read once for each question, and only of tables that the facts name: MariaDB opens each table for it,
-- unless a condition on its name alone says no.
-- @statement drop CLEANUP_MISFIT
DROP PROCEDURE IF EXISTS CLEANUP_MISFIT;
-- @end

DELIMITER $$

-- @statement procedure CLEANUP_MISFIT
CREATE PROCEDURE CLEANUP_MISFIT(
  IN p_facts MEDIUMTEXT CHARACTER SET utf8mb4, IN p_whole BOOLEAN, OUT p_problem VARCHAR(400))
  READS SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
BEGIN
  SELECT MIN(CONCAT(x.BACKUP, ' does not fit ', x.SOURCE, ' any more: column ', x.COLUMN_NAME)) INTO p_problem
  FROM (
    SELECT f.SOURCE, f.BACKUP, c.COLUMN_NAME
    FROM JSON_TABLE(p_facts, '$[*]' COLUMNS (
      SOURCE VARCHAR(64) CHARACTER SET utf8mb4 PATH '$[0]', BACKUP VARCHAR(64) CHARACTER SET utf8mb4 PATH '$[1]')) f
    JOIN (
      SELECT DISTINCT y.TABLE_NAME, y.COLUMN_NAME, y.COLUMN_TYPE, COALESCE(y.COLLATION_NAME, '') AS COLLATION_NAME,
        COALESCE(y.GENERATION_EXPRESSION, '') <> '' AS IS_GENERATED
      FROM information_schema.COLUMNS y
      WHERE y.TABLE_SCHEMA = DATABASE() AND LOCATE(CONCAT('"', y.TABLE_NAME, '"'), p_facts) > 0
    ) c ON c.TABLE_NAME IN (f.SOURCE, f.BACKUP)
    WHERE f.BACKUP <> ''
    GROUP BY f.SOURCE, f.BACKUP, c.COLUMN_NAME
    -- An audit has not all columns
    HAVING MAX(c.TABLE_NAME = f.SOURCE AND NOT c.IS_GENERATED) = 1 AND IF(COUNT(*) = 1,
      LOCATE('CLEANUP_AUDIT_', f.BACKUP) <> 1,
      COUNT(DISTINCT c.COLUMN_TYPE, c.COLLATION_NAME) > 1)
  ) x;

  SELECT COALESCE(p_problem, MIN(CONCAT(f.SOURCE, CASE
    WHEN t.TABLE_NAME IS NULL OR t.TABLE_TYPE = 'VIEW'
      OR f.N > 0 AND (t.TABLE_TYPE <> 'BASE TABLE' OR t.ENGINE <> 'InnoDB')
    THEN ' is no plain InnoDB table any more, so rows may be hidden'
    WHEN f.N > 0 AND f.N <> COALESCE(c.N, 0) THEN ' has other columns than when this procedure was made'
  END)))
  INTO p_problem
  FROM JSON_TABLE(p_facts, '$[*]' COLUMNS (
    SOURCE VARCHAR(64) CHARACTER SET utf8mb4 PATH '$[0]', N INT PATH '$[2]')) f
  LEFT JOIN (
    SELECT DISTINCT x.TABLE_NAME, x.TABLE_TYPE, x.ENGINE
    FROM information_schema.TABLES x
    WHERE x.TABLE_SCHEMA = DATABASE() AND LOCATE(CONCAT('"', x.TABLE_NAME, '"'), p_facts) > 0
  ) t ON t.TABLE_NAME = f.SOURCE
  LEFT JOIN (
    SELECT x.TABLE_NAME, COUNT(*) AS N
    FROM information_schema.COLUMNS x
    WHERE x.TABLE_SCHEMA = DATABASE() AND LOCATE(CONCAT('"', x.TABLE_NAME, '"'), p_facts) > 0
    GROUP BY x.TABLE_NAME
  ) c ON c.TABLE_NAME = f.SOURCE;

  -- MariaDB shows the delete rules only to a user whose privileges are on the database, but the keys to everybody
  SELECT COALESCE(p_problem, MIN(CONCAT(
    'the foreign keys from ', x.CHILD, ' are not those that this procedure was made for: ', x.FOREIGN_KEY)))
  INTO p_problem
  FROM (
    SELECT y.CHILD, y.FOREIGN_KEY
    FROM (
      SELECT f.SOURCE AS CHILD, SUBSTRING_INDEX(f.K, ')', 1) AS FOREIGN_KEY,
        SUBSTRING_INDEX(f.K, ') ', -1) AS MADE, NULL AS LIVE
      FROM JSON_TABLE(p_facts, '$[*]' COLUMNS (
        SOURCE VARCHAR(64) CHARACTER SET utf8mb4 PATH '$[0]',
        NESTED PATH '$[3][*]' COLUMNS (K VARCHAR(3000) CHARACTER SET utf8mb4 PATH '$'))) f
      WHERE f.K IS NOT NULL
      UNION ALL
      SELECT n.CHILD, CONCAT(n.OWN, ' -> ', n.PARENT, ' (', n.THEIRS), NULL, COALESCE(r.DELETE_RULE, 'hidden')
      FROM (
        SELECT u.CONSTRAINT_NAME, u.TABLE_NAME AS CHILD, u.REFERENCED_TABLE_NAME AS PARENT,
          GROUP_CONCAT(u.COLUMN_NAME ORDER BY u.ORDINAL_POSITION SEPARATOR ', ') AS OWN,
          GROUP_CONCAT(u.REFERENCED_COLUMN_NAME ORDER BY u.ORDINAL_POSITION SEPARATOR ', ') AS THEIRS
        FROM information_schema.KEY_COLUMN_USAGE u
        WHERE u.TABLE_SCHEMA = DATABASE() AND u.REFERENCED_TABLE_SCHEMA = DATABASE()
        GROUP BY u.CONSTRAINT_NAME, u.TABLE_NAME, u.REFERENCED_TABLE_NAME
      ) n
      JOIN JSON_TABLE(p_facts, '$[*]' COLUMNS (
        SOURCE VARCHAR(64) CHARACTER SET utf8mb4 PATH '$[0]', N INT PATH '$[2]')) a
        ON a.SOURCE = n.PARENT AND a.N > 0
      LEFT JOIN (
        SELECT DISTINCT k.TABLE_NAME, k.CONSTRAINT_NAME, k.DELETE_RULE
        FROM information_schema.REFERENTIAL_CONSTRAINTS k
        WHERE k.CONSTRAINT_SCHEMA = DATABASE()
      ) r ON r.TABLE_NAME = n.CHILD AND r.CONSTRAINT_NAME = n.CONSTRAINT_NAME
    ) y
    GROUP BY y.CHILD, y.FOREIGN_KEY
    HAVING COUNT(y.MADE) = 0 OR COUNT(y.LIVE) = 0
      OR MAX(NULLIF(REPLACE(y.LIVE, 'RESTRICT', 'NO ACTION'), 'hidden')) <> MAX(y.MADE)
      OR MIN(NULLIF(REPLACE(y.LIVE, 'RESTRICT', 'NO ACTION'), 'hidden')) <> MIN(y.MADE)
  ) x;

  IF p_whole AND p_problem IS NULL THEN
    SELECT MIN(CONCAT('a foreign key refers to ', a.SOURCE, ' from another database: ', n.CHILD)) INTO p_problem
    FROM (
      SELECT DISTINCT CONCAT(u.TABLE_SCHEMA, '.', u.TABLE_NAME) AS CHILD, u.REFERENCED_TABLE_NAME AS PARENT
      FROM information_schema.KEY_COLUMN_USAGE u
      WHERE u.REFERENCED_TABLE_SCHEMA = DATABASE() AND u.TABLE_SCHEMA <> DATABASE()
    ) n
    JOIN JSON_TABLE(p_facts, '$[*]' COLUMNS (
        SOURCE VARCHAR(64) CHARACTER SET utf8mb4 PATH '$[0]', N INT PATH '$[2]')) a
      ON a.SOURCE = n.PARENT AND a.N > 0;
  END IF;
END$$
-- @end

-- The session's settings, as they were before the run.
-- @statement drop CLEANUP_SESSION
DROP PROCEDURE IF EXISTS CLEANUP_SESSION$$
-- @end
-- @statement procedure CLEANUP_SESSION
CREATE PROCEDURE CLEANUP_SESSION()
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
BEGIN
  IF @deepclean_session IS NOT NULL THEN
    SET SESSION time_zone = @deepclean_time_zone, foreign_key_checks = @deepclean_foreign_keys,
        innodb_lock_wait_timeout = @deepclean_row_wait, lock_wait_timeout = @deepclean_table_wait,
        sql_safe_updates = @deepclean_safe_updates, optimizer_switch = @deepclean_switch;
    SET @deepclean_session = NULL;
  END IF;
END$$
-- @end

-- Takes the lock of a cleanup for a run of it, or for a restore, and sets the session. p_holder says who has the lock,
-- or is NULL.
-- @statement drop CLEANUP_TAKE_LOCK
DROP PROCEDURE IF EXISTS CLEANUP_TAKE_LOCK$$
-- @end
-- @statement procedure CLEANUP_TAKE_LOCK
CREATE PROCEDURE CLEANUP_TAKE_LOCK(
  IN p_cleanup VARCHAR(64), IN p_procedure VARCHAR(64), IN p_kit_version INT, OUT p_holder VARCHAR(400))
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
take_lock: BEGIN
  DECLARE v_found, v_free, v_held, v_killed, v_elsewhere, v_allowed INT DEFAULT 0;
  DECLARE v_running BIGINT;                        -- the run or restore that had it last
  DECLARE v_problem VARCHAR(400);

  IF @deepclean_session IS NULL THEN
    COMMIT;
  ELSE
    -- KILL QUERY ended an earlier run in this session, and its last batch is half done
    ROLLBACK;
    CALL CLEANUP_SESSION();
    SET v_killed = 1;
  END IF;
  IF p_kit_version <> 4 THEN
    SET v_problem = CONCAT(
      p_procedure, ' was made for version ', p_kit_version, ' of the kit, and this is version ', 4);
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_problem;
  END IF;
  SELECT COUNT(*) INTO v_allowed
  FROM CLEANUP_SETTING
  WHERE PROCEDURE_NAME = p_cleanup AND NAME = 'allow_read_only' AND VALUE = 'yes';
  IF CAST(@@global.read_only AS CHAR) NOT IN ('0', 'OFF') AND v_allowed = 0 THEN
    SET v_problem = CONCAT(p_procedure, ' did not start: read_only is on; it may be a replica');
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_problem;
  END IF;
  -- SELECT ... INTO here and below: in IF (SELECT ...) and SET v = (SELECT ...) MySQL reads with locks, and waits for
  -- them
  SELECT COUNT(*) INTO v_found FROM CLEANUP_LOCK WHERE PROCEDURE_NAME = p_cleanup;
  IF v_found = 0 THEN
    BEGIN
      DECLARE EXIT HANDLER FOR 1180, 1213, 3101 ROLLBACK;  -- another server of a cluster has just done so
      INSERT IGNORE INTO CLEANUP_LOCK (PROCEDURE_NAME) VALUES (p_cleanup);
      COMMIT;
    END;
  END IF;

  looks: LOOP
    COMMIT;                                        -- in a session without autocommit, every SELECT begins a transaction
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;
    SELECT COUNT(*) INTO v_found FROM CLEANUP_LOCK WHERE PROCEDURE_NAME = p_cleanup FOR UPDATE SKIP LOCKED;
    SET v_free = IF(v_found = 1, v_free + 1, 0), v_held = v_held + 1 - v_found;
    SELECT COUNT(l.STATUS = 'running' AND l.HOST <> CONCAT(@@hostname, ':', @@port)
        AND l.HEARTBEAT > UTC_TIMESTAMP(6) - INTERVAL 2 MINUTE OR NULL),
      MAX(r.RUN_ID), COALESCE(
        LEFT(CONCAT('already running on ', MAX(l.HOST), ': ', MAX(r.STARTED_BY), IF(
          MAX(l.HOST) = CONCAT(@@hostname, ':', @@port),
          '; if it does nothing, its query was killed: end that session',
          '; if that server is gone, another run may begin two minutes after its last batch')), 400),
        'already running; if it stays so, INNODB_TRX names the session to be ended')
    INTO v_elsewhere, v_running, p_holder
    FROM CLEANUP_LOCK l
    LEFT JOIN CLEANUP_RUN r ON r.RUN_ID = l.RUN_ID AND r.STATUS = 'running'
    WHERE l.PROCEDURE_NAME = p_cleanup;
    IF v_elsewhere > 0 OR v_held = 5 THEN
      LEAVE take_lock;
    END IF;
    IF v_free = 5 OR v_free > 0 AND (v_killed OR v_running IS NULL) THEN
      LEAVE looks;
    END IF;
    -- Held, but perhaps by a session that is just ending; or free while a run is not over, which may have crashed, or
    -- is just between two transactions: look again
    COMMIT;
    DO SLEEP(0.02);
  END LOOP;
  SET p_holder = NULL;

  -- UTC, since a TIMESTAMP copied in a zone with daylight saving time can move by an hour; short waits, for tables as
  -- well as rows; look-ups row by row, instead of a whole table copied for each batch
  SET @deepclean_time_zone = @@session.time_zone, @deepclean_foreign_keys = @@session.foreign_key_checks,
      @deepclean_row_wait = @@session.innodb_lock_wait_timeout, @deepclean_table_wait = @@session.lock_wait_timeout,
      @deepclean_safe_updates = @@session.sql_safe_updates, @deepclean_switch = @@session.optimizer_switch;
  SET @deepclean_session = 'changed';
  SET SESSION time_zone = '+00:00', foreign_key_checks = 1, innodb_lock_wait_timeout = 1, lock_wait_timeout = 1,
      sql_safe_updates = 0, optimizer_switch = 'semijoin=off,materialization=off,derived_merge=on';
  IF VERSION() LIKE '%MariaDB%' THEN
    -- Its cache finds values by the column's collation, so that what holds for abc is taken to hold for ABC
    SET SESSION optimizer_switch = 'subquery_cache=off';
  END IF;

  UPDATE CLEANUP_RUN
  SET STATUS = 'crashed', ENDED_AT = UTC_TIMESTAMP(3),
      WHY_STOPPED = 'its session ended, or its query was killed, before it was over'
  WHERE RUN_ID = v_running AND STATUS = 'running';
END$$
-- @end

-- Begins a run. p_run_id is NULL if another run is going on, or a restore.
-- @statement drop CLEANUP_BEGIN
DROP PROCEDURE IF EXISTS CLEANUP_BEGIN$$
-- @end
-- @statement procedure CLEANUP_BEGIN
CREATE PROCEDURE CLEANUP_BEGIN(
  IN p_procedure VARCHAR(64), IN p_kit_version INT, IN p_facts MEDIUMTEXT,
  OUT p_run_id BIGINT, OUT p_started DATETIME(6), OUT p_dry_run VARCHAR(3))
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
begin_run: BEGIN
  DECLARE v_at INT DEFAULT 0;
  DECLARE v_caller VARCHAR(255) DEFAULT CONCAT(LEFT(SESSION_USER(), 220), ', session ', CONNECTION_ID());
  DECLARE v_dry_by_call VARCHAR(3) DEFAULT @deepclean_dry_run;
  DECLARE v_holder, v_problem VARCHAR(400);
  DECLARE v_backup VARCHAR(64);
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    CALL CLEANUP_SESSION();
    RESIGNAL;
  END;
  -- Of two servers of a cluster that begin at the same time, the later one fails to commit: it looks again
  DECLARE EXIT HANDLER FOR 1180, 1213, 3101
  BEGIN
    ROLLBACK;
    CALL CLEANUP_SESSION();
    DO SLEEP(0.1);                                 -- until the other one's rows are here
    CALL CLEANUP_TAKE_LOCK(p_procedure, p_procedure, p_kit_version, v_holder);
    ROLLBACK;
    CALL CLEANUP_SESSION();
    INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
    VALUES (p_procedure, v_caller, p_started, p_started, 'skipped',
      COALESCE(v_holder, 'another session or server came first; call it again'));
    COMMIT;
    SET p_run_id = NULL;
  END;

  SET @deepclean_dry_run = NULL;
  SET p_run_id = NULL, p_started = UTC_TIMESTAMP(6);
  CALL CLEANUP_TAKE_LOCK(p_procedure, p_procedure, p_kit_version, v_holder);
  IF v_holder IS NOT NULL THEN
    INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, STATUS, WHY_STOPPED)
    VALUES (p_procedure, v_caller, p_started, p_started, 'skipped', v_holder);
    COMMIT;
    LEAVE begin_run;
  END IF;

  CALL CLEANUP_MISFIT(p_facts, TRUE, v_problem);
  SELECT IF(v_dry_by_call = 'yes', 'yes', COALESCE(MAX(s.VALUE), 'no')) INTO p_dry_run
  FROM CLEANUP_SETTING s
  WHERE s.PROCEDURE_NAME = p_procedure AND s.NAME = 'dry_run';
  -- Clear a stop request left over from an earlier run
  UPDATE CLEANUP_SETTING
  SET VALUE = 'no'
  WHERE PROCEDURE_NAME = p_procedure AND NAME = 'stop_requested';

  INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, ENDED_AT, DRY_RUN, STATUS, WHY_STOPPED)
  VALUES (p_procedure, v_caller, p_started, IF(v_problem IS NULL, NULL, p_started), p_dry_run,
    IF(v_problem IS NULL, 'running', 'failed'), v_problem);
  SET p_run_id = LAST_INSERT_ID();
  INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME)
  SELECT p_run_id, f.SOURCE
  FROM JSON_TABLE(p_facts, '$[*]' COLUMNS (SOURCE VARCHAR(64) PATH '$[0]', BACKUP VARCHAR(64) PATH '$[1]')) f
  WHERE f.BACKUP <> '';
  UPDATE CLEANUP_LOCK
  SET RUN_ID = p_run_id, HOST = CONCAT(@@hostname, ':', @@port), HEARTBEAT = UTC_TIMESTAMP(6), WHY = 'done',
      STATUS = IF(v_problem IS NULL, 'running', 'failed'), DRY_RUN = p_dry_run, FACTS = p_facts,
      FIT_DUE = UTC_TIMESTAMP(6) + INTERVAL 2 SECOND,
      BUDGET_BEGAN = UTC_TIMESTAMP(6), BATCH_BEGAN = NULL, LOOKED = NULL, PASSED_OVER = 0, ERRORS = 0
  WHERE PROCEDURE_NAME = p_procedure;
  -- Rows that are kept under this number or a later one could not be told from those of this run
  WHILE v_problem IS NULL AND v_at < JSON_LENGTH(p_facts) DO
    SET v_backup = JSON_UNQUOTE(JSON_EXTRACT(p_facts, CONCAT('$[', v_at, '][1]'))), v_at = v_at + 1;
    IF v_backup <> '' THEN
      SET @deepclean_sql = CONCAT('SELECT COUNT(*) INTO @deepclean_taken FROM (SELECT 1 FROM `', v_backup,
        '` WHERE RUN_ID >= ', p_run_id, ' LIMIT 1) k');
      PREPARE deepclean_statement FROM @deepclean_sql;
      EXECUTE deepclean_statement;
      DEALLOCATE PREPARE deepclean_statement;
      IF @deepclean_taken > 0 THEN
        SET v_problem = 'kept rows have this run number or a later one; install again';
        UPDATE CLEANUP_RUN SET STATUS = 'failed', WHY_STOPPED = v_problem, ENDED_AT = p_started WHERE RUN_ID = p_run_id;
        UPDATE CLEANUP_LOCK SET STATUS = 'failed' WHERE PROCEDURE_NAME = p_procedure;
      END IF;
    END IF;
  END WHILE;
  SET @deepclean_sql = NULL, @deepclean_taken = NULL;
  COMMIT;

  IF v_problem IS NOT NULL THEN
    SET v_problem = LEFT(CONCAT(p_procedure, ' did not start, and nothing was deleted: ', v_problem), 128);
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_problem;
  END IF;
END$$
-- @end

-- Turns to a table. p_walk: along its 'key', or a 'list'; without a key, along the 'range' of an index, or by 'limit',
-- the first dead rows again and again; 'own', the same for a table of deepclean's.
-- @statement drop CLEANUP_OPEN
DROP PROCEDURE IF EXISTS CLEANUP_OPEN$$
-- @end
-- @statement procedure CLEANUP_OPEN
CREATE PROCEDURE CLEANUP_OPEN(IN p_run_id BIGINT, IN p_table VARCHAR(64), IN p_walk VARCHAR(10))
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
BEGIN
  DECLARE v_place VARBINARY(3072);

  COMMIT;
  IF p_walk <> 'own' THEN
    INSERT IGNORE INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME) VALUES (p_run_id, p_table);
  END IF;
  SELECT MAX(p.PLACE) INTO v_place
  FROM CLEANUP_LOCK l
  JOIN CLEANUP_POSITION p ON p.PROCEDURE_NAME = l.PROCEDURE_NAME AND p.TABLE_NAME = p_table
  WHERE l.RUN_ID = p_run_id AND p_walk IN ('key', 'range');
  UPDATE CLEANUP_LOCK
  SET TABLE_NAME = p_table, WALK = p_walk, AFTER_KEY = v_place, UNTIL_KEY = NULL, FIRST_KEY = v_place,
      BATCH_ROWS = 1000, FAILURES = 0, CAREFUL = 0
  WHERE RUN_ID = p_run_id;
  COMMIT;
END$$
-- @end

-- How the server is, at most once a second: whether somebody is to be spared, or hardly anybody else works. What the
-- caller may not see does not count: PROCESS shows all of it.
-- @statement drop CLEANUP_LOOK
DROP PROCEDURE IF EXISTS CLEANUP_LOOK$$
-- @end
-- @statement procedure CLEANUP_LOOK
CREATE PROCEDURE CLEANUP_LOOK(
  IN p_procedure VARCHAR(64), OUT p_is_quiet INT, OUT p_rests_for VARCHAR(40), OUT p_detail VARCHAR(400))
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
BEGIN
  DECLARE v_seconds DOUBLE;
  DECLARE v_earlier, v_requests, v_sessions, v_purges, v_most_sessions, v_most_purges, v_quiet BIGINT;
  DECLARE v_flow, v_heeds_flow VARCHAR(10);

  SELECT TIMESTAMPDIFF(MICROSECOND, l.LOOKED, SYSDATE(6)) / 1000000, l.REQUESTS, l.IS_QUIET, l.RESTS_FOR, l.RESTS_DETAIL
  INTO v_seconds, v_earlier, p_is_quiet, p_rests_for, p_detail
  FROM CLEANUP_LOCK l
  WHERE l.PROCEDURE_NAME = p_procedure;
  IF v_seconds IS NULL OR v_seconds NOT BETWEEN 0 AND 1 THEN
    SET @deepclean_requests = NULL, @deepclean_sessions = NULL, @deepclean_flow = NULL;
    BEGIN
      DECLARE EXIT HANDLER FOR 1142, 1227 BEGIN END;            -- not for this caller's eyes

      -- What a procedure does is no request of a client, so these are of others. MySQL does not make a procedure that
      -- names MariaDB's view, so the statement is put together
      SET @deepclean_look = CONCAT(
        'SELECT MAX(CASE s.VARIABLE_NAME WHEN ''Questions'' THEN s.VARIABLE_VALUE + 0 END),
          MAX(CASE s.VARIABLE_NAME WHEN ''Threads_running'' THEN s.VARIABLE_VALUE - 1 END),
          MAX(CASE s.VARIABLE_NAME WHEN ''wsrep_flow_control_active'' THEN s.VARIABLE_VALUE END)
        INTO @deepclean_requests, @deepclean_sessions, @deepclean_flow
        FROM ', IF(VERSION() LIKE '%MariaDB%', 'information_schema', 'performance_schema'), '.global_status s
        WHERE s.VARIABLE_NAME IN (''Questions'', ''Threads_running'', ''wsrep_flow_control_active'')');
      PREPARE deepclean_look FROM @deepclean_look;
      EXECUTE deepclean_look;
      DEALLOCATE PREPARE deepclean_look;
      SELECT MAX(m.COUNT) INTO v_purges
      FROM information_schema.INNODB_METRICS m
      WHERE m.NAME = 'trx_rseg_history_len';
    END;
    SET v_requests = @deepclean_requests, v_sessions = @deepclean_sessions, v_flow = @deepclean_flow;
    SET @deepclean_look = NULL, @deepclean_requests = NULL, @deepclean_sessions = NULL, @deepclean_flow = NULL;
    SELECT
      COALESCE(MAX(CASE s.NAME WHEN 'running_sessions_maximum' THEN s.VALUE + 0 END), 0),
      COALESCE(MAX(CASE s.NAME WHEN 'purge_backlog_maximum' THEN s.VALUE + 0 END), 1000000),
      COALESCE(MAX(CASE s.NAME WHEN 'quiet_requests_per_second' THEN s.VALUE + 0 END), 10),
      COALESCE(MAX(CASE s.NAME WHEN 'rests_during_flow_control' THEN s.VALUE END), 'yes')
    INTO v_most_sessions, v_most_purges, v_quiet, v_heeds_flow
    FROM CLEANUP_SETTING s
    WHERE s.PROCEDURE_NAME = p_procedure;

    SET p_is_quiet = COALESCE((v_requests - v_earlier) / v_seconds < v_quiet, FALSE);
    SET p_rests_for = CASE
      WHEN v_most_sessions > 0 AND v_sessions > v_most_sessions THEN 'running sessions'
      WHEN v_most_purges > 0 AND v_purges > v_most_purges THEN 'purge'
      WHEN v_heeds_flow = 'yes' AND v_flow IN ('true', 'ON') THEN 'flow control'
    END;
    SET p_detail = CASE p_rests_for
      WHEN 'running sessions' THEN CONCAT(v_sessions, ' sessions are running')
      WHEN 'purge' THEN CONCAT(v_purges, ' transactions wait to be purged')
      WHEN 'flow control' THEN 'a node of the cluster cannot keep up'
    END;
    UPDATE CLEANUP_LOCK
    SET LOOKED = SYSDATE(6), REQUESTS = v_requests, IS_QUIET = p_is_quiet, RESTS_FOR = p_rests_for,
        RESTS_DETAIL = p_detail
    WHERE PROCEDURE_NAME = p_procedure;
  END IF;
END$$
-- @end

-- Ends the last transaction and begins the next one if the run may go on; otherwise p_rows is 0.
-- The batch is of keys behind p_after and not behind p_until, if these are not NULL.
-- @statement drop CLEANUP_NEXT
DROP PROCEDURE IF EXISTS CLEANUP_NEXT$$
-- @end
-- @statement procedure CLEANUP_NEXT
CREATE PROCEDURE CLEANUP_NEXT(
  IN p_run_id BIGINT, OUT p_rows BIGINT, OUT p_after VARBINARY(3072), OUT p_until VARBINARY(3072))
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
next_batch: BEGIN
  DECLARE v_procedure, v_status, v_table, v_walk VARCHAR(64);
  DECLARE v_why, v_problem VARCHAR(400);
  DECLARE v_dry_run VARCHAR(3);
  DECLARE v_facts MEDIUMTEXT;
  DECLARE v_began, v_fit_due, v_fit_began DATETIME(6);
  DECLARE v_rows, v_minimum, v_maximum, v_pause_ms, v_duty_percent, v_hold_until, v_owner BIGINT;
  DECLARE v_worked_ms, v_rested_ms, v_rest_ms DOUBLE DEFAULT 0;
  DECLARE v_failures, v_careful, v_interrupted, v_target_ms, v_is_quiet INT DEFAULT 0;
  DECLARE v_rests_for VARCHAR(40);
  DECLARE v_detail VARCHAR(400);
  DECLARE v_time CHAR(5);

  COMMIT;
  SET p_rows = 0;
  SELECT l.PROCEDURE_NAME, l.STATUS, l.TABLE_NAME, l.WALK, l.AFTER_KEY, l.UNTIL_KEY, l.FIT_DUE, l.BATCH_ROWS,
    l.FAILURES, l.CAREFUL, l.DRY_RUN, l.BUDGET_BEGAN,
    COALESCE(TIMESTAMPDIFF(MICROSECOND, l.BATCH_BEGAN, SYSDATE(6)) / 1000, 0)
  INTO v_procedure, v_status, v_table, v_walk, p_after, p_until, v_fit_due, v_rows, v_failures,
    v_careful, v_dry_run, v_began, v_worked_ms
  FROM CLEANUP_LOCK l
  WHERE l.RUN_ID = p_run_id;
  COMMIT;
  IF COALESCE(v_status, '') <> 'running' OR v_table IS NULL THEN
    LEAVE next_batch;
  END IF;

  -- Rests in proportion to the last batch and its commit, or for a moment after one that failed; and as long as
  -- somebody is to be spared, or holds it. It does so a second at a time, and looks in between whether it is to stop.
  -- Only the cleanup's own row is locked meanwhile
  rests: LOOP
    -- Rows that are read and not dead, and the gaps between rows, stay unlocked; without a key, nothing may change
    -- meanwhile
    IF v_walk IN ('limit', 'range') THEN
      SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
    ELSE
      SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    END IF;
    START TRANSACTION;
    SET v_owner = NULL;
    SELECT l.RUN_ID INTO v_owner FROM CLEANUP_LOCK l WHERE l.PROCEDURE_NAME = v_procedure FOR UPDATE;
    IF COALESCE(v_owner, 0) <> p_run_id THEN       -- another run took over
      COMMIT;
      LEAVE next_batch;
    END IF;

    SET v_time = DATE_FORMAT(UTC_TIMESTAMP(), '%H:%i');
    SELECT
      COALESCE(MAX(CASE s.NAME WHEN 'batch_target_ms' THEN s.VALUE END), '50'),
      COALESCE(MAX(CASE s.NAME WHEN 'batch_rows_minimum' THEN s.VALUE END), '50'),
      COALESCE(MAX(CASE s.NAME WHEN 'batch_rows_maximum' THEN s.VALUE END), '200000'),
      COALESCE(MAX(CASE s.NAME WHEN 'duty_percent' THEN s.VALUE END), '25'),
      COALESCE(MAX(CASE s.NAME WHEN 'pause_ms' THEN s.VALUE END), '0'),
      COALESCE(MAX(CASE s.NAME WHEN 'hold_until_epoch_seconds' THEN s.VALUE + 0 END), 0),
      CASE
        WHEN v_interrupted <> 0 THEN 'interrupted'
        WHEN MAX(CASE s.NAME WHEN 'enabled' THEN s.VALUE END) = 'no' THEN 'switched off'
        WHEN MAX(CASE s.NAME WHEN 'stop_requested' THEN s.VALUE END) = 'yes' THEN 'stop requested'
        WHEN v_dry_run = 'no' AND MAX(CASE s.NAME WHEN 'dry_run' THEN s.VALUE END) = 'yes' THEN 'dry run requested'
        WHEN TIMESTAMPDIFF(SECOND, v_began, UTC_TIMESTAMP(6))
          >= COALESCE(MAX(CASE s.NAME WHEN 'time_budget_seconds' THEN s.VALUE + 0 END), 3600)
        THEN 'time budget'
        WHEN MAX(CASE
          WHEN s.NAME <> 'window' OR s.VALUE = 'always' THEN 0
          WHEN LEFT(s.VALUE, 5) < RIGHT(s.VALUE, 5) THEN v_time < LEFT(s.VALUE, 5) OR v_time >= RIGHT(s.VALUE, 5)
          ELSE v_time >= RIGHT(s.VALUE, 5) AND v_time < LEFT(s.VALUE, 5)
        END) = 1 THEN 'outside window'
        ELSE 'done'
      END
    INTO v_target_ms, v_minimum, v_maximum, v_duty_percent, v_pause_ms, v_hold_until, v_why
    FROM CLEANUP_SETTING s
    WHERE s.PROCEDURE_NAME = v_procedure;

    CALL CLEANUP_LOOK(v_procedure, v_is_quiet, v_rests_for, v_detail);
    IF v_hold_until > UNIX_TIMESTAMP() THEN
      SET v_rests_for = 'hold', v_detail = 'hold_until_epoch_seconds is not over';
    END IF;
    SET v_rest_ms = IF(v_is_quiet, 0, v_worked_ms * (100 - v_duty_percent) / GREATEST(v_duty_percent, 1));
    SET v_rest_ms = IF(v_failures > 0, 50, LEAST(GREATEST(v_rest_ms, v_pause_ms), 60000)) - v_rested_ms;
    IF v_why <> 'done' OR v_rest_ms <= 0 AND v_rests_for IS NULL THEN
      LEAVE rests;
    END IF;
    SET v_rest_ms = IF(v_rests_for IS NULL, LEAST(v_rest_ms, 1000), 1000), v_rested_ms = v_rested_ms + v_rest_ms;
    IF v_rests_for IS NOT NULL THEN
      INSERT INTO CLEANUP_RUN_REST (RUN_ID, CAUSE, REST_MS, DETAIL)
      VALUES (p_run_id, v_rests_for, v_rest_ms, v_detail)
      ON DUPLICATE KEY UPDATE REST_MS = REST_MS + v_rest_ms, DETAIL = v_detail;
    END IF;
    UPDATE CLEANUP_LOCK
    SET HEARTBEAT = UTC_TIMESTAMP(6)
    WHERE PROCEDURE_NAME = v_procedure AND HEARTBEAT < UTC_TIMESTAMP(6) - INTERVAL 30 SECOND;
    SELECT SLEEP(v_rest_ms / 1000) INTO v_interrupted;
    COMMIT;
  END LOOP rests;

  -- The schema may change under a long run: it is looked at every two seconds, or more seldom if that takes long. Once
  -- a minute that goes for other databases too
  SET v_fit_began = SYSDATE(6);
  IF v_why = 'done' AND (v_failures > 0 OR v_fit_due < v_fit_began) THEN
    SELECT l.FACTS INTO v_facts FROM CLEANUP_LOCK l WHERE l.PROCEDURE_NAME = v_procedure;
    CALL CLEANUP_MISFIT(
      v_facts,
      TIMESTAMPDIFF(MINUTE, v_began, v_fit_began) > TIMESTAMPDIFF(MINUTE, v_began, v_fit_due - INTERVAL 2 SECOND),
      v_problem);
    SET v_fit_due = SYSDATE(6)
      + INTERVAL GREATEST(2000000, 20 * TIMESTAMPDIFF(MICROSECOND, v_fit_began, SYSDATE(6))) MICROSECOND;
  END IF;
  IF v_why <> 'done' OR v_problem IS NOT NULL THEN
    UPDATE CLEANUP_LOCK
    SET STATUS = IF(v_problem IS NULL, 'stopped', 'failed'), WHY = COALESCE(v_problem, v_why)
    WHERE PROCEDURE_NAME = v_procedure;
    COMMIT;
    LEAVE next_batch;
  END IF;

  SET p_rows = LEAST(IF(v_failures = 0 AND v_careful = 0, GREATEST(v_rows, v_minimum), v_rows), v_maximum);
  UPDATE CLEANUP_LOCK
  SET BATCH_ROWS = p_rows, BATCH_BEGAN = SYSDATE(6), TARGET_MS = v_target_ms, FIT_DUE = v_fit_due,
      HEARTBEAT = UTC_TIMESTAMP(6)
  WHERE PROCEDURE_NAME = v_procedure;
  SAVEPOINT deepclean_batch;
  IF v_walk = 'limit' AND v_dry_run = 'yes' THEN   -- what a dry run has counted is there again
    SET p_rows = 9223372036854775807;
  END IF;
END$$
-- @end

-- Counts rows of another table that go with the batch; p_reason: why, if they have a reason of their own.
-- @statement drop CLEANUP_COPIED
DROP PROCEDURE IF EXISTS CLEANUP_COPIED$$
-- @end
-- @statement procedure CLEANUP_COPIED
CREATE PROCEDURE CLEANUP_COPIED(IN p_run_id BIGINT, IN p_table VARCHAR(64), IN p_reason VARCHAR(40), IN p_rows BIGINT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
BEGIN
  IF p_rows > 0 THEN
    INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, DELETED)
    VALUES (p_run_id, p_table, p_rows)
    ON DUPLICATE KEY UPDATE DELETED = DELETED + p_rows;
    IF p_reason <> '' THEN
      INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON, DELETED)
      VALUES (p_run_id, p_table, p_reason, p_rows)
      ON DUPLICATE KEY UPDATE DELETED = DELETED + p_rows;
    END IF;
  END IF;
END$$
-- @end

-- After a batch: writes it into the log and steers the size of the next one. Raises an error unless all copied rows
-- went. p_reasons: dead rows by reason. p_upto: the last key; NULL at the end. A dry run copies, counts, and takes it
-- back here.
-- @statement drop CLEANUP_DONE
DROP PROCEDURE IF EXISTS CLEANUP_DONE$$
-- @end
-- @statement procedure CLEANUP_DONE
CREATE PROCEDURE CLEANUP_DONE(
  IN p_run_id BIGINT, IN p_seen BIGINT, IN p_copied BIGINT, IN p_deleted BIGINT, IN p_reasons TEXT,
  IN p_upto VARBINARY(3072))
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
BEGIN
  DECLARE v_dry_run VARCHAR(3);
  DECLARE v_procedure, v_table, v_walk VARCHAR(64);
  DECLARE v_first VARBINARY(3072);
  DECLARE v_rows, v_ms BIGINT;
  DECLARE v_careful, v_target_ms, v_over INT;

  SELECT l.PROCEDURE_NAME, l.TABLE_NAME, l.WALK, l.FIRST_KEY, l.BATCH_ROWS, GREATEST(l.CAREFUL - 1, 0), l.TARGET_MS,
    TIMESTAMPDIFF(MICROSECOND, l.BATCH_BEGAN, SYSDATE(6)) DIV 1000, l.DRY_RUN
  INTO v_procedure, v_table, v_walk, v_first, v_rows, v_careful, v_target_ms, v_ms, v_dry_run
  FROM CLEANUP_LOCK l
  WHERE l.RUN_ID = p_run_id;

  IF v_dry_run <> 'no' THEN
    ROLLBACK;
    START TRANSACTION;
  ELSEIF p_deleted <> p_copied THEN
    SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'another session changed rows of this batch';
  END IF;

  UPDATE CLEANUP_RUN_STEP
  SET SEEN = SEEN + p_seen, DELETED = DELETED + p_copied, BATCHES = BATCHES + (p_seen > 0),
      LONGEST_BATCH_MS = GREATEST(LONGEST_BATCH_MS, v_ms)
  WHERE RUN_ID = p_run_id AND TABLE_NAME = v_table;
  IF p_copied > 0 THEN
    INSERT INTO CLEANUP_RUN_REASON (RUN_ID, TABLE_NAME, REASON, DELETED)
    SELECT p_run_id, v_table, x.REASON, x.N
    FROM (
      SELECT k.REASON, JSON_EXTRACT(p_reasons, CONCAT('$."', k.REASON, '"')) + 0 AS N
      FROM JSON_TABLE(JSON_KEYS(p_reasons), '$[*]' COLUMNS (REASON VARCHAR(40) PATH '$')) k
    ) x
    ON DUPLICATE KEY UPDATE DELETED = CLEANUP_RUN_REASON.DELETED + x.N;
  END IF;

  SET v_over = IF(v_walk IN ('limit', 'own'), p_copied < v_rows, p_upto IS NULL AND v_first IS NULL);
  IF v_walk IN ('key', 'range') AND v_dry_run = 'no' THEN
    IF v_over THEN
      DELETE FROM CLEANUP_POSITION WHERE PROCEDURE_NAME = v_procedure AND TABLE_NAME = v_table;
    ELSEIF p_upto IS NOT NULL THEN
      INSERT INTO CLEANUP_POSITION (PROCEDURE_NAME, TABLE_NAME, PLACE)
      VALUES (v_procedure, v_table, p_upto)
      ON DUPLICATE KEY UPDATE PLACE = p_upto;
    END IF;
  END IF;

  -- At the last key the walk goes on before the first, up to where it began. Rows that live cost little: a range of
  -- them must not make the next batch, of dead ones, too large
  UPDATE CLEANUP_LOCK
  SET TABLE_NAME = IF(v_over, NULL, TABLE_NAME), AFTER_KEY = p_upto,
      UNTIL_KEY = IF(p_upto IS NULL, FIRST_KEY, UNTIL_KEY), FIRST_KEY = IF(p_upto IS NULL, NULL, FIRST_KEY),
      FAILURES = 0, CAREFUL = v_careful,
      BATCH_ROWS = IF(v_ms > v_target_ms OR v_careful = 0 AND (p_copied * 2 >= v_rows OR v_rows < 5000),
        v_rows * LEAST(GREATEST(v_target_ms / GREATEST(v_ms, 1), 0.5), 4), v_rows)
  WHERE PROCEDURE_NAME = v_procedure AND RUN_ID = p_run_id;
  COMMIT;
END$$
-- @end

-- After a batch that failed. If another session was in the way, or a row raised an error: the same again with a
-- sixteenth of the rows, down to a single one, which is then passed over. Anything else ends the run.
-- @statement drop CLEANUP_FAILED
DROP PROCEDURE IF EXISTS CLEANUP_FAILED$$
-- @end
-- @statement procedure CLEANUP_FAILED
CREATE PROCEDURE CLEANUP_FAILED(
  IN p_run_id BIGINT, IN p_errno INT, IN p_sqlstate CHAR(5), IN p_message TEXT, IN p_upto VARBINARY(3072))
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
BEGIN
  -- In a cluster also 3101, a change on another server came first; 1105 and 3100, the transaction is too large; 1180,
  -- one of both
  DECLARE v_busy TINYINT DEFAULT p_errno IN (1020, 1180, 1205, 1217, 1451, 3100, 3101) OR p_sqlstate = '40001'
    OR p_errno = 1105 AND p_message LIKE 'Maximum writeset size%';
  DECLARE v_own TINYINT DEFAULT LEFT(p_sqlstate, 2) IN ('22', '23', '45');  -- data, constraints, what a trigger raises
  DECLARE v_error VARCHAR(400) DEFAULT LEFT(CONCAT('error ', p_errno, ': ', p_message), 400);
  DECLARE v_procedure, v_table VARCHAR(64);
  DECLARE v_rows, v_errors, v_failures BIGINT;
  DECLARE v_stands TINYINT;

  -- Galera undoes the whole transaction if a change on another server came first, and may call that interrupted, too
  BEGIN
    DECLARE CONTINUE HANDLER FOR 1305 SET v_busy = v_busy OR p_errno = 1317;
    ROLLBACK TO SAVEPOINT deepclean_batch;
  END;
  ROLLBACK;
  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
  START TRANSACTION;
  SELECT l.PROCEDURE_NAME, l.TABLE_NAME, l.BATCH_ROWS, l.ERRORS, l.FAILURES,
    p_upto <=> l.AFTER_KEY AND l.WALK NOT IN ('limit', 'own')
  INTO v_procedure, v_table, v_rows, v_errors, v_failures, v_stands
  FROM CLEANUP_LOCK l
  WHERE l.RUN_ID = p_run_id
  FOR UPDATE;
  UPDATE CLEANUP_RUN_STEP SET RETRIES = RETRIES + 1 WHERE RUN_ID = p_run_id AND TABLE_NAME = v_table;

  IF NOT v_busy AND NOT v_own OR v_errors >= 100 OR v_failures >= 100 THEN
    UPDATE CLEANUP_LOCK
    SET STATUS = IF(p_errno IN (1317, 1927), 'stopped', 'failed'),
        WHY = IF(p_errno IN (1317, 1927), 'interrupted', v_error)
    WHERE PROCEDURE_NAME = v_procedure;
  ELSEIF v_rows > 1 OR v_stands THEN
    UPDATE CLEANUP_LOCK
    SET FAILURES = FAILURES + 1, CAREFUL = 20, BATCH_ROWS = GREATEST(v_rows DIV 16, 1)
    WHERE PROCEDURE_NAME = v_procedure;
  ELSE
    IF NOT v_busy THEN
      INSERT IGNORE INTO CLEANUP_RUN_ERROR (RUN_ID, TABLE_NAME, ROW_KEY, ERROR)
      VALUES (p_run_id, v_table, COALESCE(LEFT(CONVERT(p_upto USING utf8mb4), 400), '?'), v_error);
    END IF;
    UPDATE CLEANUP_LOCK
    SET FAILURES = 0, CAREFUL = 0, BATCH_ROWS = 50, PASSED_OVER = PASSED_OVER + v_busy, ERRORS = ERRORS + (NOT v_busy),
        AFTER_KEY = p_upto, TABLE_NAME = IF(WALK IN ('limit', 'own'), NULL, TABLE_NAME)
    WHERE PROCEDURE_NAME = v_procedure;
  END IF;
  COMMIT;
END$$
-- @end

-- Empties a list, batch by batch, also if the run had to stop. Only the caller knows which list, so the statement is
-- put together here.
-- @statement drop CLEANUP_EMPTIED
DROP PROCEDURE IF EXISTS CLEANUP_EMPTIED$$
-- @end
-- @statement procedure CLEANUP_EMPTIED
CREATE PROCEDURE CLEANUP_EMPTIED(IN p_run_id BIGINT, IN p_table VARCHAR(64))
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
BEGIN
  DECLARE v_deleted, v_owner BIGINT;

  COMMIT;
  SET @deepclean_sql = CONCAT('DELETE FROM `', p_table, '` LIMIT 5000');
  PREPARE deepclean_statement FROM @deepclean_sql;
  REPEAT
    START TRANSACTION;
    SET v_deleted = 0;
    SELECT COUNT(*) INTO v_owner FROM CLEANUP_LOCK WHERE RUN_ID = p_run_id FOR UPDATE;
    IF v_owner = 1 THEN
      UPDATE CLEANUP_LOCK SET HEARTBEAT = UTC_TIMESTAMP(6) WHERE RUN_ID = p_run_id;
      EXECUTE deepclean_statement;
      SET v_deleted = ROW_COUNT();
    END IF;
    COMMIT;
  UNTIL v_deleted = 0 END REPEAT;
  DEALLOCATE PREPARE deepclean_statement;
  SET @deepclean_sql = NULL;
END$$
-- @end

-- Copies whose retention is over. They go first: a run that its budget or window ends early, night after night, would
-- never come to them. Only the caller knows which tables those are, so the statement is put together here.
-- @statement drop CLEANUP_PRUNE
DROP PROCEDURE IF EXISTS CLEANUP_PRUNE$$
-- @end
-- @statement procedure CLEANUP_PRUNE
CREATE PROCEDURE CLEANUP_PRUNE(IN p_run_id BIGINT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
BEGIN
  DECLARE v_facts MEDIUMTEXT;
  DECLARE v_backup VARCHAR(64);
  DECLARE v_error TEXT;
  DECLARE v_sqlstate CHAR(5);
  DECLARE v_after, v_until VARBINARY(3072);
  DECLARE v_days, v_oldest, v_oldest_kept, v_rows, v_deleted BIGINT;
  DECLARE v_errno, v_at INT DEFAULT 0;

  COMMIT;
  SELECT l.FACTS, COALESCE((
      SELECT MAX(s.VALUE + 0) FROM CLEANUP_SETTING s
      WHERE s.PROCEDURE_NAME = l.PROCEDURE_NAME AND LEFT(LTRIM(s.VALUE), 1) <> '-' AND s.NAME = 'backup_retention_days'
    ), 30)                     -- a negative number counts as none
  INTO v_facts, v_days
  FROM CLEANUP_LOCK l
  WHERE l.RUN_ID = p_run_id AND l.STATUS = 'running' AND l.DRY_RUN = 'no';
  SELECT COALESCE(MIN(r.RUN_ID), p_run_id) INTO v_oldest_kept
  FROM CLEANUP_RUN r
  WHERE r.STARTED_AT >= UTC_TIMESTAMP() - INTERVAL v_days DAY;
  -- Rows of a run that the log does not know have no age
  SELECT COALESCE(MIN(r.RUN_ID), p_run_id) INTO v_oldest FROM CLEANUP_RUN r;

  WHILE v_oldest < v_oldest_kept AND v_at < COALESCE(JSON_LENGTH(v_facts), 0) DO
    SET v_backup = JSON_UNQUOTE(JSON_EXTRACT(v_facts, CONCAT('$[', v_at, '][1]'))), v_at = v_at + 1;
    IF v_backup <> '' THEN
      CALL CLEANUP_OPEN(p_run_id, v_backup, 'own');
      SET @deepclean_sql = CONCAT('DELETE FROM `', v_backup, '` WHERE RUN_ID >= ', v_oldest,
        ' AND RUN_ID < ', v_oldest_kept, ' LIMIT ?');
      PREPARE deepclean_statement FROM @deepclean_sql;
      pruning: LOOP
        CALL CLEANUP_NEXT(p_run_id, v_rows, v_after, v_until);
        IF v_rows = 0 THEN
          LEAVE pruning;
        END IF;
        BEGIN
          DECLARE EXIT HANDLER FOR SQLEXCEPTION
          BEGIN
            GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
            CALL CLEANUP_FAILED(p_run_id, v_errno, v_sqlstate, v_error, NULL);
          END;

          SET @deepclean_rows = v_rows;
          EXECUTE deepclean_statement USING @deepclean_rows;
          SET v_deleted = ROW_COUNT();
          CALL CLEANUP_DONE(p_run_id, v_deleted, v_deleted, v_deleted, NULL, NULL);
        END;
      END LOOP;
      DEALLOCATE PREPARE deepclean_statement;
    END IF;
  END WHILE;
  SET @deepclean_sql = NULL, @deepclean_rows = NULL;
END$$
-- @end

-- Behind the last table: whether the copies of the run are to be judged once more. If so, a transaction has begun in
-- which no restore and no other run begins. A run that was interrupted or failed has its last word.
-- @statement drop CLEANUP_PROVE
DROP PROCEDURE IF EXISTS CLEANUP_PROVE$$
-- @end
-- @statement procedure CLEANUP_PROVE
CREATE PROCEDURE CLEANUP_PROVE(IN p_run_id BIGINT, OUT p_proves INT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
prove: BEGIN
  COMMIT;
  UPDATE CLEANUP_LOCK SET HEARTBEAT = UTC_TIMESTAMP(6) WHERE RUN_ID = p_run_id;
  COMMIT;
  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;  -- nothing that is read is locked
  START TRANSACTION;
  SELECT COUNT(*) INTO p_proves
  FROM CLEANUP_LOCK l
  JOIN CLEANUP_SETTING s ON s.PROCEDURE_NAME = l.PROCEDURE_NAME AND s.NAME = 'prove_after' AND s.VALUE = 'yes'
  WHERE l.RUN_ID = p_run_id AND l.DRY_RUN = 'no' AND l.STATUS IN ('running', 'stopped') AND l.WHY <> 'interrupted';
  IF p_proves > 0 THEN
    SELECT COUNT(*) INTO p_proves FROM CLEANUP_LOCK l WHERE l.RUN_ID = p_run_id FOR UPDATE;
  END IF;
END prove$$
-- @end

-- The run's last word. p_error: what ended it outside a batch, or NULL.
-- @statement drop CLEANUP_END
DROP PROCEDURE IF EXISTS CLEANUP_END$$
-- @end
-- @statement procedure CLEANUP_END
CREATE PROCEDURE CLEANUP_END(IN p_run_id BIGINT, IN p_error TEXT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
BEGIN
  DECLARE v_status VARCHAR(20);
  DECLARE v_why, v_wrong VARCHAR(400);
  DECLARE v_tries INT DEFAULT 0;

  -- Again if the commit fails: in a cluster a start on another server may have come first
  ends: LOOP
    SET v_status = NULL, v_why = NULL;
    BEGIN
      DECLARE EXIT HANDLER FOR 1180, 1205, 1213, 3101
      BEGIN
        SET v_tries = v_tries + 1;
        IF v_tries = 10 THEN
          CALL CLEANUP_SESSION();
          RESIGNAL;
        END IF;
        DO SLEEP(0.1);
      END;

      ROLLBACK;
      SELECT
        IF(p_error IS NOT NULL, 'failed', IF(l.STATUS = 'running', 'ended', l.STATUS)),
        COALESCE(LEFT(CONCAT('error: ', p_error), 400), CONCAT(l.WHY,
          IF(l.WHY = 'done' AND l.PASSED_OVER + l.ERRORS > 0, CONCAT(', except ', CONCAT_WS(' and ',
            IF(l.PASSED_OVER > 0, 'for rows that another session held', NULL),
            IF(l.ERRORS > 0, 'for rows that raised errors', NULL))), '')))
      INTO v_status, v_why
      FROM CLEANUP_LOCK l
      WHERE l.RUN_ID = p_run_id
      FOR UPDATE;
      SELECT MIN(IF(p.WRONG > 0,
        CONCAT(p.WRONG, ' of ', p.COPIES, ' rows that it deleted from ', p.TABLE_NAME, ' cannot have been dead'),
        CONCAT('it deleted ', p.LOGGED, ' rows from ', p.TABLE_NAME, ' and kept ', p.COPIES, ' of them')))
      INTO v_wrong
      FROM CLEANUP_RUN_PROOF p
      WHERE p.RUN_ID = p_run_id AND (p.WRONG > 0 OR p.COPIES <> p.LOGGED);
      IF v_wrong IS NOT NULL THEN
        SET v_status = 'failed',
            v_why = CONCAT('proof: ', v_wrong, '; switched off until somebody looks: restore run ', p_run_id);
        UPDATE CLEANUP_SETTING s
        JOIN CLEANUP_LOCK l ON l.PROCEDURE_NAME = s.PROCEDURE_NAME
        SET s.VALUE = 'no'
        WHERE l.RUN_ID = p_run_id AND s.NAME = 'enabled';
      ELSEIF v_status IN ('ended', 'stopped') AND EXISTS (
        SELECT 1
        FROM CLEANUP_SETTING s
        JOIN CLEANUP_LOCK l ON l.PROCEDURE_NAME = s.PROCEDURE_NAME
        WHERE l.RUN_ID = p_run_id AND l.DRY_RUN = 'no' AND s.NAME = 'prove_after' AND s.VALUE = 'yes'
      ) AND NOT EXISTS (SELECT 1 FROM CLEANUP_RUN_PROOF p WHERE p.RUN_ID = p_run_id) THEN
        SET v_why = LEFT(CONCAT(v_why, ', but not proven'), 400);
      END IF;
      UPDATE CLEANUP_RUN
      SET ENDED_AT = UTC_TIMESTAMP(3), STATUS = COALESCE(v_status, 'stopped'),
          WHY_STOPPED = COALESCE(v_why, 'another run took over')
      WHERE RUN_ID = p_run_id AND STATUS = 'running';
      UPDATE CLEANUP_LOCK SET STATUS = v_status, TABLE_NAME = NULL WHERE RUN_ID = p_run_id;
      COMMIT;
      LEAVE ends;
    END;
  END LOOP ends;
  CALL CLEANUP_SESSION();
  -- In a cluster a run that lost its lock hears of it by an error that does not say so
  IF v_status = 'failed' AND p_error IS NULL OR v_status IS NULL AND p_error IS NOT NULL AND p_run_id IS NOT NULL THEN
    SET v_why = LEFT(CONCAT('run ', p_run_id, ' stopped: ', COALESCE(v_why, 'another run took over')), 128);
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_why;
  END IF;
END$$
-- @end

-- Begins a restore of what a run of the cleanup deleted.
-- @statement drop CLEANUP_BEGIN_RESTORE
DROP PROCEDURE IF EXISTS CLEANUP_BEGIN_RESTORE$$
-- @end
-- @statement procedure CLEANUP_BEGIN_RESTORE
CREATE PROCEDURE CLEANUP_BEGIN_RESTORE(
  IN p_cleanup VARCHAR(64), IN p_procedure VARCHAR(64), IN p_kit_version INT, IN p_facts MEDIUMTEXT,
  IN p_deleted_by BIGINT, OUT p_run_id BIGINT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
BEGIN
  DECLARE v_known, v_at INT DEFAULT 0;
  DECLARE v_problem VARCHAR(400);
  DECLARE v_backup VARCHAR(64);
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    CALL CLEANUP_SESSION();
    RESIGNAL;
  END;

  CALL CLEANUP_TAKE_LOCK(p_cleanup, p_procedure, p_kit_version, v_problem);
  IF v_problem IS NOT NULL THEN
    SET v_problem = CONCAT(p_cleanup, ' or a restore is ', v_problem);
  ELSE
    SELECT COUNT(*) INTO v_known
    FROM CLEANUP_RUN
    WHERE RUN_ID = p_deleted_by AND PROCEDURE_NAME = p_cleanup AND DRY_RUN = 'no';
    IF v_known = 0 THEN
      SET v_problem = CONCAT('CLEANUP_RUN has no such run of ', p_cleanup, ' that deleted rows');
    ELSE
      CALL CLEANUP_MISFIT(p_facts, TRUE, v_problem);
    END IF;
  END IF;
  IF v_problem IS NOT NULL THEN
    SET v_problem = LEFT(CONCAT(p_procedure, ' did not start: ', v_problem), 128);
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_problem;
  END IF;

  INSERT INTO CLEANUP_RUN (PROCEDURE_NAME, STARTED_BY, STARTED_AT, STATUS)
  VALUES (p_procedure, CONCAT(LEFT(SESSION_USER(), 220), ', session ', CONNECTION_ID()), UTC_TIMESTAMP(3), 'running');
  SET p_run_id = LAST_INSERT_ID();
  WHILE v_at < JSON_LENGTH(p_facts) DO
    SET v_backup = JSON_UNQUOTE(JSON_EXTRACT(p_facts, CONCAT('$[', v_at, '][1]')));
    IF v_backup <> '' THEN
      SET @deepclean_sql
          = CONCAT('SELECT COUNT(*) INTO @deepclean_rows FROM `', v_backup, '` WHERE RUN_ID = ', p_deleted_by);
      PREPARE deepclean_statement FROM @deepclean_sql;
      EXECUTE deepclean_statement;
      DEALLOCATE PREPARE deepclean_statement;
      INSERT INTO CLEANUP_RUN_STEP (RUN_ID, TABLE_NAME, SEEN)
      VALUES (p_run_id, JSON_UNQUOTE(JSON_EXTRACT(p_facts, CONCAT('$[', v_at, '][0]'))), @deepclean_rows);
    END IF;
    SET v_at = v_at + 1;
  END WHILE;
  SET @deepclean_sql = NULL, @deepclean_rows = NULL;
  -- What is left of a run could be the older rows of a session whose newer ones are gone
  SELECT MIN(CONCAT(p_procedure, ' did not start: of ', s.TABLE_NAME, ', ', s.SEEN, ' rows are kept of ', d.DELETED))
  INTO v_problem
  FROM CLEANUP_RUN_STEP s
  JOIN CLEANUP_RUN_STEP d ON d.RUN_ID = p_deleted_by AND d.TABLE_NAME = s.TABLE_NAME
  WHERE s.RUN_ID = p_run_id AND s.SEEN < d.DELETED;
  IF v_problem IS NOT NULL THEN
    SET v_problem = LEFT(v_problem, 128);
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_problem;
  END IF;
  UPDATE CLEANUP_LOCK
  SET RUN_ID = p_run_id, HOST = CONCAT(@@hostname, ':', @@port), HEARTBEAT = UTC_TIMESTAMP(6), STATUS = 'running',
      FACTS = p_facts
  WHERE PROCEDURE_NAME = p_cleanup;
  COMMIT;
END$$
-- @end

-- A restore turns to a table; p_key: the first column of its key, as SQL has it, or NULL. Rows come back with the
-- highest keys first, since of a session, or a path, the newest row must not come back after the older ones; 2000 rows
-- in a transaction, and all that share the first column of the key, so that a session is never in part there. The
-- statement that finds which come next is put together here, since only the caller knows the table. Variables of the
-- session have the type and the collation of the column.
-- @statement drop CLEANUP_RESTORE_TABLE
DROP PROCEDURE IF EXISTS CLEANUP_RESTORE_TABLE$$
-- @end
-- @statement procedure CLEANUP_RESTORE_TABLE
CREATE PROCEDURE CLEANUP_RESTORE_TABLE(
  IN p_run_id BIGINT, IN p_deleted_by BIGINT, IN p_table VARCHAR(64) CHARACTER SET utf8mb4, IN p_key VARCHAR(70))
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
BEGIN
  DECLARE v_backup VARCHAR(64);

  UPDATE CLEANUP_LOCK SET TABLE_NAME = p_table, FAILURES = 0 WHERE RUN_ID = p_run_id;
  SELECT f.BACKUP INTO v_backup
  FROM CLEANUP_LOCK l
  JOIN JSON_TABLE(l.FACTS, '$[*]' COLUMNS (
    SOURCE VARCHAR(64) CHARACTER SET utf8mb4 PATH '$[0]', BACKUP VARCHAR(64) CHARACTER SET utf8mb4 PATH '$[1]')) f
  -- Whatever collation the database has for variables
  WHERE l.RUN_ID = p_run_id AND f.SOURCE = p_table COLLATE utf8mb4_bin;
  SET @deepclean_from = NULL, @deepclean_upto = '', @deepclean_behind = NULL, @deepclean_rows = 2000;
  SET @deepclean_sql = CONCAT('SELECT MIN(k.X), MAX(k.X) INTO @deepclean_from, @deepclean_upto FROM (SELECT b.', p_key,
    ' AS X FROM `', v_backup, '` b WHERE b.RUN_ID = ', p_deleted_by, ' AND (@deepclean_behind IS NULL OR b.', p_key,
    ' < @deepclean_behind) ORDER BY b.', p_key, ' DESC LIMIT ?) k');
  CALL CLEANUP_PUT_BACK(p_run_id, 0);
END$$
-- @end

-- Ends a transaction that put so many rows back, and begins the next, in which no run begins either. p_rows: -1 if
-- another session was in the way, which may be so for a minute, or a cluster takes no transaction as large: then fewer
-- of these rows are tried.
-- @statement drop CLEANUP_PUT_BACK
DROP PROCEDURE IF EXISTS CLEANUP_PUT_BACK$$
-- @end
-- @statement procedure CLEANUP_PUT_BACK
CREATE PROCEDURE CLEANUP_PUT_BACK(IN p_run_id BIGINT, IN p_rows BIGINT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
BEGIN
  DECLARE v_table VARCHAR(64);
  DECLARE v_failures INT;

  IF p_rows < 0 THEN
    ROLLBACK;
    -- Committed, or the next ROLLBACK would take the count back
    UPDATE CLEANUP_LOCK SET FAILURES = FAILURES + 1, HEARTBEAT = UTC_TIMESTAMP(6) WHERE RUN_ID = p_run_id;
    COMMIT;
  ELSE
    UPDATE CLEANUP_RUN_STEP s
    JOIN CLEANUP_LOCK l ON l.RUN_ID = s.RUN_ID AND l.TABLE_NAME = s.TABLE_NAME
    SET s.RESTORED = s.RESTORED + p_rows, s.BATCHES = s.BATCHES + (p_rows > 0)
    WHERE s.RUN_ID = p_run_id;
    COMMIT;
  END IF;
  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
  START TRANSACTION;
  SELECT l.TABLE_NAME, IF(p_rows < 0, l.FAILURES, 0) INTO v_table, v_failures
  FROM CLEANUP_LOCK l
  WHERE l.RUN_ID = p_run_id
  FOR UPDATE;
  IF v_table IS NULL THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'another run took over; call the restore again: it goes on';
  ELSEIF v_failures >= 60 THEN
    SIGNAL SQLSTATE '45000'
      SET MESSAGE_TEXT = 'other sessions hold locks; what is back stays back; call the restore again: it goes on';
  END IF;
  UPDATE CLEANUP_LOCK SET HEARTBEAT = UTC_TIMESTAMP(6), FAILURES = v_failures WHERE RUN_ID = p_run_id;
  IF p_rows < 0 THEN
    DO SLEEP(0.1);                                 -- with the row locked, or a run would take the restore for crashed
    SET @deepclean_rows = GREATEST(@deepclean_rows DIV 4, 1);
  ELSE
    SET @deepclean_behind = @deepclean_from, @deepclean_rows = LEAST(@deepclean_rows * 2, 2000);
  END IF;
  IF @deepclean_sql IS NOT NULL THEN
    PREPARE deepclean_statement FROM @deepclean_sql;
    EXECUTE deepclean_statement USING @deepclean_rows;
    DEALLOCATE PREPARE deepclean_statement;
  ELSEIF p_rows >= 0 THEN                          -- without a key all rows have come back at once
    SET @deepclean_upto = IF(@deepclean_upto = '', 'all', NULL);
  END IF;
END$$
-- @end

-- The restore's last word. p_error: what ended it, or NULL.
-- @statement drop CLEANUP_END_RESTORE
DROP PROCEDURE IF EXISTS CLEANUP_END_RESTORE$$
-- @end
-- @statement procedure CLEANUP_END_RESTORE
CREATE PROCEDURE CLEANUP_END_RESTORE(IN p_run_id BIGINT, IN p_deleted_by BIGINT, IN p_error TEXT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'Shared by the cleanups of deepclean; their log is CLEANUP_RUN.'
BEGIN
  DECLARE v_seen, v_restored BIGINT;

  ROLLBACK;
  SELECT SUM(s.SEEN), SUM(s.RESTORED) INTO v_seen, v_restored FROM CLEANUP_RUN_STEP s WHERE s.RUN_ID = p_run_id;
  UPDATE CLEANUP_RUN
  SET ENDED_AT = UTC_TIMESTAMP(3), STATUS = IF(p_error IS NULL, 'ended', 'failed'),
      WHY_STOPPED = COALESCE(LEFT(CONCAT('error: ', p_error), 400), CONCAT(
        'run ', p_deleted_by, ': ', v_restored, ' rows restored, ', v_seen - v_restored, ' left alone'))
  WHERE RUN_ID = p_run_id AND STATUS = 'running';
  UPDATE CLEANUP_LOCK SET STATUS = 'ended', TABLE_NAME = NULL WHERE RUN_ID = p_run_id;
  COMMIT;
  SET @deepclean_sql = NULL, @deepclean_from = NULL, @deepclean_upto = NULL, @deepclean_behind = NULL,
      @deepclean_rows = NULL;
  CALL CLEANUP_SESSION();
END$$
-- @end

DELIMITER ;

-- The register: what verification compares with later.
-- @statement register CLEANUP_LOCK
CALL CLEANUP_REGISTER('table', 'CLEANUP_LOCK', '3fbdab849eab1bbc45fadfe522a92cbcf88a6e33278339a29c94c29174600047');
-- @end
-- @statement register CLEANUP_POSITION
CALL CLEANUP_REGISTER('table', 'CLEANUP_POSITION', 'b2b80038dfc87127efc9f16ff0a3f4288995683b1e08ed0fc34a47cb0cf5b68f');
-- @end
-- @statement register CLEANUP_RUN_ERROR
CALL CLEANUP_REGISTER('table', 'CLEANUP_RUN_ERROR', '91be7b9146aadb78adf643ccda3fb1465aed3927af49cb5fc06451f3dc1e46db');
-- @end
-- @statement register CLEANUP_RUN_REST
CALL CLEANUP_REGISTER('table', 'CLEANUP_RUN_REST', '57e1d1d9b12ceb1e6e2e515874ce0ad1518ada9e292217dd56fb970fd0c9a882');
-- @end
-- @statement register CLEANUP_RUN_PROOF
CALL CLEANUP_REGISTER('table', 'CLEANUP_RUN_PROOF', 'f86da4439bd8531213f83888228e6336ac16cfd36c6f2b45e36717846722d0ad');
-- @end
-- @statement register CLEANUP_MISFIT
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_MISFIT',
    '25c4425928b3e088f6bd8b03af203806ab989e131407292ce3d5cb956bb0acc2');
-- @end
-- @statement register CLEANUP_SESSION
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_SESSION',
    'edd27cd9c143bbaeecaab1c8c544db9c8bae976fa74d0c9dd5ebfe877a804592');
-- @end
-- @statement register CLEANUP_TAKE_LOCK
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_TAKE_LOCK',
    '439e4c7d93d958d486ede33c4f64261bcd2caa39d25e073be0b184c8f96c3a34');
-- @end
-- @statement register CLEANUP_BEGIN
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_BEGIN', '1d78da26c5f9da1f2c0387ade4b51a799eca884b1c7f9656e86ec15e43263e7f');
-- @end
-- @statement register CLEANUP_OPEN
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_OPEN', '5a92cae2d98a077b9fd6a966e8a0cbce77eec60c0893994ab1e2ff04a9f2e379');
-- @end
-- @statement register CLEANUP_LOOK
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_LOOK', '1c4f60771931893e34c50e3d70cc7aa0556bbde2f4541fde8e6ac55b388a386f');
-- @end
-- @statement register CLEANUP_NEXT
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_NEXT', '05469423d7c903617d9d7d3c29c505f1cbb2b05448bd5d7ca5129810869954c1');
-- @end
-- @statement register CLEANUP_COPIED
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_COPIED',
    '878e269daf4329ddb0218e093b456c477bd8c12dea02376524897cdf0db5bf56');
-- @end
-- @statement register CLEANUP_DONE
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_DONE', '6efdea74135549759d5eb717b4a6e27700c223c8c3f35fc60ae0b1749a9e547b');
-- @end
-- @statement register CLEANUP_FAILED
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_FAILED',
    '2a2ebc58a8c4892ceb4bd1bdb7274b00c63236ebf5e835fd86689394e02f4380');
-- @end
-- @statement register CLEANUP_EMPTIED
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_EMPTIED',
    'b0696d33728697d749dbe65e4fbe758478a6547e71026db72f8345f99acfee2b');
-- @end
-- @statement register CLEANUP_PRUNE
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_PRUNE', 'c7c113c5de92612123b2683577cacb527286bfc3905c944715d7bd2452a3b863');
-- @end
-- @statement register CLEANUP_PROVE
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_PROVE', '8423df64ae3a8ff6d75c2947e1f1ac1900b13797f6cfb7f2d0dae23cb03112a1');
-- @end
-- @statement register CLEANUP_END
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_END', 'ffc7192567d1134e15f66963c80ca76368ad546ef6ac240d6cd17bb17ed72be6');
-- @end
-- @statement register CLEANUP_BEGIN_RESTORE
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_BEGIN_RESTORE',
    '6b1408e5ae34247399961f20ae4d6dc78ebb31c3f45d56622252984456ab68f7');
-- @end
-- @statement register CLEANUP_RESTORE_TABLE
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_RESTORE_TABLE',
    '372d4b1e55fd42a65753709abc2bf25fd159b6c0a91ae73d29fbde9ca2cf64e8');
-- @end
-- @statement register CLEANUP_PUT_BACK
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_PUT_BACK',
    '637a856a3ea56e53166c6c74226640e761d62c4e68f55af3b901b87e184c513c');
-- @end
-- @statement register CLEANUP_END_RESTORE
CALL CLEANUP_REGISTER('procedure', 'CLEANUP_END_RESTORE',
    'be3000a19cdc5b465c8e141da219e0a1fe8a0384f84a6e71cd31f7a99d871551');
-- @end
