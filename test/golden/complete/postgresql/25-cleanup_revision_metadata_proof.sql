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
-- It reads copies of the run, and no table of the product. It writes cleanup_run_proof, and changes nothing else.
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT on cleanup_run_step, cleanup_bak_am_api_revision_metadata
--   INSERT on cleanup_run_proof

-- @statement procedure cleanup_revision_metadata_proof
CREATE OR REPLACE PROCEDURE public.cleanup_revision_metadata_proof(p_run_id bigint, p_started timestamp,
    p_settings jsonb)
LANGUAGE plpgsql
AS $procedure$
-- Made by deepclean; its log is cleanup_run.
DECLARE
  v_run public.cleanup_state_v4;
BEGIN
  v_run.run_id := p_run_id;
  v_run.started := p_started;
  v_run.settings := p_settings;                    -- that the run began with
  -- Copies have no index by the key of their table: whatever their number, they are joined by hash or by sorting
  SET LOCAL enable_nestloop = off;
  SET LOCAL jit = off;

  -- am_api_revision_metadata
  INSERT INTO public.cleanup_run_proof (run_id, table_name, logged, copies, wrong)
  SELECT s.run_id, s.table_name, s.deleted, c.copies, c.wrong
  FROM public.cleanup_run_step s
  CROSS JOIN (
    SELECT count(*) AS copies, coalesce(sum(k.wrong), 0) AS wrong
    FROM (
      SELECT CASE
               WHEN b.reason = 'orphaned' AND b.revision_uuid IS NOT NULL THEN 0
               ELSE 1
             END AS wrong
      FROM public.cleanup_bak_am_api_revision_metadata b
      WHERE b.run_id = v_run.run_id
    ) k
  ) c
  WHERE s.run_id = v_run.run_id AND s.table_name = 'am_api_revision_metadata';
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('procedure', 'cleanup_revision_metadata_proof',
    '849651ec1842a8d278e782df293b96e4342b38b12a8e29648818aabb4c4f802d');
-- @end
