-- restore_sessions(run): puts the rows that a run deleted back where they were.
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
--   SELECT, INSERT on idn_auth_temp_session_store, idn_auth_session_store, idn_auth_user_session_mapping,
--     idn_auth_session_app_info, idn_auth_session_meta_data
--   SELECT on cleanup_bak_idn_auth_temp_session_store, cleanup_bak_idn_auth_session_store,
--     cleanup_bak_idn_auth_user_session_mapping, cleanup_bak_idn_auth_session_app_info,
--     cleanup_bak_idn_auth_session_meta_data, cleanup_run_reason, cleanup_run_rest, cleanup_run_proof
--   SELECT, INSERT, UPDATE on cleanup_run, cleanup_run_step, cleanup_lock

-- @statement procedure restore_sessions
CREATE OR REPLACE PROCEDURE public.restore_sessions(p_run_id bigint)
LANGUAGE plpgsql
AS $procedure$
-- Made by deepclean; its log is cleanup_run.
DECLARE
  v_run_id    bigint;   -- of the restore
  v_kept_rows bigint[]; -- come back together
  v_rows      bigint;
  v_error     text;
BEGIN
  CALL public.cleanup_begin_restore('cleanup_sessions', 'restore_sessions', 4, p_run_id, v_run_id, ARRAY[
    ('idn_auth_temp_session_store', 'cleanup_bak_idn_auth_temp_session_store', 7, NULL),
    ('idn_auth_session_store', 'cleanup_bak_idn_auth_session_store', 7, NULL),
    ('idn_auth_user_session_mapping', 'cleanup_bak_idn_auth_user_session_mapping', 2, NULL),
    ('idn_auth_session_app_info', 'cleanup_bak_idn_auth_session_app_info', 4, NULL),
    ('idn_auth_session_meta_data', 'cleanup_bak_idn_auth_session_meta_data', 3, NULL)
  ]::public.cleanup_source_v4[]);

  -- idn_auth_temp_session_store
  FOR v_kept_rows IN SELECT *
      FROM public.cleanup_kept_parts('cleanup_bak_idn_auth_temp_session_store', 'kept_row', 'session_id', p_run_id) LOOP
    BEGIN
      INSERT INTO public.idn_auth_temp_session_store (session_id, session_type, operation, session_object,
                                                      time_created, tenant_id, expiry_time)
      SELECT b.session_id, b.session_type, b.operation, b.session_object, b.time_created, b.tenant_id, b.expiry_time
      FROM public.cleanup_bak_idn_auth_temp_session_store b
      WHERE b.run_id = p_run_id AND b.kept_row = ANY (v_kept_rows)
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS v_rows = ROW_COUNT;
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_error := format('error %s: %s', SQLSTATE, SQLERRM);
    END;
    CALL public.cleanup_put_back(v_run_id, 'idn_auth_temp_session_store', v_rows, v_error);
  END LOOP;

  -- idn_auth_session_store
  FOR v_kept_rows IN SELECT *
      FROM public.cleanup_kept_parts('cleanup_bak_idn_auth_session_store', 'kept_row', 'session_id', p_run_id) LOOP
    BEGIN
      INSERT INTO public.idn_auth_session_store (session_id, session_type, operation, session_object, time_created,
                                                 tenant_id, expiry_time)
      SELECT b.session_id, b.session_type, b.operation, b.session_object, b.time_created, b.tenant_id, b.expiry_time
      FROM public.cleanup_bak_idn_auth_session_store b
      WHERE b.run_id = p_run_id AND b.kept_row = ANY (v_kept_rows)
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS v_rows = ROW_COUNT;
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_error := format('error %s: %s', SQLSTATE, SQLERRM);
    END;
    CALL public.cleanup_put_back(v_run_id, 'idn_auth_session_store', v_rows, v_error);
  END LOOP;

  -- idn_auth_user_session_mapping
  -- Equal rows come back as often as they were deleted, which only one statement can tell; it compares them by hash
  SET LOCAL enable_nestloop = off;
  BEGIN
    INSERT INTO public.idn_auth_user_session_mapping (user_id, session_id)
    SELECT b.user_id, b.session_id
    FROM public.cleanup_bak_idn_auth_user_session_mapping b
    WHERE b.run_id = p_run_id
      AND NOT EXISTS (
        SELECT 1 FROM public.idn_auth_user_session_mapping t
        WHERE ROW(t.user_id, t.session_id)::text
          = ROW(b.user_id, b.session_id)::text
      )
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
  EXCEPTION WHEN query_canceled OR OTHERS THEN
    v_error := format('error %s: %s', SQLSTATE, SQLERRM);
  END;
  CALL public.cleanup_put_back(v_run_id, 'idn_auth_user_session_mapping', v_rows, v_error);

  -- idn_auth_session_app_info
  FOR v_kept_rows IN SELECT *
      FROM public.cleanup_kept_parts('cleanup_bak_idn_auth_session_app_info', 'kept_row', 'session_id', p_run_id) LOOP
    BEGIN
      INSERT INTO public.idn_auth_session_app_info (session_id, subject, app_id, inbound_auth_type)
      SELECT b.session_id, b.subject, b.app_id, b.inbound_auth_type
      FROM public.cleanup_bak_idn_auth_session_app_info b
      WHERE b.run_id = p_run_id AND b.kept_row = ANY (v_kept_rows)
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS v_rows = ROW_COUNT;
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_error := format('error %s: %s', SQLSTATE, SQLERRM);
    END;
    CALL public.cleanup_put_back(v_run_id, 'idn_auth_session_app_info', v_rows, v_error);
  END LOOP;

  -- idn_auth_session_meta_data
  FOR v_kept_rows IN SELECT *
      FROM public.cleanup_kept_parts('cleanup_bak_idn_auth_session_meta_data', 'kept_row', 'session_id', p_run_id) LOOP
    BEGIN
      INSERT INTO public.idn_auth_session_meta_data (session_id, property_type, value)
      SELECT b.session_id, b.property_type, b.value
      FROM public.cleanup_bak_idn_auth_session_meta_data b
      WHERE b.run_id = p_run_id AND b.kept_row = ANY (v_kept_rows)
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS v_rows = ROW_COUNT;
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_error := format('error %s: %s', SQLSTATE, SQLERRM);
    END;
    CALL public.cleanup_put_back(v_run_id, 'idn_auth_session_meta_data', v_rows, v_error);
  END LOOP;

  CALL public.cleanup_end_restore(v_run_id, p_run_id);
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('procedure', 'restore_sessions',
    '76175cbe4b575e90df4c66d26cd8445ddcbdd34fabf92ec874c06f34700b83f2');
-- @end
