-- Verification of cleanup_confirmation_codes: one row per object; "ok" in every row means that what is installed is
-- what the last installation put there, from these files; of a view, its length and its first 4000 bytes. A user who
-- may alter an object may alter the register too.
-- What all cleanups share is verified by 80-verify.sql.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement verify
SELECT x.OBJECT_NAME, x.OBJECT_KIND,
  CASE
    WHEN o.OBJECT_NAME IS NULL OR k.STORED_SHA256 IS NULL THEN 'missing'
    WHEN o.ARTIFACT_SHA256 <> x.ARTIFACT_SHA256 THEN 'other version'
    WHEN o.STORED_SHA256 <> k.STORED_SHA256 THEN 'changed'
    ELSE 'ok'
  END AS STATE
FROM (
  SELECT 'CLEANUP_BAK_IDN_RECOVERY_DATA' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    'cb70fe28ec502f98ef6c599561184a0cf2715ef094751ea2c397d6b4fce78472' AS ARTIFACT_SHA256 FROM DUAL UNION ALL
  SELECT 'cleanup_confirmation_codes_proof', 'procedure',
    '009aefdc59b233452ff24753b1d7d972c5649564abbbfcfc55c1a20fb6b3d4da' FROM DUAL UNION ALL
  SELECT 'cleanup_confirmation_codes', 'procedure',
    '5776321d47f930b4c6af1b97169e3458e996b1fa098d023d32d5ad103e58c78d' FROM DUAL UNION ALL
  SELECT 'restore_confirmation_codes', 'procedure',
    '0a54242503b1634cc97e1e149d256880bdd933545116717169bd6505b540e738' FROM DUAL UNION ALL
  SELECT 'CLEANUP_BACKLOG_CONFIRMATION_CODES', 'view',
    'd6ff84959781b26631f622c639b4d45957b1933ba0af546062e31933b1876988' FROM DUAL
) x
LEFT JOIN CLEANUP_STORED k ON k.OBJECT_NAME = UPPER(x.OBJECT_NAME) AND k.OBJECT_KIND = x.OBJECT_KIND
LEFT JOIN CLEANUP_OBJECT o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
-- @end
