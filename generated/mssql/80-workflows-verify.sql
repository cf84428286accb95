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
  SELECT 'CLEANUP_BAK_WF_REQUEST' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '863aaaf696b5304ceb9f07cb8a6965e9e9e80a1fab248d01d7e4bdb95202de85' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_BAK_WF_REQUEST')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    'b47ec2b182acb5efc5ffca91a1adb83e64130d771b74132eaee2510277eda9c5' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '97165a30e14245ac8e2a9e57ab173b3ab57d0c187faf8d5afc7b07a50d3d15e5' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'cleanup_workflows' AS OBJECT_NAME, 'procedure' AS OBJECT_KIND,
    '315d69f4914948b40a1e7c44312a687121cb755aa6a2fe861ca3ce0657e687d5' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) FROM sys.sql_modules m
        WHERE m.object_id = OBJECT_ID('dbo.cleanup_workflows')) AS STORED_SHA256 UNION ALL
  SELECT 'restore_workflows' AS OBJECT_NAME, 'procedure' AS OBJECT_KIND,
    '947c420333416b5e0ca6f3280a1976156f1422b0492420f843a29998f2c2587e' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) FROM sys.sql_modules m
        WHERE m.object_id = OBJECT_ID('dbo.restore_workflows')) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_BACKLOG_WORKFLOWS' AS OBJECT_NAME, 'view' AS OBJECT_KIND,
    '5705130f80d9bd4f4a288a6e666a7d071ef1ad32fc56d3dfb04afe1b26e329c7' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) FROM sys.sql_modules m
        WHERE m.object_id = OBJECT_ID('dbo.CLEANUP_BACKLOG_WORKFLOWS')) AS STORED_SHA256
) AS x
LEFT JOIN dbo.CLEANUP_OBJECT AS o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
