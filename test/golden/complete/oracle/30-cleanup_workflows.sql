-- cleanup_workflows: deletes workflow requests that were finished long ago.
--
-- Made by deepclean for every table of every version in Oracle's words. Do not edit: an edited file no longer matches
-- SHA256SUMS and is refused.
--
-- A row is deleted from
--   WF_REQUEST when
--     finished: it is APPROVED, REJECTED, FAILED, DELETED or ABORTED since before the retention began
--     together with its child rows in WF_REQUEST_ENTITY_RELATIONSHIP, WF_WORKFLOW_REQUEST_RELATION,
--     WF_WORKFLOW_APPROVAL_RELATION
-- If a row of these tables goes, or its parent, the table is locked for a batch and read as a whole for each parent:
--   WF_WORKFLOW_APPROVAL_RELATION has no index on EVENT_ID
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_workflows(run) puts back what is still kept.
-- A child row that another session adds after the others were copied goes by the cascade, and is not copied.
-- EXECUTE cleanup_workflows('yes') counts, and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql. Progress, counts and why it stopped are in CLEANUP_RUN and
-- CLEANUP_RUN_STEP. Settings are in CLEANUP_SETTING: pace, window and stop are read before every batch; those
-- that say what makes a row dead are read once, when a run begins.
--
-- The caller needs EXECUTE on cleanup_workflows and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_workflows
CREATE OR REPLACE PROCEDURE cleanup_workflows(p_dry_run VARCHAR2 DEFAULT 'no')
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_rows CLEANUP_KIT.rowids;     -- the dead rows of a batch, locked
  v_reasons CLEANUP_KIT.words;   -- why each of them is dead
  v_found CLEANUP_KIT.rowids;    -- rows that go with them
  v_retention_cut_off TIMESTAMP(6);
  v_workflow_retention_days NUMBER;
  v_clock_uncertainty_hours NUMBER;
  v_after_1 WF_REQUEST.UUID%TYPE;
  v_upto_1 WF_REQUEST.UUID%TYPE;
  v_until_1 WF_REQUEST.UUID%TYPE;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CLEANUP_KIT.expect(v_run, 'WF_REQUEST', 'CLEANUP_BAK_WF_REQUEST', 8);
  CLEANUP_KIT.expect(v_run, 'WF_WORKFLOW_APPROVAL_RELATION', 'CLEANUP_BAK_WF_WORKFLOW_APPROVAL_RELATION', 6);
  CLEANUP_KIT.expect_key(v_run, 'EVENT_ID -> WF_REQUEST (UUID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'WF_WORKFLOW_REQUEST_RELATION', 'CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION', 6);
  CLEANUP_KIT.expect_key(v_run, 'REQUEST_ID -> WF_REQUEST (UUID) CASCADE');
  CLEANUP_KIT.expect(v_run, 'WF_REQUEST_ENTITY_RELATIONSHIP', 'CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP', 4);
  CLEANUP_KIT.expect_key(v_run, 'REQUEST_ID -> WF_REQUEST (UUID) CASCADE');
  CLEANUP_KIT.begin_run(v_run, 'cleanup_workflows', 4, p_dry_run);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;

  v_workflow_retention_days := CLEANUP_KIT.number_of(v_run, 'workflow_retention_days', 60);
  v_clock_uncertainty_hours := CLEANUP_KIT.number_of(v_run, 'clock_uncertainty_hours', 12);
  -- UTC now, less the uncertainty of timestamps and the retention of workflow requests
  v_retention_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR')
      - NUMTODSINTERVAL(v_workflow_retention_days, 'DAY');
  UPDATE CLEANUP_RUN SET CUT_OFF = v_retention_cut_off WHERE RUN_ID = v_run.run_id;

  CLEANUP_KIT.prune(v_run);

  -- 1. WF_REQUEST
  CLEANUP_KIT.open_table(v_run, 'WF_REQUEST', 'key');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_1 := NVL(v_run.after_key, CHR(0));
      v_until_1 := v_run.until_key;
      IF v_until_1 IS NULL THEN
        SELECT /*+ INDEX(t (UUID)) */ MAX(t.UUID) INTO v_until_1 FROM WF_REQUEST t;
      END IF;
      SELECT MAX(d.UUID), COUNT(*) INTO v_upto_1, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (UUID)) */ k.UUID
        FROM WF_REQUEST k
        WHERE k.UUID > v_after_1 AND k.UUID <= v_until_1
        ORDER BY k.UUID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (UUID)) */ t.ROWID, 'finished'
      BULK COLLECT INTO v_rows, v_reasons
      FROM WF_REQUEST t
      WHERE t.UUID > v_after_1 AND t.UUID <= v_upto_1
        AND (t.STATUS IN ('APPROVED', 'REJECTED', 'FAILED', 'DELETED', 'ABORTED')
             AND t.UPDATED_AT < v_retention_cut_off)
      FOR UPDATE OF t.UUID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_WF_REQUEST
            (RUN_ID, REASON, UUID, CREATED_BY, TENANT_ID, OPERATION_TYPE, CREATED_AT, UPDATED_AT, STATUS, REQUEST)
          SELECT v_run.run_id, v_reasons(i), t.UUID, t.CREATED_BY, t.TENANT_ID, t.OPERATION_TYPE, t.CREATED_AT,
                 t.UPDATED_AT, t.STATUS, t.REQUEST
          FROM WF_REQUEST t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        -- WF_REQUEST_ENTITY_RELATIONSHIP
        SELECT /*+ LEADING(g c) USE_NL(c) INDEX(g (RUN_ID)) */ c.ROWID BULK COLLECT INTO v_found
        FROM CLEANUP_BAK_WF_REQUEST g
        JOIN WF_REQUEST_ENTITY_RELATIONSHIP c ON c.REQUEST_ID = g.UUID
        WHERE g.RUN_ID = v_run.run_id AND g.UUID > v_after_1 AND g.UUID <= v_upto_1
        FOR UPDATE OF c.REQUEST_ID WAIT 1;
        IF v_found.COUNT > 0 THEN
          FORALL i IN 1 .. v_found.COUNT
            INSERT INTO CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP
              (RUN_ID, REQUEST_ID, ENTITY_NAME, ENTITY_TYPE, TENANT_ID)
            SELECT v_run.run_id, c.REQUEST_ID, c.ENTITY_NAME, c.ENTITY_TYPE, c.TENANT_ID
            FROM WF_REQUEST_ENTITY_RELATIONSHIP c
            WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
          FORALL i IN 1 .. v_found.COUNT
            DELETE FROM WF_REQUEST_ENTITY_RELATIONSHIP c WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
        END IF;
        CLEANUP_KIT.followed(v_run, 'WF_REQUEST_ENTITY_RELATIONSHIP', NULL, v_found.COUNT);
        -- WF_WORKFLOW_REQUEST_RELATION
        SELECT /*+ LEADING(g c) USE_NL(c) INDEX(g (RUN_ID)) */ c.ROWID BULK COLLECT INTO v_found
        FROM CLEANUP_BAK_WF_REQUEST g
        JOIN WF_WORKFLOW_REQUEST_RELATION c ON c.REQUEST_ID = g.UUID
        WHERE g.RUN_ID = v_run.run_id AND g.UUID > v_after_1 AND g.UUID <= v_upto_1
        FOR UPDATE OF c.REQUEST_ID WAIT 1;
        IF v_found.COUNT > 0 THEN
          FORALL i IN 1 .. v_found.COUNT
            INSERT INTO CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION
              (RUN_ID, RELATIONSHIP_ID, WORKFLOW_ID, REQUEST_ID, UPDATED_AT, STATUS, TENANT_ID)
            SELECT v_run.run_id, c.RELATIONSHIP_ID, c.WORKFLOW_ID, c.REQUEST_ID, c.UPDATED_AT, c.STATUS, c.TENANT_ID
            FROM WF_WORKFLOW_REQUEST_RELATION c
            WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
          FORALL i IN 1 .. v_found.COUNT
            DELETE FROM WF_WORKFLOW_REQUEST_RELATION c WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
        END IF;
        CLEANUP_KIT.followed(v_run, 'WF_WORKFLOW_REQUEST_RELATION', NULL, v_found.COUNT);
        -- WF_WORKFLOW_APPROVAL_RELATION
        LOCK TABLE WF_WORKFLOW_APPROVAL_RELATION IN SHARE ROW EXCLUSIVE MODE WAIT 1;
        SELECT c.ROWID BULK COLLECT INTO v_found
        FROM CLEANUP_BAK_WF_REQUEST g
        JOIN WF_WORKFLOW_APPROVAL_RELATION c ON c.EVENT_ID = g.UUID
        WHERE g.RUN_ID = v_run.run_id AND g.UUID > v_after_1 AND g.UUID <= v_upto_1
        FOR UPDATE OF c.EVENT_ID WAIT 1;
        IF v_found.COUNT > 0 THEN
          FORALL i IN 1 .. v_found.COUNT
            INSERT INTO CLEANUP_BAK_WF_WORKFLOW_APPROVAL_RELATION
              (RUN_ID, TASK_ID, EVENT_ID, WORKFLOW_ID, APPROVER_TYPE, APPROVER_NAME, TASK_STATUS)
            SELECT v_run.run_id, c.TASK_ID, c.EVENT_ID, c.WORKFLOW_ID, c.APPROVER_TYPE, c.APPROVER_NAME, c.TASK_STATUS
            FROM WF_WORKFLOW_APPROVAL_RELATION c
            WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
          FORALL i IN 1 .. v_found.COUNT
            DELETE FROM WF_WORKFLOW_APPROVAL_RELATION c WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
        END IF;
        CLEANUP_KIT.followed(v_run, 'WF_WORKFLOW_APPROVAL_RELATION', NULL, v_found.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM WF_REQUEST t WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
      END IF;
      CLEANUP_KIT.done(v_run, v_reasons, v_upto_1);
    EXCEPTION
      WHEN CLEANUP_KIT.e_cancelled THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);
      WHEN OTHERS THEN
        CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM, v_upto_1);
    END;
  END LOOP;

  -- While setting prove_after is yes: judges the copies of this run once more, with the settings that it began with
  CLEANUP_KIT.prove(v_run);
  IF v_run.more THEN
    cleanup_workflows_proof(v_run.run_id, v_run.started, v_workflow_retention_days, v_clock_uncertainty_hours);
  END IF;
  CLEANUP_KIT.end_run(v_run);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END cleanup_workflows;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_workflows
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_workflows');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_workflows',
      '8afa2237a7801e0eea3f325b126ab5fa224062474fdea277b5d63e77a027e9fc');
  COMMIT;
END;
/
-- @end
