-- Verification of cleanup_revocations: one row per object; "ok" in every row means that what is installed is what the
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
  SELECT 'CLEANUP_BAK_AM_REVOKED_JWT' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '7caa8214974d0008e30f00e5c60564614fc04e4e8e6df393d01c82650d0739ea' AS ARTIFACT_SHA256 UNION ALL
  SELECT 'CLEANUP_BAK_IDN_INVALID_TOKENS', 'table',
      '261a0a934e514c0712c04ecaf402dbf0a43cfdee9dc377297f143339e52dbc12' UNION ALL
  SELECT 'CLEANUP_BAK_IDN_SUBJECT_ENTITY_REVOKED_EVENT', 'table',
      '94c32957ebf3d7ce63d796991da1e514a45f8e39f042ce0eae6999d8a0730081' UNION ALL
  SELECT 'cleanup_revocations_proof', 'procedure',
      '2eab764773a45fe5f7739cf6de45810640835a11c64ac4e28195314a172556a0' UNION ALL
  SELECT 'cleanup_revocations', 'procedure',
      '6b9f1877c139a982993742d3f14d97b219ef31db76ddb3e8c65ab80910ed0a10' UNION ALL
  SELECT 'cleanup_revocations_dry_run', 'procedure',
      '3b8bf3bc4c2d31ed9fc3e60b4208936c186114ef89c09c305586a76065d3dd7d' UNION ALL
  SELECT 'restore_revocations', 'procedure',
      'f23ba9e453e9df354100f6c6de17f1b764ae390649ce4bcd7babcc389621598b' UNION ALL
  SELECT 'CLEANUP_BACKLOG_REVOCATIONS', 'view', '1951d2c1e557a28dd9aa73828f8c7835e8c3bbef76c86c58af5ec6c67a04d740'
) x
-- Two words of which each has the collation of another session are compared as bytes
LEFT JOIN CLEANUP_STORED k ON k.OBJECT_NAME = x.OBJECT_NAME
  AND CAST(k.OBJECT_KIND AS BINARY) = CAST(x.OBJECT_KIND AS BINARY)
LEFT JOIN CLEANUP_OBJECT o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
-- @end
