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
  ('CLEANUP_LOCK', 'table', 'e1d289b02922cd68a8d0f800cf4764d18f4f098aa5ed28aa1bb1b62170c476b5'),
  ('CLEANUP_POSITION', 'table', '20e62d06a26e1ea817da3038d0386eb5229f1b8257a974fafc6d2272e09c5110'),
  ('CLEANUP_RUN_ERROR', 'table', 'b3da947180ff38d50383991232d43233de60f1e5c12429dbb636f15993f08edf'),
  ('CLEANUP_FACT', 'table', '4451cc2f4a6df4baf5bf79cfc17a9b695eb5bece137fafc0b33fa99018f6fcb6'),
  ('CLEANUP_MISFIT', 'procedure', '8d4e9e51b7e10081ec1c12516d80b45564ac07c8c9ea9143433d9c46f0454640'),
  ('CLEANUP_BEGIN', 'procedure', '1ec65dcb60653e6816f2e452bdb2a4a8b20cebc55a121bb5db42cc96f516c0e2'),
  ('CLEANUP_CHECK', 'procedure', '39b20f27e5881112baea0d0147b5cb52638bbd002594bbbb9814912b3782f6de'),
  ('CLEANUP_OPEN', 'procedure', '2f807b09195f437cea5e6c4d56b7c78711208cf1de64c42f427ac6792cde3602'),
  ('CLEANUP_NEXT', 'procedure', 'eb52758c77d4aa87bb96ea05897cdab57630bf3afb234fa83af6aa27e59b1ede'),
  ('CLEANUP_COPIED', 'procedure', '4a4c53d51556c8dfeb571746c52c9d799424737eb6d83a1776ce60c7d5a584af'),
  ('CLEANUP_DONE', 'procedure', '75c7f980f845d4329f6c758fbe12fad526428631665debfda8290b464c3bc2fd'),
  ('CLEANUP_FAILED', 'procedure', '6d7d57c23ced4522c01015c68790942f1406f005e57a279caa58f56300f160b5'),
  ('CLEANUP_EMPTIED', 'procedure', '029d6698addd7262ec46b84c9bda09d72ebab7c8e0d28adf89e0a251ab70ff05'),
  ('CLEANUP_PRUNE', 'procedure', 'c791c9c994c8678d9437a26f31d60a037a0911565e324a1278612d771cb11a9a'),
  ('CLEANUP_END', 'procedure', '4ea33153650f39382e8afa0f1191eb71494beb24cdfde068b63e304abb8b52a2'),
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
  ('cleanup_sessions_batch', 'procedure', 'd030213896ba2b65a15e45542fdd5620fb91513a64c87f1f4f33dccef19bb390'),
  ('cleanup_sessions', 'procedure', '863ea63aee35ab64ac8b12def347e477c2a4e58a290d96302a857ade8184e29f'),
  ('restore_sessions_batch', 'procedure', 'e16762b7433d96eb2be78687746f91d2c042aad86a02ee3c10119e326615e710'),
  ('restore_sessions', 'procedure', '07ea242c84f58830aaf9c6983a4b3927598350d61993cd74d7775d66309be623'),
  ('CLEANUP_BACKLOG_SESSIONS', 'view', '3389e3df4ae01d23ff6b31489761fccc32857f5ba24b55c6107c1920243e72fe')
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
