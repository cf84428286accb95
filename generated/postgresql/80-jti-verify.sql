-- Verification of cleanup_jti: one row per object; "ok" in every row means that what is installed is what the last
-- installation put there, from these files: the bodies of routines, the texts of views, the columns of tables. A user
-- who may alter an object may alter the register too.
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
  ('cleanup_bak_idn_oidc_jti', 'table', 'e18aeaaeb8f9db556dccd047481db74de6c6c384c7eb7a5662b492068a09c257'),
  ('cleanup_jti_proof', 'procedure', 'ace8212e14218483a5b6e9a43323f127dd8d5a02e661ba0a94b432972dd781c5'),
  ('cleanup_jti', 'procedure', 'eab1d6a1aedefd0d9778ed164d9428e2ccb61796a989f70c893576e170407083'),
  ('restore_jti', 'procedure', 'eae3e95dd327830a161f559fe1d3fd069ffc4e9329923b0ed5a8e0afdeaa6c14'),
  ('cleanup_backlog_jti', 'function', 'e60c6e18fe53ef20c7b7eff5833a77329ba1ab06baef0819dea98d885565b32f')
) x (object_name, object_kind, artifact_sha256)
LEFT JOIN public.cleanup_object o ON o.object_name = x.object_name AND o.object_kind = x.object_kind
LEFT JOIN public.cleanup_stored k ON k.object_name = x.object_name AND k.object_kind = x.object_kind;
-- @end
