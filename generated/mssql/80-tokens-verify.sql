-- Verification: one row per object; "ok" in every row means that what is installed is what was reviewed.
-- @statement verify
SELECT x.OBJECT_NAME, x.OBJECT_KIND,
  CASE
    WHEN o.OBJECT_NAME IS NULL OR k.STORED_SHA256 IS NULL THEN 'missing'
    WHEN o.ARTIFACT_SHA256 <> x.ARTIFACT_SHA256 THEN 'other version'
    WHEN o.STORED_SHA256 <> k.STORED_SHA256 THEN 'changed'
    ELSE 'ok'
  END AS STATE
FROM (VALUES
  ('CLEANUP_SETTING', 'table', '9e717a081976212b1b12c49c2c9b2f5188d2029bb26fcb9fdf35dd274cca7726'),
  ('CLEANUP_RUN', 'table', 'eeacfe666a5ef0724039af7d9fa75cc4ec46c31b25de84db20b4a1603eea88c0'),
  ('CLEANUP_RUN_STEP', 'table', '207fcf3090ad1388e07a140e5f8163e73dd78c92bb0b0ce0df6f67de7a3bf329'),
  ('CLEANUP_RUN_REASON', 'table', '47421b68276cbde2c8c12851159446f2190a21b378675d295eb6d6c381ef90dc'),
  ('CLEANUP_OBJECT', 'table', '4533249bb53b0180f2e8b6d9c3843d50703a443125e190475574f2f8ba892992'),
  ('CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN', 'table', 'b75cbecc68b8bc9dddee8c671cdba53ef91c51f548bdcfd2e6539df3fefa75ec'),
  ('CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE', 'table',
      'f0d48b999d9608b29a27284d30a89004bbafbbf680d0d8872f294532d0860a55'),
  ('CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE', 'table',
      'fae35ba6afcfe653a9d55258d6ead48601e45a5a10546340e5054fb832aab27b'),
  ('CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS', 'table',
      '7f06642c5f71dcc27f8ee210df9137cdb8857286c406b657a60bbaad5731c339'),
  ('CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'table',
      '76c9807dc658ece1b40c264c2037aac43be094cd02d940bd6765d529b075eb39'),
  ('CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'table',
      '0c96cc61dc647654331b8d836688fb46f8f0c897dc670e0607e086ea7a4c508e'),
  ('CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'table',
      'e120811968f2ad8527bae23eb710d9aeae1282b64e1d26448a1605b96a5b75d0'),
  ('cleanup_tokens', 'procedure', 'cba9fd491f2a34946a12f4638db2c62536eb13a3e059216af9e61c5dad58f83c'),
  ('restore_tokens', 'procedure', 'b27e8018f25480d1df63781056ea54b84055b6b59a4b3bd79bd20553e9275f6b'),
  ('CLEANUP_BACKLOG_TOKENS', 'view', 'ffd7529ccb419bb13420903b8ed3b1c51cd7aed98c19988ac3cf62d962ab6da3')
) AS x (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256)
LEFT JOIN (
  SELECT b.name AS OBJECT_NAME, CASE b.type WHEN 'V' THEN 'view' ELSE 'procedure' END AS OBJECT_KIND,
    CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) AS STORED_SHA256
  FROM sys.sql_modules AS m
  JOIN sys.objects AS b ON b.object_id = m.object_id
  WHERE b.schema_id = SCHEMA_ID('dbo') AND b.type IN ('P', 'V')
  UNION ALL
  SELECT b.name AS OBJECT_NAME, 'table' AS OBJECT_KIND,
      CONVERT(CHAR(64), HASHBYTES('SHA2_256', y.columns), 2) AS STORED_SHA256
  FROM sys.tables AS b
  CROSS APPLY (
    SELECT (
      SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ',
        c.scale, ',')
      FROM sys.columns AS c
      WHERE c.object_id = b.object_id
      ORDER BY c.column_id FOR XML PATH('')) AS columns) AS y
  WHERE b.schema_id = SCHEMA_ID('dbo')
) AS k ON k.OBJECT_NAME = x.OBJECT_NAME AND k.OBJECT_KIND = x.OBJECT_KIND
LEFT JOIN dbo.CLEANUP_OBJECT AS o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
