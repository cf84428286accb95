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
  ('CLEANUP_DEAD_IDN_AUTH_TEMP_SESSION_STORE', 'table',
      'a1590b7d12ed983cc2e8dcd1cc797938b34dee7b8d66017b4c491a4371708fd7'),
  ('CLEANUP_DEAD_IDN_AUTH_SESSION_STORE', 'table', '49e5d0fd1f100b5e297d5eaf70f973ad8532150400a79e06c3df1f76c75c2d16'),
  ('CLEANUP_SIGHTING_IDN_AUTH_USER_SESSION_MAPPING', 'table',
      '8ba579b643c52561e52a936d845433bde0ac3934abb5a0bb4ee3ef8b30bd6395'),
  ('CLEANUP_SIGHTING_IDN_AUTH_SESSION_APP_INFO', 'table',
      'a363a36c120a6a781ce899b94ac9d02957831b78368d4f6c6aafb484128eeaba'),
  ('CLEANUP_SIGHTING_IDN_AUTH_SESSION_META_DATA', 'table',
      'f15cc02f5ce1131f2e463c910ce44077b73a5d1be5b3dbd1c47864330bd1aa65'),
  ('CLEANUP_BAK_IDN_AUTH_TEMP_SESSION_STORE', 'table',
      '90dbc92af47ba692205daa8f97b065c86eb36f1cdcdaca9d32f1d2360f4ae723'),
  ('CLEANUP_BAK_IDN_AUTH_SESSION_STORE', 'table', 'fa371c1714f0ca3493f59fbbf7706cf706fdacd49e46185fc2741dd40b46f16a'),
  ('CLEANUP_BAK_IDN_AUTH_USER_SESSION_MAPPING', 'table',
      '1917882d94dfa7169af89a585c1f27c08ef68e5954bdb4c22e029beb705a240c'),
  ('CLEANUP_BAK_IDN_AUTH_SESSION_APP_INFO', 'table',
      'a4dc3248b3e12f0a31061452ac63e0cc33ff4135ed8df070a084aae720091125'),
  ('CLEANUP_BAK_IDN_AUTH_SESSION_META_DATA', 'table',
      'c9049c686600302a623cbd0984ea6e49aa445a0e49e6b956f6bb7d86b7ddae3f'),
  ('cleanup_sessions', 'procedure', 'ebff803288de19a7118088502061815e4d1e832c51b11c01cc39662c20a56606'),
  ('restore_sessions', 'procedure', 'b8feebea76816de79051ea67f819a8954a0f6f9d997b8120d8df3090bdba5393'),
  ('CLEANUP_BACKLOG_SESSIONS', 'view', 'bdb72fba278c4d5edbd1b9d3d769555196b6c37e5a082bdcd37ed4be26799474')
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
