-- Verification of cleanup_tokens: one row per object; "ok" in every row means that what is installed is what the last
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
  ('cleanup_bak_idn_oauth2_access_token', 'table', 'b53723e324dad954892098ac1a39ad486436442da901673c74942502ad3b97b0'),
  ('cleanup_bak_idn_oauth2_authorization_code', 'table',
      'e4955f9e67e3ee6fe5d408c9207c92e702069d2ccf86fec0b0edbc175c4b0e3d'),
  ('cleanup_bak_idn_oidc_req_object_reference', 'table',
      '32a1a980c062762d6a87efd719477a2c5b881aff7ea3b345fbd1099f000b25f1'),
  ('cleanup_bak_idn_oidc_req_object_claims', 'table',
      'da5b1c94fd9378cf07451eb069531a0232421c0e7e3bbf36fa19b7c102cd7b9f'),
  ('cleanup_bak_idn_oidc_req_obj_claim_values', 'table',
      '617a517939e3905d097652855e82727db1ad224eba1d8bf4a4b65c1d310d467a'),
  ('cleanup_bak_idn_oauth2_access_token_scope', 'table',
      'eba63d13afaa041ae8a65f63bfaadf56bcccb6412bdfa6a855c88cce3452baef'),
  ('cleanup_bak_idn_oauth2_access_token_audit', 'table',
      '4ad56b198a1349a8363917e1895233d73eb309c26772459ef151a1b57e4ece2f'),
  ('cleanup_tokens_proof', 'procedure', '26dcf48b99dcc3bdfea51ec64b28d5a0eb5bcdc155c4e839ce1dbbfbf093e9e1'),
  ('cleanup_tokens', 'procedure', '8d5873ba2212ff6960362109115ed2e7d13fb1d77d580bb2c43fdeb96a5c0ecd'),
  ('restore_tokens', 'procedure', 'a5f945fc398c4508d325273b60630a9ae8a2287a536b37c5e0bc9f33ee72b6f3'),
  ('cleanup_backlog_tokens', 'function', '7be2fb72d46e06786d00172bd027c8283372f3efc1a496f4e1bcac5bdf34a95e')
) x (object_name, object_kind, artifact_sha256)
LEFT JOIN public.cleanup_object o ON o.object_name = x.object_name AND o.object_kind = x.object_kind
LEFT JOIN public.cleanup_stored k ON k.object_name = x.object_name AND k.object_kind = x.object_kind;
-- @end
