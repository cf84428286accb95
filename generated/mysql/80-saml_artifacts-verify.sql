-- Verification of cleanup_saml_artifacts: one row per object; "ok" in every row means that what is installed is what
-- the last installation put there, from these files: the bodies of routines, the texts of views, the columns of tables.
-- A user who may alter an object may alter the register too.
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
  SELECT 'CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '7dda722fb0031229e6bd984e7c498b437b2fb72007714a2ecffefa18cf4725a1' AS ARTIFACT_SHA256 UNION ALL
  SELECT 'cleanup_saml_artifacts_proof', 'procedure',
      '5a7951a76ded59b6e02da70c0c17b3a02099dd181086a70fff74a61f17623bf6' UNION ALL
  SELECT 'cleanup_saml_artifacts', 'procedure',
      '86f120a525b499279f69cfe6566964909be85a994ed4dd1ea67b53f679cb2db6' UNION ALL
  SELECT 'cleanup_saml_artifacts_dry_run', 'procedure',
      'a8a6746be489b819fefd07c3310b3fd214cddc598125ded92fda09dbd6b944ff' UNION ALL
  SELECT 'restore_saml_artifacts', 'procedure',
      '7c47dcdacbc2651be30f73f88a4ce4b01ad17654652db624e710e46c90dadb86' UNION ALL
  SELECT 'CLEANUP_BACKLOG_SAML_ARTIFACTS', 'view', '75b2d0e4076845ce445fe8ad98e764da7d21a775da5e12ff044bfd2d4ead5be4'
) x
-- Two words of which each has the collation of another session are compared as bytes
LEFT JOIN CLEANUP_STORED k ON k.OBJECT_NAME = x.OBJECT_NAME
  AND CAST(k.OBJECT_KIND AS BINARY) = CAST(x.OBJECT_KIND AS BINARY)
LEFT JOIN CLEANUP_OBJECT o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
-- @end
