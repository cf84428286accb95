-- cleanup_uma_tickets: deletes permission tickets of User-Managed Access that expired, and whose token is gone.
--
-- Made by deepclean for every table of every version in Oracle's words. Do not edit: an edited file no longer matches
-- SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_UMA_PERMISSION_TICKET when
--     expired: it expired over 24 h ago and led to no token, or its token has no row and the longest lifetime is over
--     since it expired; and its tenant has a newer ticket
--     and only if its TICKET_STATE is ACTIVE, EXPIRED or REVOKED
--     together with its child rows in IDN_UMA_PT_RESOURCE_SCOPE, IDN_UMA_PT_RESOURCE
-- If a row of these tables goes, or its parent, the table is locked for a batch and read as a whole for each parent:
--   IDN_UMA_PT_RESOURCE has no index on PT_ID
--   IDN_UMA_PT_RESOURCE_SCOPE has no index on PT_RESOURCE_ID
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_uma_tickets(run) puts back what is still kept.
-- A child row that another session adds after the others were copied goes by the cascade, and is not copied.
-- EXECUTE cleanup_uma_tickets('yes') counts, and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql. Progress, counts and why it stopped are in CLEANUP_RUN and
-- CLEANUP_RUN_STEP. Settings are in CLEANUP_SETTING: pace, window and stop are read before every batch; those
-- that say what makes a row dead are read once, when a run begins.
--
-- The caller needs EXECUTE on cleanup_uma_tickets and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_uma_tickets
CREATE OR REPLACE PROCEDURE cleanup_uma_tickets(p_dry_run VARCHAR2 DEFAULT 'no')
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_rows CLEANUP_KIT.rowids;     -- the dead rows of a batch, locked
  v_reasons CLEANUP_KIT.words;   -- why each of them is dead
  v_found CLEANUP_KIT.rowids;    -- rows that go with them
  v_below CLEANUP_KIT.rowids;    -- and those that go with these
  v_grace_cut_off TIMESTAMP(6);
  v_lifetime_cut_off TIMESTAMP(6);
  v_longest_lifetime_hours NUMBER;
  v_clock_uncertainty_hours NUMBER;
  v_after_1 NUMBER;
  v_upto_1 IDN_UMA_PERMISSION_TICKET.ID%TYPE;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CLEANUP_KIT.expect(v_run, 'IDN_UMA_PERMISSION_TICKET', 'CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET', 7);
  CLEANUP_KIT.expect(v_run, 'IDN_UMA_PT_RESOURCE', 'CLEANUP_BAK_IDN_UMA_PT_RESOURCE', 3);
  CLEANUP_KIT.expect_key(v_run, 'PT_ID -> IDN_UMA_PERMISSION_TICKET (ID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'IDN_UMA_PT_RESOURCE_SCOPE', 'CLEANUP_BAK_IDN_UMA_PT_RESOURCE_SCOPE', 3);
  CLEANUP_KIT.expect_key(v_run, 'PT_RESOURCE_ID -> IDN_UMA_PT_RESOURCE (ID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH2_ACCESS_TOKEN');
  CLEANUP_KIT.expect(v_run, 'IDN_OAUTH_CONSUMER_APPS');
  CLEANUP_KIT.begin_run(v_run, 'cleanup_uma_tickets', 4, p_dry_run);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;

  v_longest_lifetime_hours := CLEANUP_KIT.number_of(v_run, 'longest_lifetime_hours', 720);
  v_clock_uncertainty_hours := CLEANUP_KIT.number_of(v_run, 'clock_uncertainty_hours', 12);
  -- UTC now, less the uncertainty of timestamps and 24 h
  v_grace_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR') - NUMTODSINTERVAL(24, 'HOUR');
  -- UTC now, less the uncertainty of timestamps, 24 h and the longest token lifetime of any application
  SELECT v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR') - NUMTODSINTERVAL(24, 'HOUR')
      - NUMTODSINTERVAL((SELECT CASE
             WHEN x.is_for_ever = 1 THEN NULL
             WHEN x.longest > v_longest_lifetime_hours * 3600 THEN x.longest
             ELSE v_longest_lifetime_hours * 3600
           END
           FROM (
             SELECT MAX(p.seconds) AS longest,
               MAX(CASE WHEN p.seconds < 0 OR p.seconds > 3155760000 THEN 1 ELSE 0 END) AS is_for_ever
             FROM (
               SELECT a.USER_ACCESS_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a UNION ALL
               SELECT a.APP_ACCESS_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a UNION ALL
               SELECT a.REFRESH_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a UNION ALL
               SELECT a.ID_TOKEN_EXPIRE_TIME AS seconds FROM IDN_OAUTH_CONSUMER_APPS a
             ) p
           ) x), 'SECOND')
  INTO v_lifetime_cut_off FROM DUAL;
  UPDATE CLEANUP_RUN SET CUT_OFF = v_grace_cut_off WHERE RUN_ID = v_run.run_id;

  CLEANUP_KIT.prune(v_run);

  -- 1. IDN_UMA_PERMISSION_TICKET
  CLEANUP_KIT.open_table(v_run, 'IDN_UMA_PERMISSION_TICKET', 'list');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.is_listing THEN
        -- Dead rows, found once a run. The rule is asked again when a row is deleted
        DELETE FROM CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET;
        INSERT INTO CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET (RUN_ID, ID, NEWEST)
        SELECT v_run.run_id, t.ID, t.NEWEST
        FROM (
          SELECT n.ID, n.EXPIRY_TIME, n.TICKET_STATE, n.TOKEN_ID,
            MAX(n.ID) OVER (PARTITION BY n.TENANT_ID) AS NEWEST
          FROM IDN_UMA_PERMISSION_TICKET n
          WHERE n.TENANT_ID IS NOT NULL
        ) t
        WHERE t.TICKET_STATE IN ('ACTIVE', 'EXPIRED', 'REVOKED')
          AND (((t.TOKEN_ID IS NULL AND t.EXPIRY_TIME < v_grace_cut_off)
                OR (t.EXPIRY_TIME < v_lifetime_cut_off
                    AND NOT EXISTS (SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID)))
               AND t.ID < t.NEWEST);
        CLEANUP_KIT.listed(v_run);
        CONTINUE;
      END IF;

      v_after_1 := NVL(TO_NUMBER(v_run.after_key), -1E125);
      SELECT MAX(d.ID), COUNT(*) INTO v_upto_1, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (ID)) */ k.ID
        FROM CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET k
        WHERE k.RUN_ID = v_run.run_id AND k.ID > v_after_1
        ORDER BY k.ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ LEADING(l t) USE_NL(t) INDEX(l (RUN_ID)) */ t.ROWID, 'expired'
      BULK COLLECT INTO v_rows, v_reasons
      FROM CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET l
      JOIN IDN_UMA_PERMISSION_TICKET t ON t.ID = l.ID
      WHERE l.RUN_ID = v_run.run_id AND l.ID > v_after_1 AND l.ID <= v_upto_1
        AND (t.TICKET_STATE IN ('ACTIVE', 'EXPIRED', 'REVOKED')
             AND (((t.TOKEN_ID IS NULL AND t.EXPIRY_TIME < v_grace_cut_off)
                   OR (t.EXPIRY_TIME < v_lifetime_cut_off
                       AND NOT EXISTS (SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID)))
                  AND EXISTS (
                    SELECT 1 FROM IDN_UMA_PERMISSION_TICKET n
                    WHERE n.ID = l.NEWEST
                      AND n.TENANT_ID = t.TENANT_ID
                      AND n.ID > t.ID)))
      FOR UPDATE OF t.ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET
            (RUN_ID, REASON, ID, PT, TIME_CREATED, EXPIRY_TIME, TICKET_STATE, TENANT_ID, TOKEN_ID)
          SELECT v_run.run_id, v_reasons(i), t.ID, t.PT, t.TIME_CREATED, t.EXPIRY_TIME, t.TICKET_STATE, t.TENANT_ID,
                 t.TOKEN_ID
          FROM IDN_UMA_PERMISSION_TICKET t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        -- IDN_UMA_PT_RESOURCE
        LOCK TABLE IDN_UMA_PT_RESOURCE IN SHARE ROW EXCLUSIVE MODE WAIT 1;
        SELECT c.ROWID BULK COLLECT INTO v_found
        FROM CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET g
        JOIN IDN_UMA_PT_RESOURCE c ON c.PT_ID = g.ID
        WHERE g.RUN_ID = v_run.run_id AND g.ID > v_after_1 AND g.ID <= v_upto_1
        FOR UPDATE OF c.PT_ID WAIT 1;
        IF v_found.COUNT > 0 THEN
          LOCK TABLE IDN_UMA_PT_RESOURCE_SCOPE IN SHARE ROW EXCLUSIVE MODE WAIT 1;
          SELECT c.ROWID BULK COLLECT INTO v_below
          FROM CLEANUP_BAK_IDN_UMA_PERMISSION_TICKET g
          JOIN IDN_UMA_PT_RESOURCE p1 ON p1.PT_ID = g.ID
          JOIN IDN_UMA_PT_RESOURCE_SCOPE c ON c.PT_RESOURCE_ID = p1.ID
          WHERE g.RUN_ID = v_run.run_id AND g.ID > v_after_1 AND g.ID <= v_upto_1
          FOR UPDATE OF c.PT_RESOURCE_ID WAIT 1;
          IF v_below.COUNT > 0 THEN
            FORALL i IN 1 .. v_below.COUNT
              INSERT INTO CLEANUP_BAK_IDN_UMA_PT_RESOURCE_SCOPE
                (RUN_ID, ID, PT_RESOURCE_ID, PT_SCOPE_ID)
              SELECT v_run.run_id, c.ID, c.PT_RESOURCE_ID, c.PT_SCOPE_ID
              FROM IDN_UMA_PT_RESOURCE_SCOPE c
              WHERE c.ROWID = v_below(i);
            CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_below.COUNT);
            FORALL i IN 1 .. v_below.COUNT
              DELETE FROM IDN_UMA_PT_RESOURCE_SCOPE c WHERE c.ROWID = v_below(i);
            CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_below.COUNT);
          END IF;
          CLEANUP_KIT.followed(v_run, 'IDN_UMA_PT_RESOURCE_SCOPE', NULL, v_below.COUNT);
        END IF;
        IF v_found.COUNT > 0 THEN
          FORALL i IN 1 .. v_found.COUNT
            INSERT INTO CLEANUP_BAK_IDN_UMA_PT_RESOURCE
              (RUN_ID, ID, PT_RESOURCE_ID, PT_ID)
            SELECT v_run.run_id, c.ID, c.PT_RESOURCE_ID, c.PT_ID
            FROM IDN_UMA_PT_RESOURCE c
            WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
          FORALL i IN 1 .. v_found.COUNT
            DELETE FROM IDN_UMA_PT_RESOURCE c WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
        END IF;
        CLEANUP_KIT.followed(v_run, 'IDN_UMA_PT_RESOURCE', NULL, v_found.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_UMA_PERMISSION_TICKET t
          WHERE t.ROWID = v_rows(i)
            AND EXISTS (
              SELECT 1 FROM CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET l
              WHERE l.RUN_ID = v_run.run_id AND t.ID = l.ID
                AND (t.TICKET_STATE IN ('ACTIVE', 'EXPIRED', 'REVOKED')
                     AND (((t.TOKEN_ID IS NULL AND t.EXPIRY_TIME < v_grace_cut_off)
                           OR (t.EXPIRY_TIME < v_lifetime_cut_off
                               AND NOT EXISTS (SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN o WHERE o.TOKEN_ID = t.TOKEN_ID)))
                          AND EXISTS (
                            SELECT 1 FROM IDN_UMA_PERMISSION_TICKET n
                            WHERE n.ID = l.NEWEST
                              AND n.TENANT_ID = t.TENANT_ID
                              AND n.ID > t.ID))));
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, TO_CHAR(v_upto_1));
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, TO_CHAR(v_upto_1));
    END;
  END LOOP;

  CLEANUP_KIT.emptied(v_run, 'CLEANUP_DEAD_IDN_UMA_PERMISSION_TICKET');
  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  CLEANUP_KIT.prove(v_run);
  IF v_run.more THEN
    cleanup_uma_tickets_proof(v_run.run_id, v_run.started, v_longest_lifetime_hours, v_clock_uncertainty_hours);
  END IF;
  CLEANUP_KIT.end_run(v_run);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END cleanup_uma_tickets;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_uma_tickets
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_uma_tickets');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_uma_tickets',
      '94524a0637925868132c5369697367af20725d4e93646c2342e6e64cedaeb3d8');
  COMMIT;
END;
/
-- @end
