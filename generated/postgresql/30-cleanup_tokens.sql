-- cleanup_tokens: deletes dead access tokens and the codes that led to them.
--
-- Made by deepclean for profile identity-5.14. Do not edit: an edited file no longer matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   idn_oauth2_access_token when
--     inactive: its state is INACTIVE
--     revoked: its state is REVOKED
--     expired: its state is EXPIRED
--     periods_over: it is ACTIVE or GRACEFULLY_ROTATED, and its access and refresh periods ended before the cut-off
--     access_period_over: it is ACTIVE, its grant is in access_period_grants, and its access period is over (opt-in)
--     together with its rows of idn_oauth2_access_token_scope, idn_oidc_req_obj_claim_values, idn_oidc_req_object_claims,
--        idn_oidc_req_object_reference
--   idn_oauth2_authorization_code when
--     inactive: its state is INACTIVE
--     period_over: its validity ended before the cut-off
--     and in any case only when no row of IDN_OAUTH2_ACCESS_TOKEN has its TOKEN_ID
--     together with its rows of idn_oidc_req_obj_claim_values, idn_oidc_req_object_claims, idn_oidc_req_object_reference
--   idn_oauth2_access_token_audit (only while setting audit_pruning is yes) when
--     retention_over: it was invalidated before the retention began
-- This schema lacks and the procedure leaves out IDN_OAUTH2_CIBA_AUTH_CODE, IDN_OAUTH2_DEVICE_FLOW
--
-- Every deleted row is copied in the same transaction; CALL restore_tokens(run) brings a run back.
-- Progress, counts and why a run stopped are in cleanup_run and cleanup_run_step. Settings are in
-- cleanup_setting and are read again before every batch.
--
-- Whoever calls it needs
--   USAGE on SCHEMA public
--   SELECT, DELETE on idn_oauth2_access_token, idn_oauth2_authorization_code, idn_oidc_req_object_reference,
--     idn_oidc_req_object_claims, idn_oidc_req_obj_claim_values, idn_oauth2_access_token_scope,
--     idn_oauth2_access_token_audit
--   SELECT, INSERT, DELETE on cleanup_bak_idn_oauth2_access_token, cleanup_bak_idn_oauth2_authorization_code,
--     cleanup_bak_idn_oidc_req_object_reference, cleanup_bak_idn_oidc_req_object_claims,
--     cleanup_bak_idn_oidc_req_obj_claim_values, cleanup_bak_idn_oauth2_access_token_scope,
--     cleanup_bak_idn_oauth2_access_token_audit
--   SELECT, UPDATE on cleanup_setting
--   SELECT, INSERT, UPDATE on cleanup_run, cleanup_run_step, cleanup_run_reason

-- @statement procedure cleanup_tokens
CREATE OR REPLACE PROCEDURE public.cleanup_tokens()
LANGUAGE plpgsql
AS $procedure$
DECLARE
  c_lock        CONSTANT bigint := hashtextextended('public.cleanup_tokens', 0);
  v_run_id      bigint;
  v_started     timestamp := clock_timestamp() AT TIME ZONE 'UTC';
  v_status      text := 'ended';
  v_why         text := 'done';
  v_problem     text;
  v_tables      regclass[];
  v_dry_run     boolean;         -- by the setting, or by the session
  v_retention   integer;         -- days that backups are kept
  v_target_ms   integer;
  v_pause_ms    integer := 0;
  v_time        text;            -- HH:MM in UTC
  v_rows_max    bigint;
  v_table       text;
  v_more        boolean;
  v_block       bigint;          -- the next block of the table to look at
  v_blocks      bigint;          -- blocks of the table when its turn came
  v_span        bigint;          -- blocks per batch, as many as hold the rows of a batch
  v_rows        bigint;          -- rows per batch, steered toward the target time
  v_rows_min    bigint;
  v_from        tid;
  v_upto        tid;
  v_batch_began timestamptz;
  v_batch_ms    integer;
  v_seen        bigint;
  v_dead        bigint;
  v_reasons     bigint[];        -- dead rows of a batch by reason
  v_deleted     bigint;
  v_failures    integer;         -- tries of one batch that lost against another session
  v_passed_over boolean := false;

  -- What the rules are measured by
  v_cut_off timestamp; -- UTC now, less the uncertainty of timestamps and the safe period
  v_audit_cut_off timestamp; -- UTC now, less the uncertainty of timestamps and the retention of the audit trail
  v_safe_period_minutes bigint;
  v_access_period_grants text;
  v_audit_pruning text;
  v_audit_retention_days bigint;
  v_clock_uncertainty_hours bigint;
BEGIN
  -- Check: one run at a time, and nothing that would make a delete unsafe or a restore impossible

  -- Inside a transaction of its caller a procedure cannot commit: that shows here, before anything is held
  COMMIT;
  IF NOT pg_try_advisory_lock(c_lock) THEN
    INSERT INTO public.cleanup_run (procedure_name, started_at, ended_at, status, why_stopped, started_by)
    VALUES ('cleanup_tokens', v_started, v_started, 'skipped', 'already running', session_user);
    RETURN;
  END IF;

  BEGIN
    UPDATE public.cleanup_run
    SET status = 'crashed', why_stopped = 'its session ended before the run did', ended_at = v_started
    WHERE procedure_name = 'cleanup_tokens' AND status = 'running';

    SELECT format('%s does not fit %s any more: column %s', f.backup, f.source, s.attname) INTO v_problem
    FROM (VALUES
      ('public.idn_oauth2_access_token', 'public.cleanup_bak_idn_oauth2_access_token'),
      ('public.idn_oauth2_authorization_code', 'public.cleanup_bak_idn_oauth2_authorization_code'),
      ('public.idn_oidc_req_object_reference', 'public.cleanup_bak_idn_oidc_req_object_reference'),
      ('public.idn_oidc_req_object_claims', 'public.cleanup_bak_idn_oidc_req_object_claims'),
      ('public.idn_oidc_req_obj_claim_values', 'public.cleanup_bak_idn_oidc_req_obj_claim_values'),
      ('public.idn_oauth2_access_token_scope', 'public.cleanup_bak_idn_oauth2_access_token_scope'),
      ('public.idn_oauth2_access_token_audit', 'public.cleanup_bak_idn_oauth2_access_token_audit')
    ) f (source, backup)
    JOIN pg_attribute s ON s.attrelid = f.source::regclass AND s.attnum > 0 AND NOT s.attisdropped AND s.attgenerated = ''
    LEFT JOIN pg_attribute b ON b.attrelid = to_regclass(f.backup)
      AND b.attname = s.attname AND b.atttypid = s.atttypid AND b.atttypmod = s.atttypmod
    WHERE b.attname IS NULL
    LIMIT 1;

    v_problem := coalesce(v_problem, (
      SELECT format('%s has other columns than when this procedure was made', f.source)
      FROM (VALUES
        ('public.idn_oauth2_access_token', 20),
        ('public.idn_oauth2_authorization_code', 17),
        ('public.idn_oidc_req_object_reference', 5),
        ('public.idn_oidc_req_object_claims', 6),
        ('public.idn_oidc_req_obj_claim_values', 3),
        ('public.idn_oauth2_access_token_scope', 3),
        ('public.idn_oauth2_access_token_audit', 21)
      ) f (source, columns)
      WHERE f.columns <> (
        SELECT count(*) FROM pg_attribute s WHERE s.attrelid = f.source::regclass AND s.attnum > 0 AND NOT s.attisdropped
      )
      LIMIT 1
    ));

    v_tables := ARRAY[
      'public.idn_oauth2_access_token', 'public.idn_oauth2_authorization_code', 'public.idn_oidc_req_object_reference',
      'public.idn_oidc_req_object_claims', 'public.idn_oidc_req_obj_claim_values', 'public.idn_oauth2_access_token_scope',
      'public.idn_oauth2_access_token_audit'
    ];
    v_problem := coalesce(v_problem, (
      SELECT format('the foreign keys from %s to %s are not those that this procedure was made for', child, parent)
      FROM (VALUES
        ('public.idn_oidc_req_object_reference'::regclass, 'public.idn_oauth2_authorization_code'::regclass,
          'code_id', 'code_id', 1, 'c'),
        ('public.idn_oidc_req_object_reference'::regclass, 'public.idn_oauth2_access_token'::regclass,
          'token_id', 'token_id', 1, 'c'),
        ('public.idn_oidc_req_object_claims'::regclass, 'public.idn_oidc_req_object_reference'::regclass,
          'req_object_id', 'id', 1, 'c'),
        ('public.idn_oidc_req_obj_claim_values'::regclass, 'public.idn_oidc_req_object_claims'::regclass,
          'req_object_claims_id', 'id', 1, 'c'),
        ('public.idn_oauth2_access_token_scope'::regclass, 'public.idn_oauth2_access_token'::regclass,
          'token_id', 'token_id', 1, 'c')
      ) f (child, parent, own, theirs, width, rule)
      FULL JOIN (
        SELECT DISTINCT k.conrelid::regclass, k.confrelid::regclass, a.attname::text, b.attname::text, cardinality(k.conkey),
          CASE
            WHEN to_jsonb(k) ->> 'conenforced' = 'false' THEN 'not enforced'
            WHEN EXISTS (SELECT 1 FROM pg_trigger g WHERE g.tgconstraint = k.oid AND g.tgenabled NOT IN ('O', 'A')) THEN 'off'
            WHEN k.confdeltype = 'r' THEN 'a'
            ELSE k.confdeltype::text
          END
        FROM pg_constraint k
        CROSS JOIN LATERAL unnest(k.conkey, k.confkey) c (own, theirs)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.own
        JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = c.theirs
        WHERE k.contype = 'f' AND k.confrelid = ANY (v_tables)
      ) k (child, parent, own, theirs, width, rule) USING (child, parent, own, theirs, width, rule)
      WHERE f.rule IS NULL OR k.rule IS NULL
      LIMIT 1
    ));

    v_problem := coalesce(v_problem, (
      SELECT format('row level security hides rows of %s from %s', t.hidden, current_user)
      FROM unnest(ARRAY[
        'public.idn_oauth2_access_token', 'public.idn_oauth2_authorization_code', 'public.idn_oidc_req_object_reference',
        'public.idn_oidc_req_object_claims', 'public.idn_oidc_req_obj_claim_values',
        'public.idn_oauth2_access_token_scope', 'public.idn_oauth2_access_token_audit'
      ]::regclass[]) t (hidden)
      WHERE row_security_active(t.hidden)
      LIMIT 1
    ));

    IF current_setting('session_replication_role') = 'replica' THEN
      v_problem := 'session_replication_role is replica, so foreign keys do not work in this session';
    END IF;

    SELECT
      coalesce(max(value) FILTER (WHERE name = 'safe_period_minutes'), '120')::bigint,
      coalesce(max(value) FILTER (WHERE name = 'access_period_grants'), '(none)'),
      coalesce(max(value) FILTER (WHERE name = 'audit_pruning'), 'no'),
      coalesce(max(value) FILTER (WHERE name = 'audit_retention_days'), '90')::bigint,
      coalesce(max(value) FILTER (WHERE name = 'clock_uncertainty_hours'), '12')::bigint,
      max(value) FILTER (WHERE name = 'backup_retention_days')::integer,
      coalesce(max(value) FILTER (WHERE name = 'dry_run') = 'yes', false)
        OR coalesce(current_setting('deepclean.dry_run', true) = 'yes', false)
    INTO
      v_safe_period_minutes, v_access_period_grants, v_audit_pruning, v_audit_retention_days, v_clock_uncertainty_hours,
      v_retention, v_dry_run
    FROM public.cleanup_setting
    WHERE procedure_name = 'cleanup_tokens';

    -- A stop that was asked of an earlier run is used up here
    UPDATE public.cleanup_setting
    SET value = 'no'
    WHERE procedure_name = 'cleanup_tokens' AND name = 'stop_requested' AND value = 'yes';

    v_cut_off := v_started - v_clock_uncertainty_hours * interval '1 hour' - v_safe_period_minutes * interval '1 minute';
    v_audit_cut_off := v_started - v_clock_uncertainty_hours * interval '1 hour' - v_audit_retention_days * interval '1 day';

    v_problem := left(v_problem, 400);
    INSERT INTO public.cleanup_run
      (procedure_name, started_by, started_at, ended_at, cut_off, dry_run, status, why_stopped)
    VALUES (
      'cleanup_tokens', session_user, v_started, CASE WHEN v_problem IS NOT NULL THEN v_started END,
      v_cut_off, CASE WHEN v_dry_run THEN 'yes' ELSE 'no' END,
      CASE WHEN v_problem IS NULL THEN 'running' ELSE 'failed' END, v_problem
    )
    RETURNING run_id INTO v_run_id;

    INSERT INTO public.cleanup_run_step (run_id, table_name)
    VALUES (v_run_id, 'idn_oauth2_access_token'), (v_run_id, 'idn_oauth2_authorization_code'),
      (v_run_id, 'idn_oidc_req_object_reference'), (v_run_id, 'idn_oidc_req_object_claims'),
      (v_run_id, 'idn_oidc_req_obj_claim_values'), (v_run_id, 'idn_oauth2_access_token_scope'),
      (v_run_id, 'idn_oauth2_access_token_audit');
  EXCEPTION WHEN query_canceled OR OTHERS THEN
    PERFORM pg_advisory_unlock(c_lock);
    RAISE;
  END;
  COMMIT;

  IF v_problem IS NOT NULL THEN
    PERFORM pg_advisory_unlock(c_lock);
    RAISE EXCEPTION 'cleanup_tokens did not start, and nothing was deleted: %', v_problem
      USING HINT = 'Run "deepclean install-procs" again, and read what it says about this table.';
  END IF;

  -- Purge: table by table, in short transactions along the table's blocks

  <<tables>>
  FOR v_step IN 1..3 LOOP
    CASE v_step
      WHEN 1 THEN
        v_table := 'idn_oauth2_access_token';
        v_block := 0;
        v_blocks := pg_relation_size('public.idn_oauth2_access_token'::regclass) / current_setting('block_size')::bigint;
        v_more := v_blocks > 0;
      WHEN 2 THEN
        v_table := 'idn_oauth2_authorization_code';
        v_block := 0;
        v_blocks := pg_relation_size('public.idn_oauth2_authorization_code'::regclass) / current_setting('block_size')::bigint;
        v_more := v_blocks > 0;
      WHEN 3 THEN
        CONTINUE tables WHEN v_audit_pruning <> 'yes';
        v_table := 'idn_oauth2_access_token_audit';
        v_block := 0;
        v_blocks := pg_relation_size('public.idn_oauth2_access_token_audit'::regclass) / current_setting('block_size')::bigint;
        v_more := v_blocks > 0;
    END CASE;
    v_span := 16;
    v_rows := 1000;
    v_failures := 0;

    WHILE v_more LOOP
      COMMIT;
      BEGIN
        PERFORM pg_sleep(CASE WHEN v_failures > 0 THEN 0.05 ELSE v_pause_ms / 1000.0 END);
      EXCEPTION WHEN query_canceled THEN
        v_status := 'stopped';
        v_why := 'interrupted';
        EXIT tables;
      END;
      -- One snapshot per batch: a row that changed since is not deleted but makes the batch start over, and no foreign
      -- key cascades to a row that the batch did not see
      COMMIT;
      SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;

      BEGIN
        v_time := to_char(clock_timestamp() AT TIME ZONE 'UTC', 'HH24:MI');
        SELECT
          max(value) FILTER (WHERE name = 'batch_target_ms')::integer,
          max(value) FILTER (WHERE name = 'pause_ms')::integer,
          max(value) FILTER (WHERE name = 'batch_rows_minimum')::bigint,
          max(value) FILTER (WHERE name = 'batch_rows_maximum')::bigint,
          CASE
            WHEN max(value) FILTER (WHERE name = 'enabled') = 'no' THEN 'switched off'
            WHEN max(value) FILTER (WHERE name = 'stop_requested') = 'yes' THEN 'stop requested'
            WHEN extract(epoch FROM clock_timestamp() AT TIME ZONE 'UTC' - v_started)
              >= max(value) FILTER (WHERE name = 'time_budget_seconds')::integer THEN 'time budget'
            WHEN bool_or(name = 'window' AND value <> 'always' AND CASE
              WHEN left(value, 5) < right(value, 5) THEN v_time < left(value, 5) OR v_time >= right(value, 5)
              ELSE v_time >= right(value, 5) AND v_time < left(value, 5)
            END) THEN 'outside window'
            ELSE 'done'
          END
        INTO v_target_ms, v_pause_ms, v_rows_min, v_rows_max, v_why
        FROM public.cleanup_setting
        WHERE procedure_name = 'cleanup_tokens';
        IF v_why <> 'done' THEN
          v_status := 'stopped';
          EXIT tables;
        END IF;

        v_rows := least(CASE WHEN v_failures = 0 THEN greatest(v_rows, v_rows_min) ELSE v_rows END, v_rows_max);
        v_batch_began := clock_timestamp();
        v_from := format('(%s,0)', v_block)::tid;
        -- Short waits, and plans whatever the size of the tables: look-ups by index, row by row in its order
        SET LOCAL lock_timeout = '1s';
        SET LOCAL plan_cache_mode = force_generic_plan;
        SET LOCAL enable_seqscan = off;
        SET LOCAL enable_bitmapscan = off;
        SET LOCAL jit = off;
        -- A foreign key that is checked at COMMIT would fail where nothing handles it
        SET CONSTRAINTS ALL IMMEDIATE;
        -- A crash may undo the last batches, each as a whole; the end of the run is on disk before the call returns
        SET LOCAL synchronous_commit = off;

        CASE v_step
          WHEN 1 THEN
            -- Choose: the rows of the range, and the dead ones by reason; OFFSET 0 has each row judged once
            LOOP
              v_upto := format('(%s,0)', v_block + v_span)::tid;
              SELECT count(*), ARRAY[
                count(*) FILTER (WHERE d.reason = 1),
                count(*) FILTER (WHERE d.reason = 2),
                count(*) FILTER (WHERE d.reason = 3),
                count(*) FILTER (WHERE d.reason = 4),
                count(*) FILTER (WHERE d.reason = 5)
              ]
              INTO v_seen, v_reasons
              FROM (
                SELECT CASE
                         WHEN t.token_state = 'INACTIVE' THEN 1
                         WHEN t.token_state = 'REVOKED' THEN 2
                         WHEN t.token_state = 'EXPIRED' THEN 3
                         WHEN t.token_state IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                              AND t.validity_period > 0 AND t.validity_period < 99999999999990
                              AND extract(epoch FROM v_cut_off - t.time_created) * 1000 > t.validity_period
                              AND t.refresh_token_validity_period > 0 AND t.refresh_token_validity_period < 99999999999990
                              AND extract(epoch FROM v_cut_off - t.refresh_token_time_created) * 1000 > t.refresh_token_validity_period
                         THEN 4
                         WHEN t.token_state = 'ACTIVE'
                              AND v_access_period_grants ~ '^[A-Za-z0-9:_.-]+(,[A-Za-z0-9:_.-]+)*$'
                              AND t.grant_type = ANY (string_to_array(v_access_period_grants, ','))
                              AND t.validity_period > 0 AND t.validity_period < 99999999999990
                              AND extract(epoch FROM v_cut_off - t.time_created) * 1000 > t.validity_period
                         THEN 5
                         ELSE 0
                       END AS reason
                FROM public.idn_oauth2_access_token t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                OFFSET 0
              ) d;
              EXIT WHEN v_seen <= v_rows OR v_span = 1;
              v_span := greatest(floor(v_span * v_rows * 0.95 / v_seen), 1);
            END LOOP;
            v_dead := (SELECT sum(n) FROM unnest(v_reasons) n);

            IF v_dead > 0 AND NOT v_dry_run THEN
              WITH gone AS (
                DELETE FROM public.idn_oauth2_access_token t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                  AND (t.token_state IN ('INACTIVE', 'REVOKED', 'EXPIRED')
                       OR (t.token_state IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                           AND t.validity_period > 0 AND t.validity_period < 99999999999990
                           AND extract(epoch FROM v_cut_off - t.time_created) * 1000 > t.validity_period
                           AND t.refresh_token_validity_period > 0 AND t.refresh_token_validity_period < 99999999999990
                           AND extract(epoch FROM v_cut_off - t.refresh_token_time_created) * 1000 > t.refresh_token_validity_period)
                       OR (t.token_state = 'ACTIVE'
                           AND v_access_period_grants ~ '^[A-Za-z0-9:_.-]+(,[A-Za-z0-9:_.-]+)*$'
                           AND t.grant_type = ANY (string_to_array(v_access_period_grants, ','))
                           AND t.validity_period > 0 AND t.validity_period < 99999999999990
                           AND extract(epoch FROM v_cut_off - t.time_created) * 1000 > t.validity_period))
                RETURNING CASE
                            WHEN t.token_state = 'INACTIVE' THEN 'inactive'
                            WHEN t.token_state = 'REVOKED' THEN 'revoked'
                            WHEN t.token_state = 'EXPIRED' THEN 'expired'
                            WHEN t.token_state IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                                 AND t.validity_period > 0 AND t.validity_period < 99999999999990
                                 AND extract(epoch FROM v_cut_off - t.time_created) * 1000 > t.validity_period
                                 AND t.refresh_token_validity_period > 0 AND t.refresh_token_validity_period < 99999999999990
                                 AND extract(epoch FROM v_cut_off - t.refresh_token_time_created) * 1000 > t.refresh_token_validity_period
                            THEN 'periods_over'
                            WHEN t.token_state = 'ACTIVE'
                                 AND v_access_period_grants ~ '^[A-Za-z0-9:_.-]+(,[A-Za-z0-9:_.-]+)*$'
                                 AND t.grant_type = ANY (string_to_array(v_access_period_grants, ','))
                                 AND t.validity_period > 0 AND t.validity_period < 99999999999990
                                 AND extract(epoch FROM v_cut_off - t.time_created) * 1000 > t.validity_period
                            THEN 'access_period_over'
                          END AS reason,
                  t.token_id, t.access_token, t.refresh_token, t.consumer_key_id, t.authz_user, t.tenant_id,
                  t.user_domain, t.user_type, t.grant_type, t.time_created, t.refresh_token_time_created,
                  t.validity_period, t.refresh_token_validity_period, t.token_scope_hash, t.token_state,
                  t.token_state_id, t.subject_identifier, t.access_token_hash, t.refresh_token_hash, t.idp_id
              ), kept AS (
                INSERT INTO public.cleanup_bak_idn_oauth2_access_token
                  (run_id, reason, token_id, access_token, refresh_token, consumer_key_id, authz_user, tenant_id,
                   user_domain, user_type, grant_type, time_created, refresh_token_time_created, validity_period,
                   refresh_token_validity_period, token_scope_hash, token_state, token_state_id, subject_identifier,
                   access_token_hash, refresh_token_hash, idp_id)
                SELECT v_run_id, g.reason, g.token_id, g.access_token, g.refresh_token, g.consumer_key_id,
                  g.authz_user, g.tenant_id, g.user_domain, g.user_type, g.grant_type, g.time_created,
                  g.refresh_token_time_created, g.validity_period, g.refresh_token_validity_period, g.token_scope_hash,
                  g.token_state, g.token_state_id, g.subject_identifier, g.access_token_hash, g.refresh_token_hash,
                  g.idp_id
                FROM gone g
              ), kept_1_1 AS (
                INSERT INTO public.cleanup_bak_idn_oauth2_access_token_scope
                  (run_id, token_id, token_scope, tenant_id)
                SELECT v_run_id, c.token_id, c.token_scope, c.tenant_id
                FROM gone g
                     JOIN public.idn_oauth2_access_token_scope c ON c.token_id = g.token_id
                RETURNING 1
              ), kept_1_2 AS (
                INSERT INTO public.cleanup_bak_idn_oidc_req_obj_claim_values
                  (run_id, id, req_object_claims_id, claim_values)
                SELECT v_run_id, c.id, c.req_object_claims_id, c.claim_values
                FROM gone g
                     JOIN public.idn_oidc_req_object_reference p1 ON p1.token_id = g.token_id
                     JOIN public.idn_oidc_req_object_claims p2 ON p2.req_object_id = p1.id
                     JOIN public.idn_oidc_req_obj_claim_values c ON c.req_object_claims_id = p2.id
                RETURNING 1
              ), kept_1_3 AS (
                INSERT INTO public.cleanup_bak_idn_oidc_req_object_claims
                  (run_id, id, req_object_id, claim_attribute, essential, value, is_userinfo)
                SELECT v_run_id, c.id, c.req_object_id, c.claim_attribute, c.essential, c.value, c.is_userinfo
                FROM gone g
                     JOIN public.idn_oidc_req_object_reference p1 ON p1.token_id = g.token_id
                     JOIN public.idn_oidc_req_object_claims c ON c.req_object_id = p1.id
                RETURNING 1
              ), kept_1_4 AS (
                INSERT INTO public.cleanup_bak_idn_oidc_req_object_reference
                  (run_id, id, consumer_key_id, code_id, token_id, session_data_key)
                SELECT v_run_id, c.id, c.consumer_key_id, c.code_id, c.token_id, c.session_data_key
                FROM gone g
                     JOIN public.idn_oidc_req_object_reference c ON c.token_id = g.token_id
                RETURNING 1
              ), logged_children AS (
                UPDATE public.cleanup_run_step s
                SET deleted = s.deleted + x.deleted
                FROM (
                  SELECT 'idn_oauth2_access_token_scope' AS table_name, count(*) AS deleted FROM kept_1_1 UNION ALL
                  SELECT 'idn_oidc_req_obj_claim_values' AS table_name, count(*) AS deleted FROM kept_1_2 UNION ALL
                  SELECT 'idn_oidc_req_object_claims' AS table_name, count(*) AS deleted FROM kept_1_3 UNION ALL
                  SELECT 'idn_oidc_req_object_reference' AS table_name, count(*) AS deleted FROM kept_1_4
                ) x
                WHERE s.run_id = v_run_id AND s.table_name = x.table_name
              )
              SELECT count(*) INTO v_deleted FROM gone;
              IF v_deleted <> v_dead THEN
                RAISE EXCEPTION 'only % of % dead rows of % could be deleted', v_deleted, v_dead, v_table
                  USING HINT = 'A trigger or a rule of that table may keep them.';
              END IF;
            END IF;

            IF v_dead > 0 THEN
              INSERT INTO public.cleanup_run_reason AS l (run_id, table_name, reason, deleted)
              SELECT v_run_id, v_table, r.reason, r.deleted
              FROM unnest(
                ARRAY['inactive', 'revoked', 'expired', 'periods_over', 'access_period_over'],
                v_reasons) r (reason, deleted)
              WHERE r.deleted > 0
              ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
            END IF;
          WHEN 2 THEN
            -- Choose: the rows of the range, and the dead ones by reason; OFFSET 0 has each row judged once
            LOOP
              v_upto := format('(%s,0)', v_block + v_span)::tid;
              SELECT count(*), ARRAY[
                count(*) FILTER (WHERE d.reason = 1),
                count(*) FILTER (WHERE d.reason = 2)
              ]
              INTO v_seen, v_reasons
              FROM (
                SELECT CASE
                         WHEN EXISTS (SELECT 1 FROM public.idn_oauth2_access_token o WHERE o.token_id = t.token_id) THEN 0
                         WHEN t.state = 'INACTIVE' THEN 1
                         WHEN t.validity_period > 0 AND t.validity_period < 99999999999990
                              AND extract(epoch FROM v_cut_off - t.time_created) * 1000 > t.validity_period
                         THEN 2
                         ELSE 0
                       END AS reason
                FROM public.idn_oauth2_authorization_code t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                OFFSET 0
              ) d;
              EXIT WHEN v_seen <= v_rows OR v_span = 1;
              v_span := greatest(floor(v_span * v_rows * 0.95 / v_seen), 1);
            END LOOP;
            v_dead := (SELECT sum(n) FROM unnest(v_reasons) n);

            IF v_dead > 0 AND NOT v_dry_run THEN
              WITH gone AS (
                DELETE FROM public.idn_oauth2_authorization_code t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                  AND ((t.state = 'INACTIVE'
                        OR (t.validity_period > 0 AND t.validity_period < 99999999999990
                            AND extract(epoch FROM v_cut_off - t.time_created) * 1000 > t.validity_period))
                       AND NOT EXISTS (SELECT 1 FROM public.idn_oauth2_access_token o WHERE o.token_id = t.token_id))
                RETURNING CASE
                            WHEN t.state = 'INACTIVE' THEN 'inactive'
                            WHEN t.validity_period > 0 AND t.validity_period < 99999999999990
                                 AND extract(epoch FROM v_cut_off - t.time_created) * 1000 > t.validity_period
                            THEN 'period_over'
                          END AS reason,
                  t.code_id, t.authorization_code, t.consumer_key_id, t.callback_url, t.scope, t.authz_user,
                  t.tenant_id, t.user_domain, t.time_created, t.validity_period, t.state, t.token_id,
                  t.subject_identifier, t.pkce_code_challenge, t.pkce_code_challenge_method, t.authorization_code_hash,
                  t.idp_id
              ), kept AS (
                INSERT INTO public.cleanup_bak_idn_oauth2_authorization_code
                  (run_id, reason, code_id, authorization_code, consumer_key_id, callback_url, scope, authz_user,
                   tenant_id, user_domain, time_created, validity_period, state, token_id, subject_identifier,
                   pkce_code_challenge, pkce_code_challenge_method, authorization_code_hash, idp_id)
                SELECT v_run_id, g.reason, g.code_id, g.authorization_code, g.consumer_key_id, g.callback_url, g.scope,
                  g.authz_user, g.tenant_id, g.user_domain, g.time_created, g.validity_period, g.state, g.token_id,
                  g.subject_identifier, g.pkce_code_challenge, g.pkce_code_challenge_method, g.authorization_code_hash,
                  g.idp_id
                FROM gone g
              ), kept_2_1 AS (
                INSERT INTO public.cleanup_bak_idn_oidc_req_obj_claim_values
                  (run_id, id, req_object_claims_id, claim_values)
                SELECT v_run_id, c.id, c.req_object_claims_id, c.claim_values
                FROM gone g
                     JOIN public.idn_oidc_req_object_reference p1 ON p1.code_id = g.code_id
                     JOIN public.idn_oidc_req_object_claims p2 ON p2.req_object_id = p1.id
                     JOIN public.idn_oidc_req_obj_claim_values c ON c.req_object_claims_id = p2.id
                RETURNING 1
              ), kept_2_2 AS (
                INSERT INTO public.cleanup_bak_idn_oidc_req_object_claims
                  (run_id, id, req_object_id, claim_attribute, essential, value, is_userinfo)
                SELECT v_run_id, c.id, c.req_object_id, c.claim_attribute, c.essential, c.value, c.is_userinfo
                FROM gone g
                     JOIN public.idn_oidc_req_object_reference p1 ON p1.code_id = g.code_id
                     JOIN public.idn_oidc_req_object_claims c ON c.req_object_id = p1.id
                RETURNING 1
              ), kept_2_3 AS (
                INSERT INTO public.cleanup_bak_idn_oidc_req_object_reference
                  (run_id, id, consumer_key_id, code_id, token_id, session_data_key)
                SELECT v_run_id, c.id, c.consumer_key_id, c.code_id, c.token_id, c.session_data_key
                FROM gone g
                     JOIN public.idn_oidc_req_object_reference c ON c.code_id = g.code_id
                RETURNING 1
              ), logged_children AS (
                UPDATE public.cleanup_run_step s
                SET deleted = s.deleted + x.deleted
                FROM (
                  SELECT 'idn_oidc_req_obj_claim_values' AS table_name, count(*) AS deleted FROM kept_2_1 UNION ALL
                  SELECT 'idn_oidc_req_object_claims' AS table_name, count(*) AS deleted FROM kept_2_2 UNION ALL
                  SELECT 'idn_oidc_req_object_reference' AS table_name, count(*) AS deleted FROM kept_2_3
                ) x
                WHERE s.run_id = v_run_id AND s.table_name = x.table_name
              )
              SELECT count(*) INTO v_deleted FROM gone;
              IF v_deleted <> v_dead THEN
                RAISE EXCEPTION 'only % of % dead rows of % could be deleted', v_deleted, v_dead, v_table
                  USING HINT = 'A trigger or a rule of that table may keep them.';
              END IF;
            END IF;

            IF v_dead > 0 THEN
              INSERT INTO public.cleanup_run_reason AS l (run_id, table_name, reason, deleted)
              SELECT v_run_id, v_table, r.reason, r.deleted
              FROM unnest(
                ARRAY['inactive', 'period_over'],
                v_reasons) r (reason, deleted)
              WHERE r.deleted > 0
              ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
            END IF;
          WHEN 3 THEN
            -- Choose: the rows of the range, and the dead ones by reason; OFFSET 0 has each row judged once
            LOOP
              v_upto := format('(%s,0)', v_block + v_span)::tid;
              SELECT count(*), ARRAY[
                count(*) FILTER (WHERE d.reason = 1)
              ]
              INTO v_seen, v_reasons
              FROM (
                SELECT CASE
                         WHEN t.invalidated_time < v_audit_cut_off THEN 1
                         ELSE 0
                       END AS reason
                FROM public.idn_oauth2_access_token_audit t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                OFFSET 0
              ) d;
              EXIT WHEN v_seen <= v_rows OR v_span = 1;
              v_span := greatest(floor(v_span * v_rows * 0.95 / v_seen), 1);
            END LOOP;
            v_dead := (SELECT sum(n) FROM unnest(v_reasons) n);

            IF v_dead > 0 AND NOT v_dry_run THEN
              WITH gone AS (
                DELETE FROM public.idn_oauth2_access_token_audit t
                WHERE t.ctid >= v_from AND t.ctid < v_upto
                  AND (t.invalidated_time < v_audit_cut_off)
                RETURNING 'retention_over' AS reason,
                  t.token_id, t.access_token, t.refresh_token, t.consumer_key_id, t.authz_user, t.tenant_id,
                  t.user_domain, t.user_type, t.grant_type, t.time_created, t.refresh_token_time_created,
                  t.validity_period, t.refresh_token_validity_period, t.token_scope_hash, t.token_state,
                  t.token_state_id, t.subject_identifier, t.access_token_hash, t.refresh_token_hash, t.invalidated_time,
                  t.idp_id
              ), kept AS (
                INSERT INTO public.cleanup_bak_idn_oauth2_access_token_audit
                  (run_id, reason, token_id, access_token, refresh_token, consumer_key_id, authz_user, tenant_id,
                   user_domain, user_type, grant_type, time_created, refresh_token_time_created, validity_period,
                   refresh_token_validity_period, token_scope_hash, token_state, token_state_id, subject_identifier,
                   access_token_hash, refresh_token_hash, invalidated_time, idp_id)
                SELECT v_run_id, g.reason, g.token_id, g.access_token, g.refresh_token, g.consumer_key_id,
                  g.authz_user, g.tenant_id, g.user_domain, g.user_type, g.grant_type, g.time_created,
                  g.refresh_token_time_created, g.validity_period, g.refresh_token_validity_period, g.token_scope_hash,
                  g.token_state, g.token_state_id, g.subject_identifier, g.access_token_hash, g.refresh_token_hash,
                  g.invalidated_time, g.idp_id
                FROM gone g
              )
              SELECT count(*) INTO v_deleted FROM gone;
              IF v_deleted <> v_dead THEN
                RAISE EXCEPTION 'only % of % dead rows of % could be deleted', v_deleted, v_dead, v_table
                  USING HINT = 'A trigger or a rule of that table may keep them.';
              END IF;
            END IF;

            IF v_dead > 0 THEN
              INSERT INTO public.cleanup_run_reason AS l (run_id, table_name, reason, deleted)
              SELECT v_run_id, v_table, r.reason, r.deleted
              FROM unnest(
                ARRAY['retention_over'],
                v_reasons) r (reason, deleted)
              WHERE r.deleted > 0
              ON CONFLICT (run_id, table_name, reason) DO UPDATE SET deleted = l.deleted + excluded.deleted;
            END IF;
        END CASE;

        v_batch_ms := extract(epoch FROM clock_timestamp() - v_batch_began) * 1000;
        UPDATE public.cleanup_run_step
        SET seen = seen + v_seen, deleted = deleted + v_dead,
            batches = batches + 1, longest_batch_ms = greatest(longest_batch_ms, v_batch_ms)
        WHERE run_id = v_run_id AND table_name = v_table;

        v_failures := 0;
        v_block := v_block + v_span;
        v_more := v_block < v_blocks;
        -- Rows that live cost little: a range of them must not make the next batch, of dead ones, too large
        IF v_batch_ms > v_target_ms OR v_dead * 2 >= v_rows OR v_rows < 10000 THEN
          v_rows := least(v_rows * least(greatest(v_target_ms::numeric / greatest(v_batch_ms, 1), 0.5), 4), v_rows_max);
        END IF;
        -- A little less than fits, so that the next range seldom has to be counted again
        v_span := greatest(least(v_span * v_rows * 0.95 / greatest(v_seen, 1), v_span * 4), 1);
      EXCEPTION
        WHEN deadlock_detected OR lock_not_available OR serialization_failure
          OR foreign_key_violation OR restrict_violation THEN
          -- Another session was faster: the batch is undone, and tried again with half the blocks
          v_failures := v_failures + 1;
          v_rows := greatest(v_rows / 2, 1);
          v_span := greatest(v_span / 2, 1);
        WHEN query_canceled OR OTHERS THEN
          v_status := 'failed';
          v_why := left(format('error %s: %s', SQLSTATE, SQLERRM), 400);
          EXIT tables;
      END;

      IF v_failures > 0 THEN
        COMMIT;
        UPDATE public.cleanup_run_step SET retries = retries + 1 WHERE run_id = v_run_id AND table_name = v_table;
        -- What another session holds for so long is left to the next run
        IF v_failures >= 10 AND v_span = 1 THEN
          v_block := v_block + v_span;
          v_more := v_block < v_blocks;
          v_failures := 0;
          v_passed_over := true;
        END IF;
      END IF;
    END LOOP;
  END LOOP tables;
  COMMIT;
  IF v_why = 'done' AND v_passed_over THEN
    v_why := 'done, except for rows that another session held';
  END IF;

  -- Prune: backups whose retention is over, oldest runs first, in short transactions

  IF v_status = 'ended' AND NOT v_dry_run THEN
    <<backups>>
    FOREACH v_table IN ARRAY ARRAY[
      'public.cleanup_bak_idn_oauth2_access_token',
      'public.cleanup_bak_idn_oauth2_authorization_code',
      'public.cleanup_bak_idn_oidc_req_object_reference',
      'public.cleanup_bak_idn_oidc_req_object_claims',
      'public.cleanup_bak_idn_oidc_req_obj_claim_values',
      'public.cleanup_bak_idn_oauth2_access_token_scope',
      'public.cleanup_bak_idn_oauth2_access_token_audit'
    ] LOOP
      LOOP
        BEGIN
          EXECUTE format(
            'DELETE FROM %1$s WHERE ctid = ANY (ARRAY(
               SELECT b.ctid FROM %1$s b JOIN %2$s r ON r.run_id = b.run_id
               WHERE r.started_at < $1 LIMIT 5000))', v_table, 'public.cleanup_run')
          USING v_started - v_retention * interval '1 day';
          GET DIAGNOSTICS v_deleted = ROW_COUNT;
        EXCEPTION WHEN query_canceled OR OTHERS THEN
          v_status := 'failed';
          v_why := left(format('error %s: %s', SQLSTATE, SQLERRM), 400);
          EXIT backups;
        END;
        COMMIT;
        EXIT WHEN v_deleted = 0;
      END LOOP;
    END LOOP backups;
  END IF;

  -- End the log

  UPDATE public.cleanup_run
  SET ended_at = clock_timestamp() AT TIME ZONE 'UTC', status = v_status, why_stopped = v_why
  WHERE run_id = v_run_id;
  COMMIT;
  PERFORM pg_advisory_unlock(c_lock);

  IF v_status = 'failed' THEN
    RAISE EXCEPTION 'cleanup_tokens stopped in run %: %', v_run_id, v_why
      USING HINT = 'Batches that were committed stay deleted and are in the log; the next run goes on where this one stopped.';
  END IF;
END
$procedure$;
-- @end

-- The register: what verification compares with later.
-- @statement register
INSERT INTO public.cleanup_object AS o (object_name, object_kind, artifact_sha256, stored_sha256)
VALUES
  ('cleanup_tokens', 'procedure', 'e5bfbfa59e8ca43b59a3c3e780fbbd8b796398a1ba764791ce85553134f153ba',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid), 'UTF8')), 'hex')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proname = 'cleanup_tokens'))
ON CONFLICT (object_name, object_kind) DO UPDATE
SET artifact_sha256 = excluded.artifact_sha256, stored_sha256 = excluded.stored_sha256;
-- @end
