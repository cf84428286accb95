-- Verification of cleanup_wait_statuses: one row per object; "ok" in every row means that what is installed is what the
-- last installation put there, from these files: the bodies of routines, the texts of views, the columns of tables. A
-- user who may alter an object may alter the register too.
-- What all cleanups share is verified by 80-verify.sql.
-- @statement verify
SELECT x.OBJECT_NAME, x.OBJECT_KIND,
  CASE
    WHEN o.OBJECT_NAME IS NULL OR k.STORED_SHA256 IS NULL THEN 'missing'
    WHEN CAST(o.ARTIFACT_SHA256 AS BINARY) <> CAST(x.ARTIFACT_SHA256 AS BINARY) THEN 'other version'
    WHEN CAST(o.STORED_SHA256 AS BINARY) <> CAST(k.STORED_SHA256 AS BINARY) THEN 'changed'
    ELSE 'ok'
  END AS STATE
FROM (
  SELECT 'CLEANUP_BAK_IDN_AUTH_WAIT_STATUS' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '73a966a659040012c6da791b2ef44fbb0ecfce6983976d03fea38f2ff5696f7b' AS ARTIFACT_SHA256 UNION ALL
  SELECT 'cleanup_wait_statuses_proof', 'procedure',
      '3e693350f16ae41f5bc63d67b3f13abc597bfea25775b2198c7f6243234e9195' UNION ALL
  SELECT 'cleanup_wait_statuses', 'procedure',
      'fd96678a0e993c9aa779b1ff106eac86eaa753cba94b73f1a3fea8048c58cc74' UNION ALL
  SELECT 'cleanup_wait_statuses_dry_run', 'procedure',
      '547b88a360e2767e6405849a3306a43fe1e8143bb11865959a2a59c8bd003a3b' UNION ALL
  SELECT 'restore_wait_statuses', 'procedure',
      '262f11be636259c807141d9c62aaf13a5346e6ae2b02a437165188356fd9a5d3' UNION ALL
  SELECT 'CLEANUP_BACKLOG_WAIT_STATUSES', 'view', 'f4772e048fb5ba65423fe9ad57a2bf1fc76dbf8f72abf87702a24d1c857e487c'
) x
-- Two words of which each has the collation of another session are compared as bytes
LEFT JOIN CLEANUP_STORED k ON k.OBJECT_NAME = x.OBJECT_NAME
  AND CAST(k.OBJECT_KIND AS BINARY) = CAST(x.OBJECT_KIND AS BINARY)
LEFT JOIN CLEANUP_OBJECT o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
-- @end
