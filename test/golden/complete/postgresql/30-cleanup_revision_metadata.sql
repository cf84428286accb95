-- cleanup_revision_metadata: deletes metadata of API revisions that are gone.
--
-- Made by deepclean for every table of every version in PostgreSQL's words. Do not edit: an edited file no longer
-- matches SHA256SUMS and is refused.
--
-- A row is deleted from
--   am_api_revision_metadata when
--     orphaned: a run over 24 h ago found it without its revision, and so does this one
--     and only if its revision_uuid is not NULL, and no row of am_revision has its revision_uuid
--
-- Every deleted row is copied in the same transaction; CALL restore_revision_metadata(run) puts back what is still
-- kept. Progress, counts and why a run stopped are in cleanup_run and cleanup_run_step. Settings are in
-- cleanup_setting: pace, window and stop are read before every batch, what makes a row dead once, when a run begins.
--
-- The caller needs
--   USAGE on SCHEMA public
--   SELECT, DELETE on am_api_revision_metadata
--   SELECT on am_revision
--   SELECT, INSERT, DELETE on cleanup_sighting_am_api_revision_metadata, cleanup_bak_am_api_revision_metadata
--   SELECT, UPDATE on cleanup_setting
--   SELECT, INSERT, UPDATE on cleanup_lock, cleanup_run_rest, cleanup_run, cleanup_run_step, cleanup_run_reason
--   SELECT, INSERT, UPDATE, DELETE on cleanup_position
--   INSERT on cleanup_run_error
--   SELECT, INSERT on cleanup_run_proof

-- As earlier versions made it, without a parameter.
-- @statement drop cleanup_revision_metadata
DROP PROCEDURE IF EXISTS public.cleanup_revision_metadata();
-- @end

-- @statement procedure cleanup_revision_metadata
CREATE OR REPLACE PROCEDURE public.cleanup_revision_metadata(p_dry_run boolean DEFAULT false)
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
  v_sighting_cut_off timestamp;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others. If
  -- the live schema differs, the run does not start, or stops
  CALL public.cleanup_begin(v_run, 'cleanup_revision_metadata', 4, p_dry_run, ARRAY[
    ('am_api_revision_metadata', 'cleanup_bak_am_api_revision_metadata', 3, NULL),
    ('am_revision', NULL, NULL, NULL)
  ]::public.cleanup_source_v4[]);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;
  v_settings := v_run.settings;

  -- UTC now, less 24 h: an earlier sighting counts
  v_sighting_cut_off := v_run.started
                          - 24 * interval '1 hour';
  UPDATE public.cleanup_run SET cut_off = v_sighting_cut_off WHERE run_id = v_run.run_id;

  CALL public.cleanup_prune(v_run);

  -- 1. am_api_revision_metadata
  CALL public.cleanup_open(
    v_run, 'am_api_revision_metadata', p_by_list => false, p_listing => true, p_one_snapshot => true);
  LOOP
    CALL public.cleanup_next(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      IF v_run.listing THEN
        -- Drop sightings of rows that are no longer orphans; record new ones
        DELETE FROM public.cleanup_sighting_am_api_revision_metadata l
        WHERE NOT EXISTS (
          SELECT 1
          FROM public.am_api_revision_metadata t
          WHERE t.api_uuid = l.api_uuid
            AND t.revision_uuid = l.revision_uuid
            AND t.api_uuid IS NOT NULL
            AND t.revision_uuid IS NOT NULL
            AND t.revision_uuid IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM public.am_revision o WHERE o.revision_uuid = t.revision_uuid));
        INSERT INTO public.cleanup_sighting_am_api_revision_metadata (api_uuid, revision_uuid, first_seen)
        SELECT DISTINCT t.api_uuid, t.revision_uuid, v_run.started
        FROM public.am_api_revision_metadata t
        WHERE t.api_uuid IS NOT NULL
          AND t.revision_uuid IS NOT NULL
          AND t.revision_uuid IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM public.am_revision o WHERE o.revision_uuid = t.revision_uuid)
          AND NOT EXISTS (
            SELECT 1 FROM public.cleanup_sighting_am_api_revision_metadata l
            WHERE t.api_uuid = l.api_uuid
              AND t.revision_uuid = l.revision_uuid);
        CALL public.cleanup_listed(v_run, NULL);
        CONTINUE;
      END IF;

      WITH judged AS MATERIALIZED (
        SELECT t.ctid AS place, t.xmin AS version,
          CASE
            WHEN t.revision_uuid IS NULL THEN NULL
            WHEN EXISTS (SELECT 1 FROM public.am_revision o WHERE o.revision_uuid = t.revision_uuid) THEN NULL
            WHEN EXISTS (
                   SELECT 1 FROM public.cleanup_sighting_am_api_revision_metadata n
                   WHERE n.api_uuid = t.api_uuid AND n.revision_uuid = t.revision_uuid
                     AND n.first_seen < v_sighting_cut_off)
            THEN 'orphaned'
          END AS reason
        FROM ONLY public.am_api_revision_metadata t
        WHERE t.ctid >= v_run.from_tid AND t.ctid < v_run.upto_tid
      ), gone AS (
        DELETE FROM ONLY public.am_api_revision_metadata t
        USING judged j
        WHERE t.ctid = j.place AND t.xmin IS NOT DISTINCT FROM j.version AND j.reason IS NOT NULL
          AND NOT v_run.dry_run AND (v_run.most_rows IS NULL OR (SELECT count(*) FROM judged) <= v_run.most_rows)
        RETURNING j.reason, t.*
      ), copied AS (
        INSERT INTO public.cleanup_bak_am_api_revision_metadata
          (run_id, reason, api_uuid, revision_uuid, api_tier)
        SELECT v_run.run_id, g.reason, g.api_uuid, g.revision_uuid, g.api_tier
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
        FROM public.am_api_revision_metadata t
        WHERE t.ctid = v_run.from_tid);
      CALL public.cleanup_failed(v_run, SQLSTATE, SQLERRM, v_key);
    END;
  END LOOP;

  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  LOOP
    CALL public.cleanup_prove(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      CALL public.cleanup_revision_metadata_proof(v_run.run_id, v_run.started, v_settings);
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
CALL public.cleanup_register('procedure', 'cleanup_revision_metadata',
    '056753fe9572b64f6e56e480640531d45bcca8f7eeadec4dcd7fba76a98b0593');
-- @end
