-- Removes what all cleanups of this schema share: settings, run log and register. It does so at the end only: while
-- anything of a cleanup is left, it removes nothing. Each cleanup has its own 90-<cleanup>-uninstall.sql.

-- @statement drop shared
DO $uninstall$
DECLARE
  v_left text;
BEGIN
  SELECT min(x.name) INTO v_left
  FROM (
    SELECT c.relname::text AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm')
      AND (starts_with(c.relname::text, 'cleanup_bak_')
        OR starts_with(c.relname::text, 'cleanup_audit_')
        OR starts_with(c.relname::text, 'cleanup_backlog_')
        OR starts_with(c.relname::text, 'cleanup_dead_')
        OR starts_with(c.relname::text, 'cleanup_sighting_')
        OR starts_with(c.relname::text, 'cleanup_batch_'))
    UNION ALL
    SELECT p.proname::text
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND position('Made by deepclean; its log is cleanup_run.' IN p.prosrc) > 0
  ) x;
  IF v_left IS NOT NULL THEN
    RAISE EXCEPTION 'nothing was removed: % is still there', v_left
      USING HINT = 'Run 90-<cleanup>-uninstall.sql of each cleanup first.';
  END IF;
  DROP ROUTINE IF EXISTS public.cleanup_number;
  DROP ROUTINE IF EXISTS public.cleanup_misfit;
  DROP ROUTINE IF EXISTS public.cleanup_settings;
  DROP ROUTINE IF EXISTS public.cleanup_take_lock;
  DROP ROUTINE IF EXISTS public.cleanup_begin;
  DROP ROUTINE IF EXISTS public.cleanup_open;
  DROP ROUTINE IF EXISTS public.cleanup_look;
  DROP ROUTINE IF EXISTS public.cleanup_listed;
  DROP ROUTINE IF EXISTS public.cleanup_next;
  DROP ROUTINE IF EXISTS public.cleanup_done;
  DROP ROUTINE IF EXISTS public.cleanup_followed;
  DROP ROUTINE IF EXISTS public.cleanup_failed;
  DROP ROUTINE IF EXISTS public.cleanup_prune;
  DROP ROUTINE IF EXISTS public.cleanup_prove;
  DROP ROUTINE IF EXISTS public.cleanup_end;
  DROP ROUTINE IF EXISTS public.cleanup_begin_restore;
  DROP ROUTINE IF EXISTS public.cleanup_kept_parts;
  DROP ROUTINE IF EXISTS public.cleanup_put_back;
  DROP ROUTINE IF EXISTS public.cleanup_end_restore;
  DROP TYPE IF EXISTS public.cleanup_state_v4 CASCADE;
  DROP TYPE IF EXISTS public.cleanup_source_v4 CASCADE;
  DROP ROUTINE IF EXISTS public.cleanup_register;
  DROP VIEW IF EXISTS public.cleanup_stored;
  DROP TABLE IF EXISTS
    public.cleanup_run_error, public.cleanup_run_rest, public.cleanup_run_proof, public.cleanup_position,
    public.cleanup_lock, public.cleanup_run_reason, public.cleanup_run_step, public.cleanup_run,
    public.cleanup_setting, public.cleanup_signature, public.cleanup_object;
END
$uninstall$;
-- @end
