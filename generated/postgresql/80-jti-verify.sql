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
  ('cleanup_jti', 'procedure', '2f89914ed7b41bff2137514ec12f898c1c970c81682b9df5e9b797df58452fb9'),
  ('restore_jti', 'procedure', 'c69daf22addcf7dfa8e43ce9b5312a4bdf47fba94a5ff14292b32660aa8aad8b'),
  ('cleanup_backlog_jti', 'function', 'e60c6e18fe53ef20c7b7eff5833a77329ba1ab06baef0819dea98d885565b32f')
) x (object_name, object_kind, artifact_sha256)
LEFT JOIN public.cleanup_object o ON o.object_name = x.object_name AND o.object_kind = x.object_kind
LEFT JOIN public.cleanup_stored k ON k.object_name = x.object_name AND k.object_kind = x.object_kind;
-- @end
