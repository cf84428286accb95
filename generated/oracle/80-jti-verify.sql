-- Verification of cleanup_jti: one row per object; "ok" in every row means that what is installed is what the last
-- installation put there, from these files; of a view, its length and its first 4000 bytes. A user who may alter an
-- object may alter the register too.
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
  SELECT 'CLEANUP_BAK_IDN_OIDC_JTI' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    'cbd28bd92e922d9cf3fa931bc7031b094604af0321cd6e5ae313f2ef3b230170' AS ARTIFACT_SHA256 FROM DUAL UNION ALL
  SELECT 'cleanup_jti_proof', 'procedure',
    '90e05e779a323d35fc884f44f5fec415450142ddcc7c2b78d477788f41e60d25' FROM DUAL UNION ALL
  SELECT 'cleanup_jti', 'procedure',
    '0f1e6e04187836033f560c5a40ae815e219b2c65be32a4472f4a7845267766d3' FROM DUAL UNION ALL
  SELECT 'restore_jti', 'procedure',
    '054546666ed8725022b6ef47b34567e984c78cf21b3d4a66c50cfee59c35b932' FROM DUAL UNION ALL
  SELECT 'CLEANUP_BACKLOG_JTI', 'view',
    'bddcad9113fc5c092fa5cace1436549fc133de363fa52a99d7f9c45c6b9b1a3a' FROM DUAL
) x
LEFT JOIN CLEANUP_STORED k ON k.OBJECT_NAME = UPPER(x.OBJECT_NAME) AND k.OBJECT_KIND = x.OBJECT_KIND
LEFT JOIN CLEANUP_OBJECT o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
-- @end
