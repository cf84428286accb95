-- Verification of cleanup_tokens: one row per object; "ok" in every row means that what is installed is what the last
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
  ('CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN', 'table', 'b75cbecc68b8bc9dddee8c671cdba53ef91c51f548bdcfd2e6539df3fefa75ec'),
  ('CLEANUP_BAK_IDN_OAUTH2_AUTHORIZATION_CODE', 'table',
      'f0d48b999d9608b29a27284d30a89004bbafbbf680d0d8872f294532d0860a55'),
  ('CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_REFERENCE', 'table',
      'fae35ba6afcfe653a9d55258d6ead48601e45a5a10546340e5054fb832aab27b'),
  ('CLEANUP_BAK_IDN_OIDC_REQ_OBJECT_CLAIMS', 'table',
      '7f06642c5f71dcc27f8ee210df9137cdb8857286c406b657a60bbaad5731c339'),
  ('CLEANUP_BAK_IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'table',
      '76c9807dc658ece1b40c264c2037aac43be094cd02d940bd6765d529b075eb39'),
  ('CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'table',
      '0c96cc61dc647654331b8d836688fb46f8f0c897dc670e0607e086ea7a4c508e'),
  ('CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_AUDIT', 'table',
      'e120811968f2ad8527bae23eb710d9aeae1282b64e1d26448a1605b96a5b75d0'),
  ('cleanup_tokens_proof', 'procedure', '989a2cf77b749a600a036c2866a68f7c9088c54086786335fed681840f9ad454'),
  ('cleanup_tokens_batch', 'procedure', '4c96a15f13e9bc8d883ec334a8f0d59fb11e28a0e4b04b53ad9be4256b23c9f3'),
  ('cleanup_tokens', 'procedure', 'b1695e269b75e2a5c4ea288ef69de1cd82735b8235289c82967dbf6215f5022c'),
  ('restore_tokens_batch', 'procedure', '9213b1cf615d51f0a32520678a130d28cdbf54fdd38d4b82c00afd8e64616cb7'),
  ('restore_tokens', 'procedure', '4166644e9b6c5bb91d7895c83631c857038341a0bd5a82d4a2f9306f3ea3f6ed'),
  ('CLEANUP_BACKLOG_TOKENS', 'view', '4104048b8a0447d8f1ef270f1319bd3f753dc6859e144dc7c2e496b399ec881c')
) AS x (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256)
LEFT JOIN dbo.CLEANUP_STORED AS k ON k.OBJECT_NAME = x.OBJECT_NAME AND k.OBJECT_KIND = x.OBJECT_KIND
LEFT JOIN dbo.CLEANUP_OBJECT AS o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
