-- Verification of cleanup_confirmation_codes: one row per object; "ok" in every row means that what is installed is
-- what the last installation put there, from these files. It needs VIEW DEFINITION on the database. A user who may
-- alter an object may alter the register too. What all cleanups share is verified by 80-verify.sql.
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
  ('CLEANUP_BAK_IDN_RECOVERY_DATA', 'table', '886278a3b4ea4cfcb833f0b797456d5f8c50319e8aaf31c1e3a928e232935177'),
  ('cleanup_confirmation_codes_proof', 'procedure', 'b4ca1540b122261765e5db074df1f34ce91e51568c99f7f748c057cfc3abf2ce'),
  ('cleanup_confirmation_codes_batch', 'procedure', '829384ecac02350421b3862597ef0a1dd75ae6b7d56f9ab793d40bd54b201520'),
  ('cleanup_confirmation_codes', 'procedure', '7b4b62eb851e2a43449ce14232fdf67cc3a5a1a31d28ce578f6d9cf4c8d9a0e7'),
  ('restore_confirmation_codes_batch', 'procedure', 'd8fedf8008673e732ebc47de6c88c5997e438d9df9c83d919dab3c3f15292be5'),
  ('restore_confirmation_codes', 'procedure', '0a8e3e879ccd6db8fcf564555cfa1b3c679072d5f658bf814cf369979f72ce9e'),
  ('CLEANUP_BACKLOG_CONFIRMATION_CODES', 'view', 'f99dd84a3f89d37934116a81d6ca3048e8463c17d7ec2c674952a3e5249663fb')
) AS x (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256)
LEFT JOIN dbo.CLEANUP_STORED AS k ON k.OBJECT_NAME = x.OBJECT_NAME AND k.OBJECT_KIND = x.OBJECT_KIND
LEFT JOIN dbo.CLEANUP_OBJECT AS o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
