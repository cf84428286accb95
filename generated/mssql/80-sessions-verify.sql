-- Verification of cleanup_sessions: one row per object; "ok" in every row means that what is installed is what the last
-- installation put there, from these files. It needs VIEW DEFINITION on the database. A user who may alter an object
-- may alter the register too. What all cleanups share is verified by 80-verify.sql.
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
  ('cleanup_sessions_proof', 'procedure', 'c70d94a133c4b80538c33d4789bf4f54b548c93d47ad3487508b406814b81b1f'),
  ('cleanup_sessions_batch', 'procedure', '3419474ba047bba26d774919d56a556e585e47f42d110f61b0825e9efa63e681'),
  ('cleanup_sessions', 'procedure', '3623885c140cb40b52d970e03e1da6302e0c365a466859b4a4b24b3e7fce2753'),
  ('restore_sessions_batch', 'procedure', '48e30e0fe6d806dbcfd0c6c2fe986cc01326db363ee721b252254bb51396a54c'),
  ('restore_sessions', 'procedure', '48cee4ef3f100cb8145ae26e343b105bb9cc91aaff253b2f8f2b56bc8bcd565c'),
  ('CLEANUP_BACKLOG_SESSIONS', 'view', 'ec576b8f69edf04072adf3069ac7d730daadb16eb18783bfb0dc794b7767b54e')
) AS x (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256)
LEFT JOIN dbo.CLEANUP_STORED AS k ON k.OBJECT_NAME = x.OBJECT_NAME AND k.OBJECT_KIND = x.OBJECT_KIND
LEFT JOIN dbo.CLEANUP_OBJECT AS o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
