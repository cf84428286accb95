-- restore_wait_statuses(run): puts the rows that a run deleted back where they were.
--
-- Parents go before their children, and of a table the highest keys first: of a session, or a path, the newest row must
-- not come back after the older ones. Each 2000 rows, and all that share the first column of the key, are a transaction
-- of their own; rows of a table without a key are in one. A row that is there again is left alone and counted; so is a
-- row whose parent is gone. If a restore stops half-way, call it again: it goes on. Settings of the cleanup do not
-- concern it.
--
-- They are still dead by the rule, so the next run deletes them again: if they are to stay, switch the cleanup off
-- first (setting enabled = no).
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, INSERT on idn_auth_wait_status
--   SELECT on cleanup_bak_idn_auth_wait_status, cleanup_run_reason, cleanup_run_rest, cleanup_run_proof
--   SELECT, INSERT, UPDATE on cleanup_run, cleanup_run_step, cleanup_lock

-- @statement procedure restore_wait_statuses
CREATE OR REPLACE PROCEDURE public.restore_wait_statuses(p_run_id bigint)
LANGUAGE plpgsql
AS $procedure$
-- Made by deepclean; its log is cleanup_run.
DECLARE
  v_run_id    bigint;   -- of the restore
  v_kept_rows bigint[]; -- come back together
  v_rows      bigint;
  v_error     text;
BEGIN
  CALL public.cleanup_begin_restore('cleanup_wait_statuses', 'restore_wait_statuses', 4, p_run_id, v_run_id, ARRAY[
    ('idn_auth_wait_status', 'cleanup_bak_idn_auth_wait_status', 6, NULL),
    ('idn_auth_session_store', NULL, NULL, NULL),
    ('idn_auth_temp_session_store', NULL, NULL, NULL)
  ]::public.cleanup_source_v4[]);

  -- idn_auth_wait_status
  FOR v_kept_rows IN SELECT *
      FROM public.cleanup_kept_parts('cleanup_bak_idn_auth_wait_status', 'kept_row', 'id', p_run_id) LOOP
    BEGIN
      INSERT INTO public.idn_auth_wait_status (id, tenant_id, long_wait_key, wait_status, time_created, expire_time)
      SELECT b.id, b.tenant_id, b.long_wait_key, b.wait_status, b.time_created, b.expire_time
      FROM public.cleanup_bak_idn_auth_wait_status b
      WHERE b.run_id = p_run_id AND b.kept_row = ANY (v_kept_rows)
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS v_rows = ROW_COUNT;
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_error := format('error %s: %s', SQLSTATE, SQLERRM);
    END;
    CALL public.cleanup_put_back(v_run_id, 'idn_auth_wait_status', v_rows, v_error);
  END LOOP;

  CALL public.cleanup_end_restore(v_run_id, p_run_id);
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('procedure', 'restore_wait_statuses',
    'a2abf6086193cd72cdf5e3e24f96550db4713e03c01cc7b407e55e7d827d1b19');
-- @end
