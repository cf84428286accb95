-- Verification: one row per object; "ok" in every row means that what is installed is what was reviewed.
-- @statement verify
SELECT x.object_name, x.object_kind,
  CASE
    WHEN o.object_name IS NULL OR x.stored_sha256 IS NULL THEN 'missing'
    WHEN o.artifact_sha256 <> x.artifact_sha256 THEN 'other version'
    WHEN o.stored_sha256 <> x.stored_sha256 THEN 'changed'
    ELSE 'ok'
  END AS state
FROM (VALUES
  ('cleanup_setting', 'table', 'c0b0fa0c9fd0abeebcc8ffe941cf9ed0b0204df04dd5663e9b7c9151ee442e96',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_setting' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_run', 'table', 'b3f4494a6e0d2ec956a3a801d710e5a5f3971cc00d0c6612129e8b2bfaec702d',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_run' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_run_step', 'table', '5b2f3d4423581189abb913a91ed4e6b9b03ed2547470a9c2c27047dfa3702437',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_run_step' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_run_reason', 'table', 'ceecc0106cbffa45e515ca2bbbfa892481e60261ba7eb64f549b2ce77c92ff41',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_run_reason' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_object', 'table', '49ec9fa54543f51908ac218f5fcd0a70d1f9dbe68c843249021ba169a9b5b1b3',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_object' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_oauth2_access_token', 'table', 'd4e89ebcd3a31a1b9db2b44d6c9ffb931e043b659a2dfca6cb4919078791d7e2',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_oauth2_access_token' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_oauth2_authorization_code', 'table', '32921585b551f0430df0c56ba71d4a008d7e3c48eaf55a6f69139e7f03d1f9bc',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_oauth2_authorization_code' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_oidc_req_object_reference', 'table', '764d463b9842ffc40fef74194491edd61d96f26f72d971b0ab73a61da2703df6',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_oidc_req_object_reference' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_oidc_req_object_claims', 'table', '679409e87a5fb8f7d5d2ae3217656d4c46f7c4280acb5a999b6c3cff369dcd55',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_oidc_req_object_claims' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_oidc_req_obj_claim_values', 'table', '4acbe428353fa9be3c3739a30ca6ee3fd61b93c1c78273727d1fc3d7e6f0174b',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_oidc_req_obj_claim_values' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_oauth2_access_token_scope', 'table', '70d69da492035c032edfba64517c3846ef1923ea7f564d5e3cb1c1fe241eea7c',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_oauth2_access_token_scope' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_oauth2_access_token_audit', 'table', 'd3ea59d8c591c485665aa6a0bfa99079f781c8817cc8877522e3f6eae6ca871a',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_oauth2_access_token_audit' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_tokens', 'procedure', 'e5bfbfa59e8ca43b59a3c3e780fbbd8b796398a1ba764791ce85553134f153ba',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid), 'UTF8')), 'hex')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proname = 'cleanup_tokens')),
  ('restore_tokens', 'procedure', 'a85684a9f34299475afe540451a919bd202c6bf5e725b7a5a4b345fe6e25cec7',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid), 'UTF8')), 'hex')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proname = 'restore_tokens')),
  ('cleanup_backlog_tokens', 'view', '3bf95c79928033c376003e3db02537ead0b27e77cc8ebb3d63254e381db34fe6',
   (SELECT encode(sha256(convert_to(replace(pg_get_viewdef(c.oid), quote_ident(n.nspname) || '.', ''), 'UTF8')), 'hex')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_backlog_tokens' AND c.relkind = 'v'))
) x (object_name, object_kind, artifact_sha256, stored_sha256)
LEFT JOIN public.cleanup_object o ON o.object_name = x.object_name AND o.object_kind = x.object_kind;
-- @end
