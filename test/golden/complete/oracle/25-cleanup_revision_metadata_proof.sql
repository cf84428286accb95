-- cleanup_revision_metadata_proof: judges once more what a run of cleanup_revision_metadata deleted.
--
-- cleanup_revision_metadata calls it at its end, while setting prove_after is yes. Of each table it counts the copies
-- of that run, and those of them that cannot have been dead:
--   a copy whose columns do not fit the reason that it was deleted for, at the run's cut-offs, which are computed here
--   again;
--   a copy that went along with another row, if the run has no copy of that one.
-- What the rule asks of other rows is not asked here, as those are not known any more. So a copy that is counted as
-- wrong was no dead row; the reverse cannot be told.
--
-- It reads copies of the run, and no table of the product. It writes CLEANUP_RUN_PROOF, and changes nothing else.
--
-- The caller needs nothing: cleanup_revision_metadata calls it with the rights of their owner.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_revision_metadata_proof
CREATE OR REPLACE PROCEDURE cleanup_revision_metadata_proof(
  p_run_id NUMBER,
  p_started TIMESTAMP)
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;

  -- AM_API_REVISION_METADATA
  INSERT INTO CLEANUP_RUN_PROOF (RUN_ID, TABLE_NAME, LOGGED, COPIES, WRONG)
  SELECT s.RUN_ID, s.TABLE_NAME, s.DELETED, c.COPIES, c.WRONG
  FROM CLEANUP_RUN_STEP s
  CROSS JOIN (
    SELECT COUNT(*) AS COPIES, COALESCE(SUM(k.WRONG), 0) AS WRONG
    FROM (
      SELECT CASE
               WHEN b.REASON = 'orphaned' AND b.REVISION_UUID IS NOT NULL THEN 0
               ELSE 1
             END AS WRONG
      FROM CLEANUP_BAK_AM_API_REVISION_METADATA b
      WHERE b.RUN_ID = v_run.run_id
    ) k
  ) c
  WHERE s.RUN_ID = v_run.run_id AND s.TABLE_NAME = 'AM_API_REVISION_METADATA';
END cleanup_revision_metadata_proof;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_revision_metadata_proof
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_revision_metadata_proof');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_revision_metadata_proof',
      '6c09055abb802a69c1e7ce4e6d1aa0993c487cde51adda1a93422bf630869d80');
  COMMIT;
END;
/
-- @end
