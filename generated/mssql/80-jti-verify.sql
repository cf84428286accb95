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
  SELECT 'CLEANUP_BAK_IDN_OIDC_JTI' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '858c123abdcbb183819c258e62276634c7f25daf17df13ce0049dbb595e5adb9' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_BAK_IDN_OIDC_JTI')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'cleanup_jti' AS OBJECT_NAME, 'procedure' AS OBJECT_KIND,
    'c41b99147c87b8140149e4bedec14b965026036d6fb561b1cc9ea9d6083daf7a' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) FROM sys.sql_modules m
        WHERE m.object_id = OBJECT_ID('dbo.cleanup_jti')) AS STORED_SHA256 UNION ALL
  SELECT 'restore_jti' AS OBJECT_NAME, 'procedure' AS OBJECT_KIND,
    '4daeb69b8a2cdd7c1ccc9b7170e1cbaf1b34e381c6daf65fc749760217b2c6ab' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) FROM sys.sql_modules m
        WHERE m.object_id = OBJECT_ID('dbo.restore_jti')) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_BACKLOG_JTI' AS OBJECT_NAME, 'view' AS OBJECT_KIND,
    '15d184740677fe97300a11d53320779cb642f6b3284c3b18f223898da47d78fb' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) FROM sys.sql_modules m
        WHERE m.object_id = OBJECT_ID('dbo.CLEANUP_BACKLOG_JTI')) AS STORED_SHA256
) AS x
LEFT JOIN dbo.CLEANUP_OBJECT AS o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
