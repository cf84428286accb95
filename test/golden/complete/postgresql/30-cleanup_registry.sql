-- cleanup_registry: deletes superseded registry log entries, what deleted resources left, and expired confirmation
-- codes.
--
-- Made by deepclean for every table of every version in PostgreSQL's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   reg_resource when
--     code_expired: it is a confirmation code, and every expireTime of it has passed
--   and then from reg_resource_property when
--     code_gone: its confirmation code is gone
--   reg_log when
--     superseded: its path has a newer entry
--     and only if its reg_logged_time is before the log cut-off
--   reg_log, once those are gone, when
--     deleted: it says that its resource was deleted, and no other entry of its path is left
--     and only if its reg_logged_time is before the log cut-off
--   reg_resource_property when
--     resource_gone: no resource of its tenant has its path or its version, nor has an older version that the registry
--     keeps
--   reg_property when
--     unreferenced: nothing refers to it any more
--   reg_resource_tag when
--     resource_gone: no resource of its tenant has its path or its version, nor has an older version that the registry
--     keeps
--   reg_tag when
--     unreferenced: nothing refers to it any more
--
-- Every deleted row is copied in the same transaction; CALL restore_registry(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in cleanup_run and cleanup_run_step. Settings are in
-- cleanup_setting: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, DELETE on reg_resource, reg_property, reg_resource_property, reg_log, reg_tag, reg_resource_tag
--   SELECT on reg_path, reg_resource_history
--   SELECT, INSERT, DELETE, UPDATE on cleanup_dead_reg_resource
--   SELECT, INSERT, DELETE on cleanup_dead_reg_log_superseded, cleanup_dead_reg_log_deleted,
--     cleanup_bak_reg_resource, cleanup_bak_reg_property, cleanup_bak_reg_resource_property, cleanup_bak_reg_log,
--     cleanup_bak_reg_tag, cleanup_bak_reg_resource_tag
--   SELECT, UPDATE on cleanup_setting
--   SELECT, INSERT, UPDATE on cleanup_lock, cleanup_run_rest, cleanup_run, cleanup_run_step, cleanup_run_reason
--   SELECT, INSERT, UPDATE, DELETE on cleanup_position
--   INSERT on cleanup_run_error
--   SELECT, INSERT on cleanup_run_proof

-- As earlier versions made it, without a parameter.
-- @statement drop cleanup_registry
DROP PROCEDURE IF EXISTS public.cleanup_registry();
-- @end

-- @statement procedure cleanup_registry
CREATE OR REPLACE PROCEDURE public.cleanup_registry(p_dry_run boolean DEFAULT false)
LANGUAGE plpgsql
AS $procedure$
-- Made by deepclean; its log is cleanup_run.
DECLARE
  v_run public.cleanup_state_v4;
  v_settings jsonb;
  v_seen bigint;
  v_deleted bigint;
  v_reasons jsonb;
  v_others jsonb;
  v_key text;
  v_kept text[];
  v_followed bigint;
  v_log_cut_off timestamp;
  v_code_cut_off timestamp;
  v_code_cut_off_ms bigint;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others. If
  -- the live schema differs, the run does not start, or stops
  CALL public.cleanup_begin(v_run, 'cleanup_registry', 4, p_dry_run, ARRAY[
    ('reg_resource', 'cleanup_bak_reg_resource', 12, NULL),
    ('reg_property', 'cleanup_bak_reg_property', 4, NULL),
    ('reg_resource_property', 'cleanup_bak_reg_resource_property', 6,
     ARRAY['reg_property_id, reg_tenant_id -> reg_property (reg_id, reg_tenant_id) NO ACTION']),
    ('reg_log', 'cleanup_bak_reg_log', 7, NULL),
    ('reg_tag', 'cleanup_bak_reg_tag', 5, NULL),
    ('reg_resource_tag', 'cleanup_bak_reg_resource_tag', 6,
     ARRAY['reg_tag_id, reg_tenant_id -> reg_tag (reg_id, reg_tenant_id) NO ACTION']),
    ('reg_path', NULL, NULL, NULL),
    ('reg_resource_history', NULL, NULL, NULL)
  ]::public.cleanup_source_v4[]);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;
  v_settings := v_run.settings;

  -- UTC now, less the uncertainty of timestamps and the minimum age of a log entry
  v_log_cut_off := v_run.started
                     - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                     - public.cleanup_number(v_run, 'log_minimum_age_hours', 24) * interval '1 hour';
  -- UTC now, less an hour for clocks that differ
  v_code_cut_off := v_run.started
                      - 1 * interval '1 hour';
  v_code_cut_off_ms := floor(extract(epoch FROM v_code_cut_off) * 1000)::bigint;
  UPDATE public.cleanup_run SET cut_off = v_log_cut_off WHERE run_id = v_run.run_id;

  CALL public.cleanup_prune(v_run);

  -- 1. reg_resource
  CALL public.cleanup_open(
    v_run, 'reg_resource', p_by_list => true, p_listing => true, p_one_snapshot => false);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.listing THEN
        -- Dead rows, found once a run. The rule is asked again when a row is deleted
        DELETE FROM public.cleanup_dead_reg_resource;
        INSERT INTO public.cleanup_dead_reg_resource (run_id, line, reg_version, reg_tenant_id, reg_path_id, reg_name)
        SELECT v_run.run_id, row_number() OVER (ORDER BY d.reg_version, d.reg_tenant_id),
               d.reg_version, d.reg_tenant_id, d.reg_path_id, d.reg_name
        FROM (
          SELECT DISTINCT t.reg_version, t.reg_tenant_id, t.reg_path_id, t.reg_name
          FROM ONLY public.reg_resource t
          WHERE t.reg_name IS NOT NULL
            AND EXISTS (
              SELECT 1 FROM public.reg_path o
              WHERE o.reg_path_id = t.reg_path_id AND o.reg_tenant_id = t.reg_tenant_id
                AND starts_with(o.reg_path_value || '/',
                    '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/'))
            AND (EXISTS (
                   SELECT 1 FROM public.reg_resource_property o
                   WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id
                     AND EXISTS (
                       SELECT 1 FROM public.reg_property o2
                       WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                         AND o2.reg_name = 'expireTime'
                         AND CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$'
                             THEN o2.reg_value::bigint END < v_code_cut_off_ms))
                 OR EXISTS (
                   SELECT 1 FROM public.reg_resource_property o
                   WHERE o.reg_path_id = t.reg_path_id
                     AND o.reg_resource_name = t.reg_name
                     AND o.reg_tenant_id = t.reg_tenant_id
                     AND o.reg_version IS NULL
                     AND EXISTS (
                       SELECT 1 FROM public.reg_property o2
                       WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                         AND o2.reg_name = 'expireTime'
                         AND CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$'
                             THEN o2.reg_value::bigint END < v_code_cut_off_ms)))
            AND NOT EXISTS (
              SELECT 1 FROM public.reg_resource_property o
              WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id
                AND EXISTS (
                  SELECT 1 FROM public.reg_property o2
                  WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                    AND o2.reg_name = 'expireTime'
                    AND (CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$'
                        THEN o2.reg_value::bigint END < v_code_cut_off_ms) IS NOT TRUE))
            AND NOT EXISTS (
              SELECT 1 FROM public.reg_resource_property o
              WHERE o.reg_path_id = t.reg_path_id
                AND o.reg_resource_name = t.reg_name
                AND o.reg_tenant_id = t.reg_tenant_id
                AND o.reg_version IS NULL
                AND EXISTS (
                  SELECT 1 FROM public.reg_property o2
                  WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                    AND o2.reg_name = 'expireTime'
                    AND (CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$'
                        THEN o2.reg_value::bigint END < v_code_cut_off_ms) IS NOT TRUE))
        ) d;
        GET DIAGNOSTICS v_seen = ROW_COUNT;
        CALL public.cleanup_listed(v_run, v_seen);
        CONTINUE;
      END IF;

      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version, l.line,
          CASE
            WHEN t.reg_name IS NOT NULL
                 AND EXISTS (
                   SELECT 1 FROM public.reg_path o
                   WHERE o.reg_path_id = t.reg_path_id AND o.reg_tenant_id = t.reg_tenant_id
                     AND starts_with(o.reg_path_value || '/',
                         '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data/'))
                 AND (EXISTS (
                        SELECT 1 FROM public.reg_resource_property o
                        WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id
                          AND EXISTS (
                            SELECT 1 FROM public.reg_property o2
                            WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                              AND o2.reg_name = 'expireTime'
                              AND CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$'
                                  THEN o2.reg_value::bigint END < v_code_cut_off_ms))
                      OR EXISTS (
                        SELECT 1 FROM public.reg_resource_property o
                        WHERE o.reg_path_id = t.reg_path_id
                          AND o.reg_resource_name = t.reg_name
                          AND o.reg_tenant_id = t.reg_tenant_id
                          AND o.reg_version IS NULL
                          AND EXISTS (
                            SELECT 1 FROM public.reg_property o2
                            WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                              AND o2.reg_name = 'expireTime'
                              AND CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$'
                                  THEN o2.reg_value::bigint END < v_code_cut_off_ms)))
                 AND NOT EXISTS (
                   SELECT 1 FROM public.reg_resource_property o
                   WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id
                     AND EXISTS (
                       SELECT 1 FROM public.reg_property o2
                       WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                         AND o2.reg_name = 'expireTime'
                         AND (CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$'
                             THEN o2.reg_value::bigint END < v_code_cut_off_ms) IS NOT TRUE))
                 AND NOT EXISTS (
                   SELECT 1 FROM public.reg_resource_property o
                   WHERE o.reg_path_id = t.reg_path_id
                     AND o.reg_resource_name = t.reg_name
                     AND o.reg_tenant_id = t.reg_tenant_id
                     AND o.reg_version IS NULL
                     AND EXISTS (
                       SELECT 1 FROM public.reg_property o2
                       WHERE o2.reg_id = o.reg_property_id AND o2.reg_tenant_id = o.reg_tenant_id
                         AND o2.reg_name = 'expireTime'
                         AND (CASE WHEN o2.reg_value ~ '^[0-9]{1,18}$'
                             THEN o2.reg_value::bigint END < v_code_cut_off_ms) IS NOT TRUE))
            THEN 'code_expired'
          END AS reason
        FROM public.cleanup_dead_reg_resource l
        JOIN ONLY public.reg_resource t ON t.reg_version = l.reg_version
          AND t.reg_tenant_id = l.reg_tenant_id
        WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span
      ), gone AS (
        DELETE FROM ONLY public.reg_resource t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, j.line, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_reg_resource
          (run_id, reason, reg_path_id, reg_name, reg_version, reg_media_type, reg_creator, reg_created_time,
           reg_last_updator, reg_last_updated_time, reg_description, reg_content_id, reg_tenant_id, reg_uuid)
        SELECT v_run.run_id, g.reason, g.reg_path_id, g.reg_name, g.reg_version, g.reg_media_type, g.reg_creator,
               g.reg_created_time, g.reg_last_updator, g.reg_last_updated_time, g.reg_description, g.reg_content_id,
               g.reg_tenant_id, g.reg_uuid
        FROM gone g
      ), removed AS (
        UPDATE public.cleanup_dead_reg_resource l
        SET removed = true
        FROM (SELECT DISTINCT line FROM gone) g
        WHERE l.run_id = v_run.run_id AND l.line = g.line
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        NULL
      INTO v_seen, v_deleted, v_reasons, v_others;
      -- Which rows keep them, and not only how many: one may go while another one comes
      SELECT array_agg(k.place ORDER BY k.place) INTO v_kept
      FROM (
        SELECT concat_ws(' ', l.line, o.tableoid, o.ctid) AS place
        FROM public.cleanup_dead_reg_resource l
        JOIN public.reg_resource o ON o.reg_version = l.reg_version
          AND o.reg_tenant_id = l.reg_tenant_id
        WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span
        UNION ALL
        SELECT concat_ws(' ', l.line, o.tableoid, o.ctid) AS place
        FROM public.cleanup_dead_reg_resource l
        JOIN public.reg_resource_history o ON o.reg_version = l.reg_version
          AND o.reg_tenant_id = l.reg_tenant_id
        WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span
        UNION ALL
        SELECT concat_ws(' ', l.line, o.tableoid, o.ctid) AS place
        FROM public.cleanup_dead_reg_resource l
        JOIN public.reg_resource o ON o.reg_path_id = l.reg_path_id
          AND o.reg_name = l.reg_name
          AND o.reg_tenant_id = l.reg_tenant_id
        WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span
      ) k;
      -- its confirmation code is gone
      WITH gone AS (
        DELETE FROM public.reg_resource_property c
        USING public.cleanup_dead_reg_resource l
        WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span AND l.removed
          AND c.reg_version = l.reg_version
          AND c.reg_tenant_id = l.reg_tenant_id
          AND NOT EXISTS (
            SELECT 1 FROM public.reg_resource o
            WHERE o.reg_version = l.reg_version AND o.reg_tenant_id = l.reg_tenant_id)
          AND NOT EXISTS (
            SELECT 1 FROM public.reg_resource_history o
            WHERE o.reg_version = l.reg_version AND o.reg_tenant_id = l.reg_tenant_id)
          AND NOT EXISTS (
            SELECT 1 FROM public.reg_resource o
            WHERE o.reg_path_id = c.reg_path_id AND o.reg_tenant_id = l.reg_tenant_id)
        RETURNING c.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_reg_resource_property
          (run_id, reason, id, reg_property_id, reg_version, reg_path_id, reg_resource_name, reg_tenant_id)
        SELECT v_run.run_id, 'code_gone', g.id, g.reg_property_id, g.reg_version, g.reg_path_id, g.reg_resource_name,
               g.reg_tenant_id
        FROM gone g
      )
      SELECT count(*) INTO v_followed FROM gone;
      CALL public.cleanup_followed(v_run, 'reg_resource_property', 'code_gone', v_followed);
      -- its confirmation code is gone
      WITH gone AS (
        DELETE FROM public.reg_resource_property c
        USING public.cleanup_dead_reg_resource l
        WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span AND l.removed
          AND c.reg_path_id = l.reg_path_id
          AND c.reg_resource_name = l.reg_name
          AND c.reg_tenant_id = l.reg_tenant_id
          AND c.reg_version IS NULL
          AND NOT EXISTS (
            SELECT 1 FROM public.reg_resource o
            WHERE o.reg_path_id = l.reg_path_id
              AND o.reg_name = l.reg_name
              AND o.reg_tenant_id = l.reg_tenant_id)
        RETURNING c.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_reg_resource_property
          (run_id, reason, id, reg_property_id, reg_version, reg_path_id, reg_resource_name, reg_tenant_id)
        SELECT v_run.run_id, 'code_gone', g.id, g.reg_property_id, g.reg_version, g.reg_path_id, g.reg_resource_name,
               g.reg_tenant_id
        FROM gone g
      )
      SELECT count(*) INTO v_followed FROM gone;
      CALL public.cleanup_followed(v_run, 'reg_resource_property', 'code_gone', v_followed);
      IF v_kept IS DISTINCT FROM (
        SELECT array_agg(k.place ORDER BY k.place)
        FROM (
          SELECT concat_ws(' ', l.line, o.tableoid, o.ctid) AS place
          FROM public.cleanup_dead_reg_resource l
          JOIN public.reg_resource o ON o.reg_version = l.reg_version
            AND o.reg_tenant_id = l.reg_tenant_id
          WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span
          UNION ALL
          SELECT concat_ws(' ', l.line, o.tableoid, o.ctid) AS place
          FROM public.cleanup_dead_reg_resource l
          JOIN public.reg_resource_history o ON o.reg_version = l.reg_version
            AND o.reg_tenant_id = l.reg_tenant_id
          WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span
          UNION ALL
          SELECT concat_ws(' ', l.line, o.tableoid, o.ctid) AS place
          FROM public.cleanup_dead_reg_resource l
          JOIN public.reg_resource o ON o.reg_path_id = l.reg_path_id
            AND o.reg_name = l.reg_name
            AND o.reg_tenant_id = l.reg_tenant_id
          WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span
        ) k
      ) THEN
        RAISE serialization_failure USING MESSAGE = 'another session brought back what was to be gone';
      END IF;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', l.reg_version, l.reg_tenant_id)
        FROM public.cleanup_dead_reg_resource l
        WHERE l.run_id = v_run.run_id AND l.line = v_run.place);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 2. reg_log
  CALL public.cleanup_open(
    v_run, 'reg_log', p_by_list => true, p_listing => true, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.listing THEN
        -- Dead rows, found once a run. The rule is asked again when a row is deleted
        DELETE FROM public.cleanup_dead_reg_log_superseded;
        INSERT INTO public.cleanup_dead_reg_log_superseded (run_id, line, reg_log_id, reg_tenant_id, newest)
        SELECT v_run.run_id, row_number() OVER (ORDER BY d.reg_log_id, d.reg_tenant_id),
               d.reg_log_id, d.reg_tenant_id, d.newest
        FROM (
          SELECT t.reg_log_id, t.reg_tenant_id, t.newest
          FROM (
            SELECT n.reg_log_id, n.reg_tenant_id, n.reg_logged_time,
              max(n.reg_log_id) OVER (PARTITION BY n.reg_path, n.reg_tenant_id) AS newest
            FROM ONLY public.reg_log n
            WHERE n.reg_path IS NOT NULL
          ) t
          WHERE t.reg_logged_time < v_log_cut_off AND t.reg_log_id < t.newest
        ) d;
        GET DIAGNOSTICS v_seen = ROW_COUNT;
        CALL public.cleanup_listed(v_run, v_seen);
        CONTINUE;
      END IF;

      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version, l.line,
          CASE
            WHEN (t.reg_logged_time < v_log_cut_off) IS NOT TRUE THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM public.reg_log n
                   WHERE n.reg_log_id = l.newest AND n.reg_tenant_id = t.reg_tenant_id
                     AND n.reg_path = t.reg_path
                     AND n.reg_log_id > t.reg_log_id)
            THEN 'superseded'
          END AS reason
        FROM public.cleanup_dead_reg_log_superseded l
        JOIN ONLY public.reg_log t ON t.reg_log_id = l.reg_log_id
          AND t.reg_tenant_id = l.reg_tenant_id
        WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span
      ), gone AS (
        DELETE FROM ONLY public.reg_log t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_reg_log
          (run_id, reason, reg_log_id, reg_path, reg_user_id, reg_logged_time, reg_action, reg_action_data,
           reg_tenant_id)
        SELECT v_run.run_id, g.reason, g.reg_log_id, g.reg_path, g.reg_user_id, g.reg_logged_time, g.reg_action,
               g.reg_action_data, g.reg_tenant_id
        FROM gone g
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        NULL
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', l.reg_log_id, l.reg_tenant_id)
        FROM public.cleanup_dead_reg_log_superseded l
        WHERE l.run_id = v_run.run_id AND l.line = v_run.place);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 3. reg_log
  CALL public.cleanup_open(
    v_run, 'reg_log', p_by_list => true, p_listing => true, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.listing THEN
        -- Dead rows, found once a run. The rule is asked again when a row is deleted
        DELETE FROM public.cleanup_dead_reg_log_deleted;
        INSERT INTO public.cleanup_dead_reg_log_deleted (run_id, line, reg_log_id, reg_tenant_id)
        SELECT v_run.run_id, row_number() OVER (ORDER BY d.reg_log_id, d.reg_tenant_id),
               d.reg_log_id, d.reg_tenant_id
        FROM (
          SELECT t.reg_log_id, t.reg_tenant_id
          FROM (
            SELECT n.reg_tenant_id,
              max(n.reg_log_id) AS newest,
              COUNT(*) AS same_rows,
              SUM(CASE WHEN n.reg_logged_time < v_log_cut_off THEN 0 ELSE 1 END) AS staying_rows
            FROM ONLY public.reg_log n
            WHERE n.reg_path IS NOT NULL
            GROUP BY n.reg_path, n.reg_tenant_id
          ) k
          JOIN ONLY public.reg_log t ON t.reg_log_id = k.newest
            AND t.reg_tenant_id = k.reg_tenant_id
          WHERE t.reg_logged_time < v_log_cut_off
            AND (t.reg_action = 7
                 AND (k.same_rows = 1 OR v_run.dry_run AND k.staying_rows = 0))
        ) d;
        GET DIAGNOSTICS v_seen = ROW_COUNT;
        CALL public.cleanup_listed(v_run, v_seen);
        CONTINUE;
      END IF;

      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version, l.line,
          CASE
            WHEN (t.reg_logged_time < v_log_cut_off) IS NOT TRUE THEN NULL
            WHEN t.reg_action = 7 AND l.run_id = v_run.run_id THEN 'deleted'
          END AS reason
        FROM public.cleanup_dead_reg_log_deleted l
        JOIN ONLY public.reg_log t ON t.reg_log_id = l.reg_log_id
          AND t.reg_tenant_id = l.reg_tenant_id
        WHERE l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span
      ), gone AS (
        DELETE FROM ONLY public.reg_log t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_reg_log
          (run_id, reason, reg_log_id, reg_path, reg_user_id, reg_logged_time, reg_action, reg_action_data,
           reg_tenant_id)
        SELECT v_run.run_id, g.reason, g.reg_log_id, g.reg_path, g.reg_user_id, g.reg_logged_time, g.reg_action,
               g.reg_action_data, g.reg_tenant_id
        FROM gone g
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        NULL
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', l.reg_log_id, l.reg_tenant_id)
        FROM public.cleanup_dead_reg_log_deleted l
        WHERE l.run_id = v_run.run_id AND l.line = v_run.place);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 4. reg_resource_property
  CALL public.cleanup_open(
    v_run, 'reg_resource_property', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.reg_tenant_id IS NOT NULL
                 AND NOT EXISTS (
                   SELECT 1 FROM public.reg_resource o
                   WHERE o.reg_path_id = t.reg_path_id AND o.reg_tenant_id = t.reg_tenant_id)
                 AND NOT EXISTS (
                   SELECT 1 FROM public.reg_resource o
                   WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
                 AND NOT EXISTS (
                   SELECT 1 FROM public.reg_resource_history o
                   WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
            THEN 'resource_gone'
          END AS reason
        FROM ONLY public.reg_resource_property t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.reg_resource_property t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_reg_resource_property
          (run_id, reason, id, reg_property_id, reg_version, reg_path_id, reg_resource_name, reg_tenant_id)
        SELECT v_run.run_id, g.reason, g.id, g.reg_property_id, g.reg_version, g.reg_path_id, g.reg_resource_name,
               g.reg_tenant_id
        FROM gone g
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        NULL
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.id)
        FROM public.reg_resource_property t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 5. reg_property
  CALL public.cleanup_open(
    v_run, 'reg_property', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN NOT EXISTS (
                   SELECT 1 FROM public.reg_resource_property o
                   WHERE o.reg_property_id = t.reg_id AND o.reg_tenant_id = t.reg_tenant_id)
            THEN 'unreferenced'
          END AS reason
        FROM ONLY public.reg_property t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.reg_property t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_reg_property
          (run_id, reason, reg_id, reg_name, reg_value, reg_tenant_id)
        SELECT v_run.run_id, g.reason, g.reg_id, g.reg_name, g.reg_value, g.reg_tenant_id
        FROM gone g
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        NULL
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.reg_id, t.reg_tenant_id)
        FROM public.reg_property t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 6. reg_resource_tag
  CALL public.cleanup_open(
    v_run, 'reg_resource_tag', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.reg_tenant_id IS NOT NULL
                 AND NOT EXISTS (
                   SELECT 1 FROM public.reg_resource o
                   WHERE o.reg_path_id = t.reg_path_id AND o.reg_tenant_id = t.reg_tenant_id)
                 AND NOT EXISTS (
                   SELECT 1 FROM public.reg_resource o
                   WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
                 AND NOT EXISTS (
                   SELECT 1 FROM public.reg_resource_history o
                   WHERE o.reg_version = t.reg_version AND o.reg_tenant_id = t.reg_tenant_id)
            THEN 'resource_gone'
          END AS reason
        FROM ONLY public.reg_resource_tag t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.reg_resource_tag t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_reg_resource_tag
          (run_id, reason, id, reg_tag_id, reg_version, reg_path_id, reg_resource_name, reg_tenant_id)
        SELECT v_run.run_id, g.reason, g.id, g.reg_tag_id, g.reg_version, g.reg_path_id, g.reg_resource_name,
               g.reg_tenant_id
        FROM gone g
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        NULL
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.id)
        FROM public.reg_resource_tag t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 7. reg_tag
  CALL public.cleanup_open(
    v_run, 'reg_tag', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN NOT EXISTS (
                   SELECT 1 FROM public.reg_resource_tag o
                   WHERE o.reg_tag_id = t.reg_id AND o.reg_tenant_id = t.reg_tenant_id)
            THEN 'unreferenced'
          END AS reason
        FROM ONLY public.reg_tag t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.reg_tag t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_reg_tag
          (run_id, reason, reg_id, reg_tag_name, reg_user_id, reg_tagged_time, reg_tenant_id)
        SELECT v_run.run_id, g.reason, g.reg_id, g.reg_tag_name, g.reg_user_id, g.reg_tagged_time, g.reg_tenant_id
        FROM gone g
      )
      SELECT
        (SELECT count(*) FROM judged),
        (SELECT count(*) FROM gone),
        (SELECT jsonb_object_agg(r.reason, r.n)
         FROM (SELECT j.reason, count(*) AS n FROM judged j WHERE j.reason IS NOT NULL GROUP BY j.reason) r),
        NULL
      INTO v_seen, v_deleted, v_reasons, v_others;
      CALL public.cleanup_done(v_run, v_seen, v_deleted, v_reasons, v_others);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      v_key := (
        SELECT concat_ws(', ', t.reg_id, t.reg_tenant_id)
        FROM public.reg_tag t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- The lists are needed no more
  DELETE FROM public.cleanup_dead_reg_resource WHERE run_id = v_run.run_id;
  DELETE FROM public.cleanup_dead_reg_log_superseded WHERE run_id = v_run.run_id;
  DELETE FROM public.cleanup_dead_reg_log_deleted WHERE run_id = v_run.run_id;
  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  LOOP
    CALL public.cleanup_prove(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      CALL public.cleanup_registry_proof(v_run.run_id, v_run.started, v_settings);
    EXCEPTION WHEN query_canceled OR OTHERS THEN
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, NULL);
    END;
  END LOOP;

  CALL public.cleanup_end(v_run);
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('procedure', 'cleanup_registry',
    '68307e6d5d6c68f7da97c4f387eb96215beee5c306b44e053c194586fe8611f3');
-- @end
