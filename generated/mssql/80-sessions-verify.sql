-- Verification: one row per object; "ok" in every row means that what is installed is what the last installation put
-- there, from these files. It needs VIEW DEFINITION on the database. A user who may alter an object may alter the
-- register too.
-- @statement verify
SELECT x.OBJECT_NAME, x.OBJECT_KIND,
  CASE
    WHEN k.STORED_SHA256 IS NULL AND ISNULL(HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'VIEW DEFINITION'), 0) = 0
    THEN 'missing, or hidden from you'
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
  ('CLEANUP_LOCK', 'table', 'f09892cb107b264137e4ea27d491c21da93e22cfb7ebc16f30294b17ff5e4af7'),
  ('CLEANUP_POSITION', 'table', '20e62d06a26e1ea817da3038d0386eb5229f1b8257a974fafc6d2272e09c5110'),
  ('CLEANUP_RUN_ERROR', 'table', 'b3da947180ff38d50383991232d43233de60f1e5c12429dbb636f15993f08edf'),
  ('CLEANUP_FACT', 'table', 'a6963bbba98ff662b514ca53ee98a50a20e0089b91ebded03b85be23efde7e4f'),
  ('CLEANUP_MISFIT', 'procedure', '3fe7081ab6f77ebcf88c9975184633caf130ab411c148f0ee718547a1ea8861d'),
  ('CLEANUP_SHAPE', 'procedure', '8817d3e78d9e22a3de9659f1e24c033b8610c2d4522a6cd2c7fecbadef46c33d'),
  ('CLEANUP_BEGIN', 'procedure', '579a63b4efa08e22903e43b1914de0020ee99c906546f37218fc50f872aef631'),
  ('CLEANUP_CHECK', 'procedure', '77724232eb16e0ed2196dfa71577b08e16100a900d56d336f2a2a0d8b0ee6d66'),
  ('CLEANUP_OPEN', 'procedure', '7885efef94c59c429f6db813f91f0b5799beceb9a65760a0ce455cc5e400e668'),
  ('CLEANUP_NEXT', 'procedure', '667cd870a3dc81db7b00cdd1e56edac8e3e16c37dc2014fc38aa194525a53527'),
  ('CLEANUP_COPIED', 'procedure', '0d7d1809094aca9731e418fe51c5047fd14d1f458a249a004a448a2bb63de1f3'),
  ('CLEANUP_DONE', 'procedure', '86331d4a282e0f6ae5e268c2dc477808ece2b4c3e5b5decf0f0e9cec9901ce3b'),
  ('CLEANUP_FAILED', 'procedure', '2e3930f5b24579d284c9e10540e405b6276b41d2332bbac65cc6ae34d5d97278'),
  ('CLEANUP_EMPTIED', 'procedure', '06e68e3fc5d1d5df61cc2b4b1cf7eecb63629c99cd231dfb33bcbf708c3eda79'),
  ('CLEANUP_PRUNE', 'procedure', '8945b14d513675d43bae8545744e71f19952dc2e03accec6f9126851a221dfc4'),
  ('CLEANUP_END', 'procedure', '33f3659a8dc2fd42731a4565c89a579d6269ea7c7476633286387e8db762be9d'),
  ('CLEANUP_BEGIN_RESTORE', 'procedure', '410ddb5c71e9f37708ae335a9a321598ff5066491e462d7987b812119dbe6f57'),
  ('CLEANUP_LOG_RESTORE', 'procedure', '9e8e52390d3ede806b651559c4543bbe5b276ec17174ce331ccd2722e53df6af'),
  ('CLEANUP_RETRY_RESTORE', 'procedure', '23eb7d7f0f04b7eab6759af4f308be589171a89e60cdd5b3dcfe621700e6a230'),
  ('CLEANUP_END_RESTORE', 'procedure', '9e5b70ea7bd91e7681d2d866eafd3484d8c0b0adcc21cc9cc0f6598765815567'),
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
  ('cleanup_sessions_batch', 'procedure', 'deedeb11165e915a8b23b4cf2d075eb00a9ab8f6937841c2e9ed56fb1d89801b'),
  ('cleanup_sessions', 'procedure', '848611fef07b84731b152f00f859b30ef7a16a159686d7af2270743d1559a843'),
  ('restore_sessions_batch', 'procedure', '981a20acca36e954d6b48bf9bf802d748f7207a73bd988c6b6c23703149c8f93'),
  ('restore_sessions', 'procedure', 'eadf0493f8db5b7467cda55d22c914b9e94001f172785fc94f3cbee80147a04b'),
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
      CONVERT(CHAR(64), HASHBYTES('SHA2_256', CONCAT(y.columns, ' ', y.keys)), 2) AS STORED_SHA256
  FROM sys.tables AS b
  CROSS APPLY (
    SELECT (
      SELECT CONCAT(c.column_id, ' ', c.name COLLATE Latin1_General_BIN2, ' ', c.user_type_id, ' ', c.max_length, ' ',
        c.precision, ' ', c.scale, ' ', c.is_nullable, ' ', c.is_identity, ' ', c.collation_name, ',')
      FROM sys.columns AS c
      WHERE c.object_id = b.object_id
      ORDER BY c.column_id FOR XML PATH('')) AS columns, (
      SELECT CONCAT(c.key_ordinal, ' ', COL_NAME(c.object_id, c.column_id), ',')
      FROM sys.indexes AS i
      JOIN sys.index_columns AS c ON c.object_id = i.object_id AND c.index_id = i.index_id
      WHERE i.object_id = b.object_id AND i.is_primary_key = 1
      ORDER BY c.key_ordinal FOR XML PATH('')) AS keys) AS y
  WHERE b.schema_id = SCHEMA_ID('dbo')
) AS k ON k.OBJECT_NAME = x.OBJECT_NAME AND k.OBJECT_KIND = x.OBJECT_KIND
LEFT JOIN dbo.CLEANUP_OBJECT AS o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
