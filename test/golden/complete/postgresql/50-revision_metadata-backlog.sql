-- The backlog: dead rows by table and reason, and the oldest of them, by the same rules as cleanup_revision_metadata.
--   SELECT * FROM public.cleanup_backlog_revision_metadata();
-- A function and no view, since a view would keep the product from changing or dropping the columns that it reads. The
-- caller needs SELECT on those tables.

-- @statement function cleanup_backlog_revision_metadata
CREATE OR REPLACE FUNCTION public.cleanup_backlog_revision_metadata()
RETURNS TABLE (table_name text, reason text, dead_rows bigint, oldest timestamp)
LANGUAGE sql
STABLE
AS $backlog$
-- Made by deepclean; its log is cleanup_run.
WITH n AS (
  SELECT
    u.utc_now
  FROM (SELECT statement_timestamp() AT TIME ZONE 'UTC' AS utc_now) u
), c AS (
  SELECT n.*,
    n.utc_now
      - 24 * interval '1 hour' AS sighting_cut_off
  FROM n
)
SELECT 'am_api_revision_metadata'::text AS table_name, x.reason, count(*) AS dead_rows, min(x.row_time) AS oldest
FROM (
  SELECT CASE
           WHEN t.revision_uuid IS NULL THEN NULL
           WHEN EXISTS (SELECT 1 FROM public.am_revision o WHERE o.revision_uuid = t.revision_uuid) THEN NULL
           WHEN EXISTS (
                  SELECT 1 FROM public.cleanup_sighting_am_api_revision_metadata n
                  WHERE n.api_uuid = t.api_uuid AND n.revision_uuid = t.revision_uuid
                    AND n.first_seen < c.sighting_cut_off)
           THEN 'orphaned'
         END AS reason,
    NULL::timestamp AS row_time
  FROM public.am_api_revision_metadata t, c
) x
WHERE x.reason IS NOT NULL
GROUP BY x.reason
$backlog$;
-- @end

-- The register: what verification compares with later.
-- @statement register
CALL public.cleanup_register('function', 'cleanup_backlog_revision_metadata',
    '9d410b5078ea528f4d47f87d55e62f905257109564be4694d41dad79fee201b6');
-- @end
