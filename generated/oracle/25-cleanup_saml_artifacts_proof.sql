-- cleanup_saml_artifacts_proof: judges once more what a run of cleanup_saml_artifacts deleted.
--
-- cleanup_saml_artifacts calls it at its end, while setting prove_after is yes. Of each table it counts the copies of
-- that run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs nothing: cleanup_saml_artifacts calls it with the rights of their owner.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_saml_artifacts_proof
CREATE OR REPLACE PROCEDURE cleanup_saml_artifacts_proof(
  p_run_id NUMBER,
  p_started TIMESTAMP,
  v_clock_uncertainty_hours NUMBER)
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_grace_cut_off TIMESTAMP(6);
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  -- UTC now, less the uncertainty of timestamps and 24 h
  v_grace_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR') - NUMTODSINTERVAL(24, 'HOUR');

  -- IDN_SAML2_ARTIFACT_STORE
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'expired' AND b.EXP_TIMESTAMP < v_grace_cut_off THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_SAML2_ARTIFACT_STORE';
END cleanup_saml_artifacts_proof;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_saml_artifacts_proof
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_saml_artifacts_proof');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_saml_artifacts_proof',
      '32486ace0da6d8e9d3ea25fc49a253bf417ad9a100a3f9cf990fe1e048fea5e4');
  COMMIT;
END;
/
-- @end
