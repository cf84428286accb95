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
    'cd73dcffe867da0860ee205d78158a7bca562ee9f90e5ce56f73bc3c242b0d5b' FROM DUAL UNION ALL
  SELECT 'cleanup_confirmation_codes', 'procedure',
    '48833706df76c9722fbe63e6665875cd1fb865a4eed7170d8549136943205f10' FROM DUAL UNION ALL
  SELECT 'restore_confirmation_codes', 'procedure',
    '0a54242503b1634cc97e1e149d256880bdd933545116717169bd6505b540e738' FROM DUAL UNION ALL
  SELECT 'CLEANUP_BACKLOG_CONFIRMATION_CODES', 'view',
    'd6ff84959781b26631f622c639b4d45957b1933ba0af546062e31933b1876988' FROM DUAL
) x
LEFT JOIN CLEANUP_STORED k ON k.OBJECT_NAME = UPPER(x.OBJECT_NAME) AND k.OBJECT_KIND = x.OBJECT_KIND
LEFT JOIN CLEANUP_OBJECT o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
-- @end
