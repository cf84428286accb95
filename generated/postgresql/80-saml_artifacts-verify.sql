-- Verification of cleanup_saml_artifacts: one row per object; "ok" in every row means that what is installed is what
-- the last installation put there, from these files: the bodies of routines, the texts of views, the columns of tables.
-- A user who may alter an object may alter the register too.
-- What all cleanups share is verified by 80-verify.sql.
-- @statement verify
SELECT x.object_name, x.object_kind,
  CASE
    WHEN o.object_name IS NULL OR k.stored_sha256 IS NULL THEN 'missing'
    WHEN o.artifact_sha256 <> x.artifact_sha256 THEN 'other version'
    WHEN o.stored_sha256 <> k.stored_sha256 THEN 'changed'
    ELSE 'ok'
  END AS state
FROM (VALUES
  ('cleanup_bak_idn_saml2_artifact_store', 'table', '8edbad7bc39eca33ff27175c9514049fd41a55040ef32c109af5252d4802d67a'),
  ('cleanup_saml_artifacts_proof', 'procedure', 'afc206a9b8a36ccf0b55cfb5320797f0ce985ef40c78272d60431ca75b9b367f'),
  ('cleanup_saml_artifacts', 'procedure', '09a27c43812fedca724aab0ee36967cfbb2563fa547f1657c98f6ab509c04f73'),
  ('restore_saml_artifacts', 'procedure', 'cc90be86d3876918ad3b2b3c2dca8457e618d2b5d5cb5e93c980b21812e6886b'),
  ('cleanup_backlog_saml_artifacts', 'function', 'db54f55616512ed6ee31e8a5e69ceabb382ad37cfdaf1deeac3e323be90731e8')
) x (object_name, object_kind, artifact_sha256)
LEFT JOIN public.cleanup_object o ON o.object_name = x.object_name AND o.object_kind = x.object_kind
LEFT JOIN public.cleanup_stored k ON k.object_name = x.object_name AND k.object_kind = x.object_kind;
-- @end
