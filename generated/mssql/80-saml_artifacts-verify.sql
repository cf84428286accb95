-- Verification of cleanup_saml_artifacts: one row per object; "ok" in every row means that what is installed is what
-- the last installation put there, from these files. It needs VIEW DEFINITION on the database. A user who may alter an
-- object may alter the register too. What all cleanups share is verified by 80-verify.sql.
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
  ('CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE', 'table', '1cf5465eedd0870c65f4c7620ccc51d54de58d259341573074bc473bf663e9a3'),
  ('cleanup_saml_artifacts_proof', 'procedure', '58d40b2d95d59e8fec02c64d84b37dba5507d8ee699f982c56bb9cbdbd73d6d6'),
  ('cleanup_saml_artifacts_batch', 'procedure', '010ca27a9013adbebefa14c2d0f3d1eb91c8e691ab1352f7c6a06fffec9c1c60'),
  ('cleanup_saml_artifacts', 'procedure', '86942d2cbd17b196a547938bc316698489d968b8a60322086180ce20e865e832'),
  ('restore_saml_artifacts_batch', 'procedure', '86c4cf520b48f0e46ad219cf0d9a7f01892bf365d674cd87747c5e60989463e1'),
  ('restore_saml_artifacts', 'procedure', '44e6759a353e3ed6940a2dc55b94623e6dfd63b0446e83efa2e42518fe8f0b07'),
  ('CLEANUP_BACKLOG_SAML_ARTIFACTS', 'view', 'c12243f0ffbb35f3a75267bb4dff8e8f583334d903ce224d2fecb617725e9be9')
) AS x (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256)
LEFT JOIN dbo.CLEANUP_STORED AS k ON k.OBJECT_NAME = x.OBJECT_NAME AND k.OBJECT_KIND = x.OBJECT_KIND
LEFT JOIN dbo.CLEANUP_OBJECT AS o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
