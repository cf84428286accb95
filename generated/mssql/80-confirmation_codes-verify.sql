-- Verification: one row per object; "ok" in every row means that what is installed is what was reviewed.
-- @statement verify
SELECT x.OBJECT_NAME, x.OBJECT_KIND,
  CASE
    WHEN o.OBJECT_NAME IS NULL OR x.STORED_SHA256 IS NULL THEN 'missing'
    WHEN o.ARTIFACT_SHA256 <> x.ARTIFACT_SHA256 THEN 'other version'
    WHEN o.STORED_SHA256 <> x.STORED_SHA256 THEN 'changed'
    ELSE 'ok'
  END AS STATE
FROM (
  SELECT 'CLEANUP_SETTING' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '9e717a081976212b1b12c49c2c9b2f5188d2029bb26fcb9fdf35dd274cca7726' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_SETTING')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_RUN' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    'eeacfe666a5ef0724039af7d9fa75cc4ec46c31b25de84db20b4a1603eea88c0' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_RUN')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_RUN_STEP' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '207fcf3090ad1388e07a140e5f8163e73dd78c92bb0b0ce0df6f67de7a3bf329' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_RUN_STEP')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_RUN_REASON' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '47421b68276cbde2c8c12851159446f2190a21b378675d295eb6d6c381ef90dc' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_RUN_REASON')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_OBJECT' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '4533249bb53b0180f2e8b6d9c3843d50703a443125e190475574f2f8ba892992' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_OBJECT')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_BAK_IDN_RECOVERY_DATA' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '886278a3b4ea4cfcb833f0b797456d5f8c50319e8aaf31c1e3a928e232935177' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_BAK_IDN_RECOVERY_DATA')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'cleanup_confirmation_codes' AS OBJECT_NAME, 'procedure' AS OBJECT_KIND,
    '7d37ccb51e473393d8f17d184db3e2571f5e8dc5d0c239c9b455c9b0242290bb' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) FROM sys.sql_modules m
        WHERE m.object_id = OBJECT_ID('dbo.cleanup_confirmation_codes')) AS STORED_SHA256 UNION ALL
  SELECT 'restore_confirmation_codes' AS OBJECT_NAME, 'procedure' AS OBJECT_KIND,
    '8cbf7b37024a2dd8ba97ee27b9552dad0184f2542602677296e6641f4d6a47fb' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) FROM sys.sql_modules m
        WHERE m.object_id = OBJECT_ID('dbo.restore_confirmation_codes')) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_BACKLOG_CONFIRMATION_CODES' AS OBJECT_NAME, 'view' AS OBJECT_KIND,
    '283e287f60b6d8e084f7c9cdca640fb2b046761e0ecd7bdda6509143b6bc59cd' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) FROM sys.sql_modules m
        WHERE m.object_id = OBJECT_ID('dbo.CLEANUP_BACKLOG_CONFIRMATION_CODES')) AS STORED_SHA256
) AS x
LEFT JOIN dbo.CLEANUP_OBJECT AS o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
