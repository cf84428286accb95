-- cleanup_webhooks_proof: judges once more what a run of cleanup_webhooks deleted.
--
-- cleanup_webhooks calls it at its end, while setting prove_after is yes. Of each table it counts the copies of that
-- run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs nothing: cleanup_webhooks calls it with the rights of their owner.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_webhooks_proof
CREATE OR REPLACE PROCEDURE cleanup_webhooks_proof(
  p_run_id NUMBER,
  p_started TIMESTAMP,
  v_webhook_grace_hours NUMBER,
  v_unsubscription_days NUMBER,
  v_clock_uncertainty_hours NUMBER)
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_lease_cut_off TIMESTAMP(6);
  v_lease_cut_off_ms NUMBER;
  v_log_cut_off TIMESTAMP(6);
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  -- UTC now, less the grace after an EXPIRY_AT
  v_lease_cut_off := v_run.started - NUMTODSINTERVAL(v_webhook_grace_hours, 'HOUR');
  v_lease_cut_off_ms := FLOOR((((TO_NUMBER(TO_CHAR(v_lease_cut_off, 'J')) - 2440588) * 86400
      + TO_NUMBER(TO_CHAR(v_lease_cut_off, 'SSSSS'))) * 1000000 + TO_NUMBER(TO_CHAR(v_lease_cut_off, 'FF6'))) / 1000);
  -- UTC now, less the uncertainty of timestamps and the retention of unsubscriptions
  v_log_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR')
      - NUMTODSINTERVAL(v_unsubscription_days, 'DAY');

  -- AM_WEBHOOKS_SUBSCRIPTION
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired'
                    AND b.EXPIRY_AT > 99999999999 AND b.EXPIRY_AT < v_lease_cut_off_ms
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_AM_WEBHOOKS_SUBSCRIPTION b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'AM_WEBHOOKS_SUBSCRIPTION';

  -- AM_WEBHOOKS_UNSUBSCRIPTION
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'retention_over' AND b.ADDED_AT < v_log_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_AM_WEBHOOKS_UNSUBSCRIPTION b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'AM_WEBHOOKS_UNSUBSCRIPTION';
END cleanup_webhooks_proof;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_webhooks_proof
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_webhooks_proof');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_webhooks_proof',
      '23aa4be2d36fb17d467dedcd19f797f0c83d0521b1f3d7a4bd1ed00d85ea3a06');
  COMMIT;
END;
/
-- @end
