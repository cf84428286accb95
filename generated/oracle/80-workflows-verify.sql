-- Verification of cleanup_workflows: one row per object; "ok" in every row means that what is installed is what the
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
  SELECT 'CLEANUP_BAK_WF_REQUEST' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '8b88efd0b7e2c3aa0eb7661da14ff43830270c52d9dbeadb025574deb63860c8' AS ARTIFACT_SHA256 FROM DUAL UNION ALL
  SELECT 'CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION', 'table',
    '359b6a52daa116185f9b8dae8736ee1792c8f2efa41f56e6d54fbddfce8fc6cc' FROM DUAL UNION ALL
  SELECT 'CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP', 'table',
    '4b135d38c376158bfd5fbe90edfc4465028f13eda9381a281913ca0e85cbe5c1' FROM DUAL UNION ALL
  SELECT 'cleanup_workflows_proof', 'procedure',
    'b8cfbf73b0ce8505e27777f5623d4cbdc16211fe66407225f0e2c383b033293a' FROM DUAL UNION ALL
  SELECT 'cleanup_workflows', 'procedure',
    '94a8fa91a425e25063f6270368d4666f063d5769acd80ae18d3629aa6f426dc3' FROM DUAL UNION ALL
  SELECT 'restore_workflows', 'procedure',
    '42c5c20385e451eece2bca04a7a41c83074e1dfa6d937074a305d0efcdf01bc1' FROM DUAL UNION ALL
  SELECT 'CLEANUP_BACKLOG_WORKFLOWS', 'view',
    'ffcf8e56c0b2828801d13af602c07272391f5af99c391cd1eb91482a347c86c6' FROM DUAL
) x
LEFT JOIN CLEANUP_STORED k ON k.OBJECT_NAME = UPPER(x.OBJECT_NAME) AND k.OBJECT_KIND = x.OBJECT_KIND
LEFT JOIN CLEANUP_OBJECT o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
-- @end
