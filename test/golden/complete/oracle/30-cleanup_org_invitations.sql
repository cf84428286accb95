-- cleanup_org_invitations: deletes invitations to organizations that expired long ago (opt-in).
--
-- Made by deepclean for every table of every version in Oracle's words. Do not edit: an edited file no longer matches
-- SHA256SUMS and is refused.
--
-- A row is deleted from
--   IDN_ORG_USER_INVITATION (only while setting invitation_pruning is yes) when
--     retention_over: it expired before the retention began
--     and only if its STATUS is PENDING or EXPIRED
--     together with its child rows in IDN_ORG_USER_INVITE_ASSIGNMENT
--
-- Every deleted row is copied in the same transaction; EXECUTE restore_org_invitations(run) puts back what is still
-- kept. A child row that another session adds after the others were copied goes by the cascade, and is not copied.
-- EXECUTE cleanup_org_invitations('yes') counts, and deletes nothing.
-- How a run begins, goes on and ends is in 15-kit.sql. Progress, counts and why it stopped are in CLEANUP_RUN and
-- CLEANUP_RUN_STEP. Settings are in CLEANUP_SETTING: pace, window and stop are read before every batch; those
-- that say what makes a row dead are read once, when a run begins.
--
-- The caller needs EXECUTE on cleanup_org_invitations and nothing else.
-- It works with the rights of its owner, who owns the tables and the package CLEANUP_KIT.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement procedure cleanup_org_invitations
CREATE OR REPLACE PROCEDURE cleanup_org_invitations(p_dry_run VARCHAR2 DEFAULT 'no')
  AUTHID DEFINER
AS
  v_run CLEANUP_KIT.run;
  -- Made by deepclean; its log is CLEANUP_RUN.
  v_rows CLEANUP_KIT.rowids;     -- the dead rows of a batch, locked
  v_reasons CLEANUP_KIT.words;   -- why each of them is dead
  v_found CLEANUP_KIT.rowids;    -- rows that go with them
  v_invitation_cut_off TIMESTAMP(6);
  v_invitation_retention_days NUMBER;
  v_clock_uncertainty_hours NUMBER;
  v_after_1 IDN_ORG_USER_INVITATION.INVITATION_ID%TYPE;
  v_upto_1 IDN_ORG_USER_INVITATION.INVITATION_ID%TYPE;
  v_until_1 IDN_ORG_USER_INVITATION.INVITATION_ID%TYPE;
BEGIN
  -- Each table, the table that keeps its deleted rows, its number of columns, and its foreign keys to the others: if
  -- the live schema differs, the run does not start, or stops
  CLEANUP_KIT.expect(v_run, 'IDN_ORG_USER_INVITATION', 'CLEANUP_BAK_IDN_ORG_USER_INVITATION', 12);
  CLEANUP_KIT.expect(v_run, 'IDN_ORG_USER_INVITE_ASSIGNMENT', 'CLEANUP_BAK_IDN_ORG_USER_INVITE_ASSIGNMENT', 4);
  CLEANUP_KIT.expect_key(v_run, 'INVITATION_ID -> IDN_ORG_USER_INVITATION (INVITATION_ID) CASCADE');
  CLEANUP_KIT.begin_run(v_run, 'cleanup_org_invitations', 4, p_dry_run);
  IF v_run.run_id IS NULL THEN
    RETURN;
  END IF;

  v_invitation_retention_days := CLEANUP_KIT.number_of(v_run, 'invitation_retention_days', 90);
  v_clock_uncertainty_hours := CLEANUP_KIT.number_of(v_run, 'clock_uncertainty_hours', 12);
  -- UTC now, less the uncertainty of timestamps and the retention of invitations
  v_invitation_cut_off := v_run.started - NUMTODSINTERVAL(v_clock_uncertainty_hours, 'HOUR')
      - NUMTODSINTERVAL(v_invitation_retention_days, 'DAY');
  UPDATE CLEANUP_RUN SET CUT_OFF = v_invitation_cut_off WHERE RUN_ID = v_run.run_id;

  CLEANUP_KIT.prune(v_run);

  -- 1. IDN_ORG_USER_INVITATION, only while setting invitation_pruning is yes
  CLEANUP_KIT.open_table(v_run, 'IDN_ORG_USER_INVITATION', 'key', 'invitation_pruning');
  LOOP
    CLEANUP_KIT.next_batch(v_run);
    EXIT WHEN NOT v_run.more;
    BEGIN
      v_after_1 := NVL(v_run.after_key, CHR(0));
      v_until_1 := v_run.until_key;
      IF v_until_1 IS NULL THEN
        SELECT /*+ INDEX(t (INVITATION_ID)) */ MAX(t.INVITATION_ID) INTO v_until_1 FROM IDN_ORG_USER_INVITATION t;
      END IF;
      SELECT MAX(d.INVITATION_ID), COUNT(*) INTO v_upto_1, v_run.seen
      FROM (
        SELECT /*+ INDEX_ASC(k (INVITATION_ID)) */ k.INVITATION_ID
        FROM IDN_ORG_USER_INVITATION k
        WHERE k.INVITATION_ID > v_after_1 AND k.INVITATION_ID <= v_until_1
        ORDER BY k.INVITATION_ID
      ) d
      WHERE ROWNUM <= v_run.span;
      -- Dead rows. From here to the end of the batch nobody else can change them
      SELECT /*+ INDEX(t (INVITATION_ID)) */ t.ROWID, 'retention_over'
      BULK COLLECT INTO v_rows, v_reasons
      FROM IDN_ORG_USER_INVITATION t
      WHERE t.INVITATION_ID > v_after_1 AND t.INVITATION_ID <= v_upto_1
        AND (t.STATUS IN ('PENDING', 'EXPIRED')
             AND t.EXPIRED_AT < v_invitation_cut_off)
      FOR UPDATE OF t.INVITATION_ID WAIT 1;

      IF v_rows.COUNT > 0 AND v_run.dry_run = 'no' THEN
        FORALL i IN 1 .. v_rows.COUNT
          INSERT INTO CLEANUP_BAK_IDN_ORG_USER_INVITATION
            (RUN_ID, REASON, ID, INVITATION_ID, CONFIRMATION_CODE, USER_NAME, DOMAIN_NAME, EMAIL, USER_ORG_ID,
             INVITED_ORG_ID, USER_REDIRECT_URL, STATUS, CREATED_AT, EXPIRED_AT)
          SELECT v_run.run_id, v_reasons(i), t.ID, t.INVITATION_ID, t.CONFIRMATION_CODE, t.USER_NAME, t.DOMAIN_NAME,
                 t.EMAIL, t.USER_ORG_ID, t.INVITED_ORG_ID, t.USER_REDIRECT_URL, t.STATUS, t.CREATED_AT, t.EXPIRED_AT
          FROM IDN_ORG_USER_INVITATION t
          WHERE t.ROWID = v_rows(i);
        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);
        -- IDN_ORG_USER_INVITE_ASSIGNMENT
        SELECT /*+ LEADING(g c) USE_NL(c) INDEX(g (RUN_ID)) */ c.ROWID BULK COLLECT INTO v_found
        FROM CLEANUP_BAK_IDN_ORG_USER_INVITATION g
        JOIN IDN_ORG_USER_INVITE_ASSIGNMENT c ON c.INVITATION_ID = g.INVITATION_ID
        WHERE g.RUN_ID = v_run.run_id AND g.INVITATION_ID > v_after_1 AND g.INVITATION_ID <= v_upto_1
        FOR UPDATE OF c.INVITATION_ID WAIT 1;
        IF v_found.COUNT > 0 THEN
          FORALL i IN 1 .. v_found.COUNT
            INSERT INTO CLEANUP_BAK_IDN_ORG_USER_INVITE_ASSIGNMENT
              (RUN_ID, ID, INVITATION_ID, ASSIGNMENT_ID, ASSIGNMENT_TYPE)
            SELECT v_run.run_id, c.ID, c.INVITATION_ID, c.ASSIGNMENT_ID, c.ASSIGNMENT_TYPE
            FROM IDN_ORG_USER_INVITE_ASSIGNMENT c
            WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
          FORALL i IN 1 .. v_found.COUNT
            DELETE FROM IDN_ORG_USER_INVITE_ASSIGNMENT c WHERE c.ROWID = v_found(i);
          CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_found.COUNT);
        END IF;
        CLEANUP_KIT.followed(v_run, 'IDN_ORG_USER_INVITE_ASSIGNMENT', NULL, v_found.COUNT);
        FORALL i IN 1 .. v_rows.COUNT
          DELETE FROM IDN_ORG_USER_INVITATION t WHERE t.ROWID = v_rows(i);
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
    cleanup_org_invitations_proof(v_run.run_id, v_run.started, v_invitation_retention_days, v_clock_uncertainty_hours);
  END IF;
  CLEANUP_KIT.end_run(v_run);
EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END cleanup_org_invitations;
/
-- @end

-- The server stores code that does not compile. Its first error is raised here.
-- @statement check cleanup_org_invitations
BEGIN
  CLEANUP_KIT.check_compiled('cleanup_org_invitations');
END;
/
-- @end

-- The register: what verification compares with later.
-- @statement register
BEGIN
  CLEANUP_REGISTER('procedure', 'cleanup_org_invitations',
      '78263f08f46e8438a1d074bb0125e9ecffeb1e613a387667d249ac39f4475f74');
  COMMIT;
END;
/
-- @end
