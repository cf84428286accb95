-- Verification of cleanup_jti: one row per object; "ok" in every row means that what is installed is what the last
-- installation put there, from these files: the bodies of routines, the texts of views, the columns of tables. A user
-- who may alter an object may alter the register too.
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
  SELECT 'CLEANUP_BAK_IDN_OIDC_JTI' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    'cfef73ff261f22c81fbf97d0dd3ebce5139f52a139c7599b2f325c73b2460fb6' AS ARTIFACT_SHA256 UNION ALL
  SELECT 'cleanup_jti_proof', 'procedure', '566e252dadd599c80d5bccb2a61e46de0fb44960ec7ed0e88c5add1a4337d7b4' UNION ALL
  SELECT 'cleanup_jti', 'procedure', 'bc64bd7a23c2c0b01aacaa80158431cc1f05466899b363b052af24eab5a4ebab' UNION ALL
  SELECT 'cleanup_jti_dry_run', 'procedure',
      '34a1fb7b1e8a46c4703c97137da2cde9bb4d697a5576071e19e844f320f24185' UNION ALL
  SELECT 'restore_jti', 'procedure', '1e3bb693a24d2658d9f84c98cea32484c00009bfaa1e33109993d58fad1d6565' UNION ALL
  SELECT 'CLEANUP_BACKLOG_JTI', 'view', '98f5795a0139a6b51a9b6e7069c2ddd2e41ffb5cc0e125f29faaa3ff5cd88c3c'
) x
-- Two words of which each has the collation of another session are compared as bytes
LEFT JOIN CLEANUP_STORED k ON k.OBJECT_NAME = x.OBJECT_NAME
  AND CAST(k.OBJECT_KIND AS BINARY) = CAST(x.OBJECT_KIND AS BINARY)
LEFT JOIN CLEANUP_OBJECT o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
-- @end
