-- cleanup_org_invitations_proof: judges once more what a run of cleanup_org_invitations deleted.
--
-- cleanup_org_invitations calls it at its end, while setting prove_after is yes. Of each table it counts the copies of
-- that run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs nothing: cleanup_org_invitations calls it with the rights of their owner.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_org_invitations_proof
CREATE OR REPLACE PROCEDURE cleanup_org_invitations_proof(
  p_run_id NUMBER,
  p_started TIMESTAMP,
  v_invitation_retention_days NUMBER,
  v_clock_uncertainty_hours NUMBER)
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_invitation_cut_off TIMESTAMP(6);
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  -- UTC now, less the uncertainty of timestamps and the retention of invitations
  v_invitation_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR')
      - NUMTODSINTERVAL(v_invitation_retention_days, 'DAY');

  -- IDN_ORG_USER_INVITATION
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'retention_over'
                    AND b.STATUS IN ('PENDING', 'EXPIRED')
                    AND b.EXPIRED_AT < v_invitation_cut_off
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_ORG_USER_INVITATION b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_ORG_USER_INVITATION';

  -- IDN_ORG_USER_INVITE_ASSIGNMENT
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN EXISTS (
                      SELECT 1 FROM CLEANUP_BAK_IDN_ORG_USER_INVITATION p
                      WHERE p.RUN_ID = v_run.run_id AND p.INVITATION_ID = b.INVITATION_ID)
               THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_IDN_ORG_USER_INVITE_ASSIGNMENT b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'IDN_ORG_USER_INVITE_ASSIGNMENT';
END cleanup_org_invitations_proof;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_org_invitations_proof
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_org_invitations_proof');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_org_invitations_proof',
      'dba155292607386cd8a9c6dd8eb1749e15c70806e088bb2d9f69f81ec48060df');
  COMMIT;
END;
/
-- @end
