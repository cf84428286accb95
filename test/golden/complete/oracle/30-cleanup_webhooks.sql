-- cleanup_webhooks: deletes webhook subscriptions that have expired, and the log of those that ended.
--
-- Made by deepclean for every table of every version in Oracle's words. Do not edit: an edited file no longer matches
-- SHA256SUMS and is refused.
--
-- A row is deleted from
--   AM_WEBHOOKS_SUBSCRIPTION when
--     expired: its lease ended before the grace began; a number too small for milliseconds since 1970 says nothing
--   AM_WEBHOOKS_UNSUBSCRIPTION (only while setting unsubscription_pruning is yes) when
--     retention_over: it was added before the retention began
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_webhooks(run) puts back what is still kept.
-- EXECUTE cleanup_webhooks('yes') counts, and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql. Progress, counts and why it stopped are in CLEANUP_RUN and
-- CLEANUP_RUN_STEP. Settings are in CLEANUP_SETTING: pace, window and stop are read before every batch; those
-- that say what makes a row dead are read once, when a run begins.
--
-- The caller needs EXECUTE on cleanup_webhooks and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_webhooks
CREATE OR REPLACE PROCEDURE cleanup_webhooks(p_dry_run VARCHAR2 DEFAULT 'no')
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_rows CLEANUP_KIT.rowids;     -- the dead rows of a batch, locked
  v_reasons CLEANUP_KIT.words;   -- why each of them is dead
  v_lease_cut_off TIMESTAMP(6);
  v_lease_cut_off_ms NUMBER;
  v_log_cut_off TIMESTAMP(6);
  v_webhook_grace_hours NUMBER;
  v_unsubscription_days NUMBER;
  v_clock_uncertainty_hours NUMBER;
  v_after_1 NUMBER;
  v_upto_1 AM_WEBHOOKS_SUBSCRIPTION.WH_SUBSCRIPTION_ID%TYPE;
  v_until_1 AM_WEBHOOKS_SUBSCRIPTION.WH_SUBSCRIPTION_ID%TYPE;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CLEANUP_KIT.expect(v_run, 'AM_WEBHOOKS_SUBSCRIPTION', 'CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION', 12);
  CLEANUP_KIT.expect(v_run, 'AM_WEBHOOKS_UNSUBSCRIPTION', 'CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION', 8);
  CLEANUP_KIT.begin_run(v_run, 'cleanup_webhooks', 4, p_dry_run);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;

  v_webhook_grace_hours := CLEANUP_KIT.number_of(v_run, 'webhook_grace_hours', 720);
  v_unsubscription_days := CLEANUP_KIT.number_of(v_run, 'unsubscription_days', 90);
  v_clock_uncertainty_hours := CLEANUP_KIT.number_of(v_run, 'clock_uncertainty_hours', 12);
  -- UTC now, less the grace after an EXPIRY_AT
  v_lease_cut_off := v_run.started - NUMTODSINTERVAL(v_webhook_grace_hours, 'HOUR');
  v_lease_cut_off_ms := FLOOR((((TO_NUMBER(TO_CHAR(v_lease_cut_off, 'J')) - 2440588) * 86400
      + TO_NUMBER(TO_CHAR(v_lease_cut_off, 'SSSSS'))) * 1000000 + TO_NUMBER(TO_CHAR(v_lease_cut_off, 'FF6'))) / 1000);
  -- UTC now, less the uncertainty of timestamps and the retention of unsubscriptions
  v_log_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR')
      - NUMTODSINTERVAL(v_unsubscription_days, 'DAY');
  UPDATE CLEANUP_RUN SET CUT_OFF = v_lease_cut_off WHERE RUN_ID = v_run.run_id;

  CLEANUP_KIT.prune(v_run);

  -- 1. AM_WEBHOOKS_SUBSCRIPTION
  CLEANUP_KIT.open_table(v_run, 'AM_WEBHOOKS_SUBSCRIPTION', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_1 := NVL(TO_NUMBER(v_run.after_key), -1E125);
      v_until_1 := TO_NUMBER(v_run.until_key);
      IF v_until_1 IS NULL THEN
        SELECT /*+ INDEX(t (WH_SUBSCRIPTION_ID)) */ MAX(t.WH_SUBSCRIPTION_ID) INTO v_until_1
            FROM AM_WEBHOOKS_SUBSCRIPTION t;
      END IF;
      SELECT MAX(d.WH_SUBSCRIPTION_ID), COUNT(*) INTO v_upto_1, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (WH_SUBSCRIPTION_ID)) */ k.WH_SUBSCRIPTION_ID
        FROM AM_WEBHOOKS_SUBSCRIPTION k
        WHERE k.WH_SUBSCRIPTION_ID > v_after_1 AND k.WH_SUBSCRIPTION_ID <= v_until_1
        ORDER BY k.WH_SUBSCRIPTION_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (WH_SUBSCRIPTION_ID)) */ t.ROWID, 'expired'
      BULK COLLECT INTO v_rows, v_reasons
      FROM AM_WEBHOOKS_SUBSCRIPTION t
      WHERE t.WH_SUBSCRIPTION_ID > v_after_1 AND t.WH_SUBSCRIPTION_ID <= v_upto_1
        AND (t.EXPIRY_AT > 99999999999 AND t.EXPIRY_AT < v_lease_cut_off_ms)
      FOR UPDATE OF t.WH_SUBSCRIPTION_ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION
            (RUN_ID, REASON, WH_SUBSCRIPTION_ID, API_UUID, APPLICATION_ID, TENANT_DOMAIN, HUB_CALLBACK_URL, HUB_TOPIC,
             HUB_SECRET, HUB_LEASE_SECONDS, UPDATED_AT, EXPIRY_AT, DELIVERED_AT, DELIVERY_STATE)
          SELECT v_run.run_id, v_reasons(i), t.WH_SUBSCRIPTION_ID, t.API_UUID, t.APPLICATION_ID, t.TENANT_DOMAIN,
                 t.HUB_CALLBACK_URL, t.HUB_TOPIC, t.HUB_SECRET, t.HUB_LEASE_SECONDS, t.UPDATED_AT, t.EXPIRY_AT,
                 t.DELIVERED_AT, t.DELIVERY_STATE
          FROM AM_WEBHOOKS_SUBSCRIPTION t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM AM_WEBHOOKS_SUBSCRIPTION t WHERE t.ROWID = v_rows(i);
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

  -- 2. AM_WEBHOOKS_UNSUBSCRIPTION, only while setting unsubscription_pruning is yes
  CLEANUP_KIT.open_table(v_run, 'AM_WEBHOOKS_UNSUBSCRIPTION', 'limit', 'unsubscription_pruning');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      -- No key leads through this table: its first dead rows, again and again
      v_reasons := CLEANUP_KIT.words();
      IF v_run.dry_run = 'yes' THEN
        SELECT COUNT(*) INTO v_run.seen
        FROM AM_WEBHOOKS_UNSUBSCRIPTION
        WHERE AM_WEBHOOKS_UNSUBSCRIPTION.ADDED_AT < v_log_cut_off;
        CLEANUP_KIT.followed(v_run, 'AM_WEBHOOKS_UNSUBSCRIPTION', 'retention_over', v_run.seen);
      ELSE
        SELECT ROWID, 'retention_over' BULK COLLECT INTO v_rows, v_reasons
        FROM AM_WEBHOOKS_UNSUBSCRIPTION
        WHERE (AM_WEBHOOKS_UNSUBSCRIPTION.ADDED_AT < v_log_cut_off)
          AND ROWNUM <= v_run.span
        FOR UPDATE WAIT 1;
        v_run.seen := v_rows.COUNT;
      END IF;
      IF v_reasons.COUNT > 0 THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION
            (RUN_ID, REASON, API_UUID, APPLICATION_ID, TENANT_DOMAIN, HUB_CALLBACK_URL, HUB_TOPIC, HUB_SECRET,
             HUB_LEASE_SECONDS, ADDED_AT)
          SELECT v_run.run_id, v_reasons(i), AM_WEBHOOKS_UNSUBSCRIPTION.API_UUID,
                 AM_WEBHOOKS_UNSUBSCRIPTION.APPLICATION_ID, AM_WEBHOOKS_UNSUBSCRIPTION.TENANT_DOMAIN,
                 AM_WEBHOOKS_UNSUBSCRIPTION.HUB_CALLBACK_URL, AM_WEBHOOKS_UNSUBSCRIPTION.HUB_TOPIC,
                 AM_WEBHOOKS_UNSUBSCRIPTION.HUB_SECRET, AM_WEBHOOKS_UNSUBSCRIPTION.HUB_LEASE_SECONDS,
                 AM_WEBHOOKS_UNSUBSCRIPTION.ADDED_AT
          FROM AM_WEBHOOKS_UNSUBSCRIPTION
          WHERE ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM AM_WEBHOOKS_UNSUBSCRIPTION WHERE ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons);
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
    END;
  END LOOP;

  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  CLEANUP_KIT.prove(v_run);
  IF v_run.more THEN
    cleanup_webhooks_proof(v_run.run_id, v_run.started, v_webhook_grace_hours, v_unsubscription_days,
                           v_clock_uncertainty_hours);
  END IF;
  CLEANUP_KIT.end_run(v_run);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END cleanup_webhooks;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_webhooks
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_webhooks');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_webhooks', '82b3a0ead9c51413ee8c13232d20d1d587cae6e59450c11eb4b82c2a1f01e97a');
  COMMIT;
END;
/
-- @end
