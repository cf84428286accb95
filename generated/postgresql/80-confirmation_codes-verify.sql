-- Verification of cleanup_confirmation_codes: one row per object; "ok" in every row means that what is installed is
-- what the last installation put there, from these files: the bodies of routines, the texts of views, the columns of
-- tables. A user who may alter an object may alter the register too.
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
  ('cleanup_bak_idn_recovery_data', 'table', 'c915a6d51a44c42509fbda71d1f822f67eaddf880080bca925a58235037f2306'),
  ('cleanup_confirmation_codes_proof', 'procedure', 'cac49e440fa29ffe7193ddb6bfa04abbdc8852202c61ae6ac947f13e91b3a402'),
  ('cleanup_confirmation_codes', 'procedure', '1b39ec8ca3a0bf53b97bc128ee33cd44eae5773b6a8abc99ce8a8bc2237bcb57'),
  ('restore_confirmation_codes', 'procedure', '16e3ee5f4e007b04d62f4fef00f602b6fd00576ec98335904a7b05937e1e6124'),
  ('cleanup_backlog_confirmation_codes', 'function', '7a7dacac7181a9ea7e6b738cff7e580d0a6786ebe29e6c1dce95d408e478188b')
) x (object_name, object_kind, artifact_sha256)
LEFT JOIN public.cleanup_object o ON o.object_name = x.object_name AND o.object_kind = x.object_kind
LEFT JOIN public.cleanup_stored k ON k.object_name = x.object_name AND k.object_kind = x.object_kind;
-- @end
