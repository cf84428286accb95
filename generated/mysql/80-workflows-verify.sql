-- Verification of cleanup_workflows: one row per object; "ok" in every row means that what is installed is what the
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
  SELECT 'CLEANUP_BAK_WF_REQUEST' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '24724e7054da1c16da05881e9a92349b55f4a4e3dc9c75d899cf2b01bf78ec03' AS ARTIFACT_SHA256 UNION ALL
  SELECT 'CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION', 'table',
      'b72320a4ca931f2026965a61a9d90af914b2fa6da041344910e5e5bc60ccee7e' UNION ALL
  SELECT 'CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP', 'table',
      'a7aa0973e4592806679f006338b82178ab40faa2274694c78de47e7b0b7f18ca' UNION ALL
  SELECT 'cleanup_workflows_proof', 'procedure',
      '9c2c093194623c09adf118163dabfebe0ea5e94e814b98c6a06e8cc6545eff0a' UNION ALL
  SELECT 'cleanup_workflows', 'procedure', 'f31e804a794214ce25997369e4d562f5ee3ee57d2be86f9cd9699928477a3b78' UNION ALL
  SELECT 'cleanup_workflows_dry_run', 'procedure',
      '4e74fd905a647bb91e0cd30a3f09d8a3701e4803b8446d218b58a1bab3021c73' UNION ALL
  SELECT 'restore_workflows', 'procedure', 'a3010f57165728501c40827aeaf0e1bc85c886cb933440d564fd31d98782bd92' UNION ALL
  SELECT 'CLEANUP_BACKLOG_WORKFLOWS', 'view', '0c47f2b6dae26808a4247bf1a591fe42d093b88b5ac7ad044437166ada713280'
) x
-- Two words of which each has the collation of another session are compared as bytes
LEFT JOIN CLEANUP_STORED k ON k.OBJECT_NAME = x.OBJECT_NAME
  AND CAST(k.OBJECT_KIND AS BINARY) = CAST(x.OBJECT_KIND AS BINARY)
LEFT JOIN CLEANUP_OBJECT o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
-- @end
