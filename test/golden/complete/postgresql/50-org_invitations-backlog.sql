-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_org_invitations.
--   SELECT * FROM public.cleanup_backlog_org_invitations();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_org_invitations
CREATE OR REPLACE FUNCTION public.cleanup_backlog_org_invitations()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
WITH s AS (
  SELECT
    coalesce(max(value) FILTER (WHERE name = 'invitation_pruning'), 'no') AS invitation_pruning,
    coalesce(max(value) FILTER (WHERE name = 'invitation_retention_days'), '90') AS invitation_retention_days,
    coalesce(max(value) FILTER (WHERE name = 'clock_uncertainty_hours'), '12') AS clock_uncertainty_hours
  FROM public.cleanup_setting
  WHERE procedure_name = 'cleanup_org_invitations'
), n AS (
  SELECT
    s.*,
    u.utc_now
  FROM s, (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), c AS (
  SELECT n.*,
    n.utc_now
      - n.clock_uncertainty_hours::bigint * interval '1 hour'
      - n.invitation_retention_days::bigint * interval '1 day' AS invitation_cut_off
  FROM n
)
SELECT 'idn_org_user_invitation'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN (t.status IN ('PENDING', 'EXPIRED')) IS NOT TRUE THEN NULL
           WHEN t.expired_at < c.invitation_cut_off THEN 'retention_over'
         END AS reason,
    t.expired_at AS row_time
  FROM public.idn_org_user_invitation t, c
  WHERE c.invitation_pruning = 'yes'
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('function', 'cleanup_backlog_org_invitations',
    'a351d47d87b7c1310f7596dd450dc42a8b3e90f04858382d41360d446a7e01e5');
-- @end
