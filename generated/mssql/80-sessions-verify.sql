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
  SELECT 'CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    'a1590b7d12ed983cc2e8dcd1cc797938b34dee7b8d66017b4c491a4371708fd7' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_DEAD_IDN_AUTH_SESSION_STORE' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '49e5d0fd1f100b5e297d5eaf70f973ad8532150400a79e06c3df1f76c75c2d16' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_DEAD_IDN_AUTH_SESSION_STORE')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '8ba579b643c52561e52a936d845433bde0ac3934abb5a0bb4ee3ef8b30bd6395' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    'a363a36c120a6a781ce899b94ac9d02957831b78368d4f6c6aafb484128eeaba' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    'f15cc02f5ce1131f2e463c910ce44077b73a5d1be5b3dbd1c47864330bd1aa65' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '90dbc92af47ba692205daa8f97b065c86eb36f1cdcdaca9d32f1d2360f4ae723' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_BAK_IDN_AUTH_SESSION_STORE' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    'fa371c1714f0ca3493f59fbbf7706cf706fdacd49e46185fc2741dd40b46f16a' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_BAK_IDN_AUTH_SESSION_STORE')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '1917882d94dfa7169af89a585c1f27c08ef68e5954bdb4c22e029beb705a240c' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    'a4dc3248b3e12f0a31061452ac63e0cc33ff4135ed8df070a084aae720091125' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    'c9049c686600302a623cbd0984ea6e49aa445a0e49e6b956f6bb7d86b7ddae3f' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', x.columns), 2)
     FROM (SELECT (
       SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ', c.scale,
           ',')
       FROM sys.columns c WHERE c.object_id = OBJECT_ID('dbo.CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA')
       ORDER BY c.column_id FOR XML PATH('')) AS columns) x) AS STORED_SHA256 UNION ALL
  SELECT 'cleanup_sessions' AS OBJECT_NAME, 'procedure' AS OBJECT_KIND,
    'ebff803288de19a7118088502061815e4d1e832c51b11c01cc39662c20a56606' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) FROM sys.sql_modules m
        WHERE m.object_id = OBJECT_ID('dbo.cleanup_sessions')) AS STORED_SHA256 UNION ALL
  SELECT 'restore_sessions' AS OBJECT_NAME, 'procedure' AS OBJECT_KIND,
    'b8feebea76816de79051ea67f819a8954a0f6f9d997b8120d8df3090bdba5393' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) FROM sys.sql_modules m
        WHERE m.object_id = OBJECT_ID('dbo.restore_sessions')) AS STORED_SHA256 UNION ALL
  SELECT 'CLEANUP_BACKLOG_SESSIONS' AS OBJECT_NAME, 'view' AS OBJECT_KIND,
    'bdb72fba278c4d5edbd1b9d3d769555196b6c37e5a082bdcd37ed4be26799474' AS ARTIFACT_SHA256,
    (SELECT CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) FROM sys.sql_modules m
        WHERE m.object_id = OBJECT_ID('dbo.CLEANUP_BACKLOG_SESSIONS')) AS STORED_SHA256
) AS x
LEFT JOIN dbo.CLEANUP_OBJECT AS o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
