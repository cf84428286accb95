-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_tokens.
--   SELECT * FROM public.cleanup_backlog_tokens();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_tokens
CREATE OR REPLACE FUNCTION public.cleanup_backlog_tokens()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
WITH s AS (
  SELECT
    coalesce(max(value) FILTER (WHERE name = 'safe_period_minutes'), '120') AS safe_period_minutes,
    coalesce(max(value) FILTER (WHERE name = 'access_period_grants'), '(none)') AS access_period_grants,
    coalesce(max(value) FILTER (WHERE name = 'audit_pruning'), 'no') AS audit_pruning,
    coalesce(max(value) FILTER (WHERE name = 'audit_retention_days'), '90') AS audit_retention_days,
    coalesce(max(value) FILTER (WHERE name = 'clock_uncertainty_hours'), '12') AS clock_uncertainty_hours
  FROM public.cleanup_setting
  WHERE procedure_name = 'cleanup_tokens'
), n AS (
  SELECT
    s.*,
    u.utc_now
  FROM s, (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), c AS (
  SELECT n.*,
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - n.safe_period_minutes::bigint * interval '1 minute' AS cut_off,
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - 24 * interval '1 hour' AS grace_cut_off,
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - n.audit_retention_days::bigint * interval '1 day' AS audit_cut_off
  FROM n
)
SELECT 'idn_oauth2_access_token'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.token_state = 'INACTIVE'
                AND (t.refresh_token_validity_period > 0 AND t.refresh_token_validity_period < 99999999999990
                    AND extract(epoch FROM c.cut_off - t.refresh_token_time_created) * 1000
                    > t.refresh_token_validity_period) IS NOT TRUE
                AND EXISTS (SELECT 1 FROM public.idn_oidc_req_object_reference o WHERE o.token_id = t.token_id)
           THEN NULL
           WHEN t.token_state = 'INACTIVE' THEN 'inactive'
           WHEN t.token_state = 'REVOKED' THEN 'revoked'
           WHEN t.token_state = 'EXPIRED'
                AND t.refresh_token_validity_period > 0 AND t.refresh_token_validity_period < 99999999999990
                AND extract(epoch FROM c.cut_off - t.refresh_token_time_created) * 1000
                    > t.refresh_token_validity_period
           THEN 'expired'
           WHEN t.token_state IN ('ACTIVE', 'GRACEFULLY_ROTATED')
                AND t.validity_period > 0 AND t.validity_period < 99999999999990
                AND extract(epoch FROM c.cut_off - t.time_created) * 1000 > t.validity_period
                AND t.refresh_token_validity_period > 0 AND t.refresh_token_validity_period < 99999999999990
                AND extract(epoch FROM c.cut_off - t.refresh_token_time_created) * 1000
                    > t.refresh_token_validity_period
           THEN 'periods_over'
           WHEN t.token_state IN ('ACTIVE', 'EXPIRED')
                AND c.access_period_grants ~ '^[A-Za-z0-9:_.-]+(,[A-Za-z0-9:_.-]+)*$'
                AND t.grant_type = ANY (string_to_array(c.access_period_grants, ','))
                AND t.validity_period > 0 AND t.validity_period < 99999999999990
                AND extract(epoch FROM c.cut_off - t.time_created) * 1000 > t.validity_period
           THEN 'access_period_over'
         END AS reason,
    t.time_created AS row_time
  FROM public.idn_oauth2_access_token t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'idn_oauth2_authorization_code'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN EXISTS (SELECT 1 FROM public.idn_oauth2_access_token o WHERE o.token_id = t.token_id) THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM public.idn_oidc_req_object_reference o
                  WHERE o.code_id = t.code_id
                    AND o.token_id IS NOT NULL)
           THEN NULL
           WHEN t.state = 'INACTIVE' THEN 'inactive'
           WHEN t.validity_period > 0 AND t.validity_period < 99999999999990
                AND extract(epoch FROM c.cut_off - t.time_created) * 1000 > t.validity_period
           THEN 'period_over'
         END AS reason,
    t.time_created AS row_time
  FROM public.idn_oauth2_authorization_code t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'idn_oauth2_ciba_auth_code'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.auth_req_status IN ('EXPIRED', 'TOKEN_ISSUED', 'FAILED') THEN 'finished'
           WHEN t.expires_in > 0
                AND extract(epoch FROM c.grace_cut_off - t.issued_time) > t.expires_in
           THEN 'period_over'
         END AS reason,
    t.issued_time AS row_time
  FROM public.idn_oauth2_ciba_auth_code t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'idn_oauth2_device_flow'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.status = 'EXPIRED' THEN 'expired'
           WHEN t.expiry_time < c.grace_cut_off THEN 'period_over'
         END AS reason,
    t.time_created AS row_time
  FROM public.idn_oauth2_device_flow t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
UNION ALL
SELECT 'idn_oauth2_access_token_audit'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.invalidated_time < c.audit_cut_off THEN 'retention_over'
         END AS reason,
    t.invalidated_time AS row_time
  FROM public.idn_oauth2_access_token_audit t, c
  WHERE c.audit_pruning = 'yes'
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('function', 'cleanup_backlog_tokens',
    '83bba6abdf67beec703cbe3cc231661cbefff386923373f642abcfc9d360889f');
-- @end
