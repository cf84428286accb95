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
  ('CLEANUP_BAK_IDN_RECOVERY_DATA', 'table', '886278a3b4ea4cfcb833f0b797456d5f8c50319e8aaf31c1e3a928e232935177'),
  ('cleanup_confirmation_codes', 'procedure', '7d37ccb51e473393d8f17d184db3e2571f5e8dc5d0c239c9b455c9b0242290bb'),
  ('restore_confirmation_codes', 'procedure', '8cbf7b37024a2dd8ba97ee27b9552dad0184f2542602677296e6641f4d6a47fb'),
  ('CLEANUP_BACKLOG_CONFIRMATION_CODES', 'view', '283e287f60b6d8e084f7c9cdca640fb2b046761e0ecd7bdda6509143b6bc59cd')
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
