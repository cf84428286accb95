-- Verification of cleanup_confirmation_codes: one row per object; "ok" in every row means that what is installed is
-- what the last installation put there, from these files: the bodies of routines, the texts of views, the columns of
-- tables. A user who may alter an object may alter the register too.
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
  SELECT 'CLEANUP_BAK_IDN_RECOVERY_DATA' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '33c4eb44177784d4c3607dd6c9d1b66fbf245ae0702ff7929029ab8b8ba474f2' AS ARTIFACT_SHA256 UNION ALL
  SELECT 'cleanup_confirmation_codes_proof', 'procedure',
      'd62d1c1b9ea3177489dc008db1589d125c4fb82aa83078ec4b6389ec3737c2a3' UNION ALL
  SELECT 'cleanup_confirmation_codes', 'procedure',
      'ed5fb809ab1157e6f6cb0db8cd4fa0d4d929f062d433d4412cc5e0227626c0ec' UNION ALL
  SELECT 'cleanup_confirmation_codes_dry_run', 'procedure',
      '500093a9e0e6b30a92de5df820247947bc706eb7fa71dc6a6c8820c39e512753' UNION ALL
  SELECT 'restore_confirmation_codes', 'procedure',
      '094bdbd156320539c1375f919e0542c356dab1131e74e3ec7cef5fafeaaaabba' UNION ALL
  SELECT 'CLEANUP_BACKLOG_CONFIRMATION_CODES', 'view',
      '27321f355434be183cdfe6e0957905816e2e94ebc0e8affc89c504d78694d35a'
) x
-- Two words of which each has the collation of another session are compared as bytes
LEFT JOIN CLEANUP_STORED k ON k.OBJECT_NAME = x.OBJECT_NAME
  AND CAST(k.OBJECT_KIND AS BINARY) = CAST(x.OBJECT_KIND AS BINARY)
LEFT JOIN CLEANUP_OBJECT o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
-- @end
