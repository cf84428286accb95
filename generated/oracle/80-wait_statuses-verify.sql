-- Verification of cleanup_wait_statuses: one row per object; "ok" in every row means that what is installed is what the
-- last installation put there, from these files; of a view, its length and its first 4000 bytes. A user who may alter
-- an object may alter the register too.
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
  SELECT 'CLEANUP_BAK_IDN_AUTH_WAIT_STATUS' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    'f5d2630bc74a145af6094eae6f847a1bd9cc4bb47893547e348fc547cf16427f' AS ARTIFACT_SHA256 FROM DUAL UNION ALL
  SELECT 'cleanup_wait_statuses_proof', 'procedure',
    '2878321004d10b2545d4b2962a3d26a4aae03b5c6138d068b08551999394fccd' FROM DUAL UNION ALL
  SELECT 'cleanup_wait_statuses', 'procedure',
    'f7c5f00b5f6f2c8aa7a502249625a0a4081c210a3b32dc5bff4b6a00e36d9a8e' FROM DUAL UNION ALL
  SELECT 'restore_wait_statuses', 'procedure',
    '819e496cfde729979fdbfda4041ede3353848fbad5d38d1ebd5d0be52e80539e' FROM DUAL UNION ALL
  SELECT 'CLEANUP_BACKLOG_WAIT_STATUSES', 'view',
    '96bc43be1adc93182707642c300f4a7a126f164f28dc59ccf270cbf405c7b8c0' FROM DUAL
) x
LEFT JOIN CLEANUP_STORED k ON k.OBJECT_NAME = UPPER(x.OBJECT_NAME) AND k.OBJECT_KIND = x.OBJECT_KIND
LEFT JOIN CLEANUP_OBJECT o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
-- @end
