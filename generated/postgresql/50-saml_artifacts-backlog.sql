-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_saml_artifacts.
--   SELECT * FROM public.cleanup_backlog_saml_artifacts();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_saml_artifacts
CREATE OR REPLACE FUNCTION public.cleanup_backlog_saml_artifacts()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
WITH s AS (
  SELECT
    coalesce(max(value) FILTER (WHERE name = 'clock_uncertainty_hours'), '12') AS clock_uncertainty_hours
  FROM public.cleanup_setting
  WHERE procedure_name = 'cleanup_saml_artifacts'
), n AS (
  SELECT
    s.*,
    u.utc_now
  FROM s, (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), c AS (
  SELECT n.*,
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - 24 * interval '1 hour' AS grace_cut_off
  FROM n
)
SELECT 'idn_saml2_artifact_store'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.exp_timestamp < c.grace_cut_off THEN 'expired'
         END AS reason,
    t.exp_timestamp AS row_time
  FROM public.idn_saml2_artifact_store t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('function', 'cleanup_backlog_saml_artifacts',
    'db54f55616512ed6ee31e8a5e69ceabb382ad37cfdaf1deeac3e323be90731e8');
-- @end
