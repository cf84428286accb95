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
  ('CLEANUP_BAK_IDN_OIDC_JTI', 'table', '858c123abdcbb183819c258e62276634c7f25daf17df13ce0049dbb595e5adb9'),
  ('cleanup_jti', 'procedure', 'c41b99147c87b8140149e4bedec14b965026036d6fb561b1cc9ea9d6083daf7a'),
  ('restore_jti', 'procedure', '4daeb69b8a2cdd7c1ccc9b7170e1cbaf1b34e381c6daf65fc749760217b2c6ab'),
  ('CLEANUP_BACKLOG_JTI', 'view', '15d184740677fe97300a11d53320779cb642f6b3284c3b18f223898da47d78fb')
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
