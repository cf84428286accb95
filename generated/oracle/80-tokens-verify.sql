-- Verification of cleanup_tokens: one row per object; "ok" in every row means that what is installed is what the last
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
  SELECT 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '24c554cb15792ea5cf30a86454d6362bf18c5e1c1c8688cbbcdd4016e525f8c3' AS ARTIFACT_SHA256 FROM DUAL UNION ALL
  SELECT 'CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE', 'table',
    '4fc757aaa7756eaad8bbb5c949ab454c564c30d628620a385df6d8210ed8a7b6' FROM DUAL UNION ALL
  SELECT 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE', 'table',
    'eb8a5c9efc722113e3bb72736a409e3ad3a3f4f08eb989b32570030a0c62c57e' FROM DUAL UNION ALL
  SELECT 'CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS', 'table',
    '65c6a483081653fea42bfe03c16070b19eba5a544ca9d6638ccb0befcb7acdbb' FROM DUAL UNION ALL
  SELECT 'CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'table',
    '75bdd6524eb8d325ad37198c1c12accdfbf21981d91cd72fea516925646491aa' FROM DUAL UNION ALL
  SELECT 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'table',
    '5c1bf3a4a8695cb834f9c7f3b4f787b8702f89d8655b415ca8cf9c8df2747350' FROM DUAL UNION ALL
  SELECT 'CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'table',
    '7ad84aede4980c02851f8c31490fc0deebfe91a79fc126b725ff5c30774f6ec3' FROM DUAL UNION ALL
  SELECT 'cleanup_tokens_proof', 'procedure',
    '9ed2ec1cebc4454e0ba39800edbaa317e1f2ab8c1cc6f38b217d33672971fb74' FROM DUAL UNION ALL
  SELECT 'cleanup_tokens', 'procedure',
    '694d773b36c919a3c0e09a3fd4f1ee5c9916b26cca467674b6f752e9dbf4efdb' FROM DUAL UNION ALL
  SELECT 'restore_tokens', 'procedure',
    '1ff0f998a9fe59da0c090bb3104a9a8dc26756264604532898b6179b01ad75e6' FROM DUAL UNION ALL
  SELECT 'CLEANUP_BACKLOG_TOKENS', 'view',
    'c3daf8fd45129b5963b272eae31acab058d9008cbd4a6fcd516ab7549e750f88' FROM DUAL
) x
LEFT JOIN CLEANUP_STORED k ON k.OBJECT_NAME = UPPER(x.OBJECT_NAME) AND k.OBJECT_KIND = x.OBJECT_KIND
LEFT JOIN CLEANUP_OBJECT o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
-- @end
