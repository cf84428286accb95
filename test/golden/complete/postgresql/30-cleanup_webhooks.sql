-- cleanup_webhooks: deletes webhook subscriptions that have expired, and the log of those that ended.
--
-- Made by deepclean for every table of every version in PostgreSQL's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   am_webhooks_subscription when
--     expired: its lease ended before the grace began; a number too small for milliseconds since 1970 says nothing
--   am_webhooks_unsubscription (only while setting unsubscription_pruning is yes) when
--     retention_over: it was added before the retention began
--
-- Every deleted row is copied in the same transaction; CALL restore_webhooks(run) puts back what is still kept.
-- Progress, counts and why a run stopped are in cleanup_run and cleanup_run_step. Settings are in
-- cleanup_setting: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, DELETE on am_webhooks_subscription, am_webhooks_unsubscription
--   SELECT, INSERT, DELETE on cleanup_bak_am_webhooks_subscription, cleanup_bak_am_webhooks_unsubscription
--   SELECT, UPDATE on cleanup_setting
--   SELECT, INSERT, UPDATE on cleanup_lock, cleanup_run_rest, cleanup_run, cleanup_run_step, cleanup_run_reason
--   SELECT, INSERT, UPDATE, DELETE on cleanup_position
--   INSERT on cleanup_run_error
--   SELECT, INSERT on cleanup_run_proof

-- As earlier versions made it, without a parameter.
-- @statement drop cleanup_webhooks
DROP PROCEDURE IF EXISTS public.cleanup_webhooks();
-- @end

-- @statement procedure cleanup_webhooks
CREATE OR REPLACE PROCEDURE public.cleanup_webhooks(p_dry_run boolean DEFAULT false)
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
  v_lease_cut_off timestamp;
  v_lease_cut_off_ms bigint;
  v_log_cut_off timestamp;
  v_unsubscription_pruning text;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others. If
  -- the live schema differs, the run does not start, or stops
  CALL public.cleanup_begin(v_run, 'cleanup_webhooks', 4, p_dry_run, ARRAY[
    ('am_webhooks_subscription', 'cleanup_bak_am_webhooks_subscription', 12, NULL),
    ('am_webhooks_unsubscription', 'cleanup_bak_am_webhooks_unsubscription', 8, NULL)
  ]::public.cleanup_source_v4[]);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;
  v_settings := v_run.settings;

  -- UTC now, less the grace after an EXPIRY_AT
  v_lease_cut_off := v_run.started
                       - public.cleanup_number(v_run, 'webhook_grace_hours', 720) * interval '1 hour';
  v_lease_cut_off_ms := floor(extract(epoch FROM v_lease_cut_off) * 1000)::bigint;
  -- UTC now, less the uncertainty of timestamps and the retention of unsubscriptions
  v_log_cut_off := v_run.started
                     - public.cleanup_number(v_run, 'clock_uncertainty_hours', 12) * interval '1 hour'
                     - public.cleanup_number(v_run, 'unsubscription_days', 90) * interval '1 day';
  v_unsubscription_pruning := coalesce(v_run.settings ->> 'unsubscription_pruning', 'no');
  UPDATE public.cleanup_run SET cut_off = v_lease_cut_off WHERE run_id = v_run.run_id;

  CALL public.cleanup_prune(v_run);

  -- 1. am_webhooks_subscription
  CALL public.cleanup_open(
    v_run, 'am_webhooks_subscription', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.expiry_at > 99999999999 AND t.expiry_at < v_lease_cut_off_ms THEN 'expired'
          END AS reason
        FROM ONLY public.am_webhooks_subscription t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.am_webhooks_subscription t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_am_webhooks_subscription
          (run_id, reason, wh_subscription_id, api_uuid, application_id, tenant_domain, hub_callback_url, hub_topic,
           hub_secret, hub_lease_seconds, updated_at, expiry_at, delivered_at, delivery_state)
        SELECT v_run.run_id, g.reason, g.wh_subscription_id, g.api_uuid, g.application_id, g.tenant_domain,
               g.hub_callback_url, g.hub_topic, g.hub_secret, g.hub_lease_seconds, g.updated_at, g.expiry_at,
               g.delivered_at, g.delivery_state
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
        SELECT concat_ws(', ', t.wh_subscription_id)
        FROM public.am_webhooks_subscription t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- 2. am_webhooks_unsubscription, only while setting unsubscription_pruning is yes
  CALL public.cleanup_open(
    v_run, 'am_webhooks_unsubscription', p_by_list => false, p_listing => false, p_one_snapshot => true);
  LOOP
    EXIT WHEN coalesce(v_run.settings ->> 'unsubscription_pruning', 'no') <> 'yes';
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.added_at < v_log_cut_off THEN 'retention_over'
          END AS reason
        FROM ONLY public.am_webhooks_unsubscription t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.am_webhooks_unsubscription t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_am_webhooks_unsubscription
          (run_id, reason, api_uuid, application_id, tenant_domain, hub_callback_url, hub_topic, hub_secret,
           hub_lease_seconds, added_at)
        SELECT v_run.run_id, g.reason, g.api_uuid, g.application_id, g.tenant_domain, g.hub_callback_url, g.hub_topic,
               g.hub_secret, g.hub_lease_seconds, g.added_at
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
        SELECT t.ctid::text
        FROM public.am_webhooks_unsubscription t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  LOOP
    CALL public.cleanup_prove(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      CALL public.cleanup_webhooks_proof(v_run.run_id, v_run.started, v_settings);
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
CALL public.cleanup_register('procedure', 'cleanup_webhooks',
    '60fffc765f4851a12aec7fcc384249c4d13962c612d3a11f4970d38a2e3e94ec');
-- @end
