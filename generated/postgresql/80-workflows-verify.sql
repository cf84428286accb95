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
  ('cleanup_bak_wf_request', 'table', '9c4e8d5ca5122b7e7b3f7cf319e620eab3d1e8b25051a0e43eb8df59ad6cc0c7',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_wf_request' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_wf_workflow_request_relation', 'table', '294c3c3452b6964fbe34017bb159418461f574f913a8cbb6b661dcfc1ff51362',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_wf_workflow_request_relation' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_wf_request_entity_relationship', 'table', '76f91cbd1792974b36e9401d422fc775f95a14f154ffad6cfae31073df6f911f',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_wf_request_entity_relationship' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_workflows', 'procedure', '1bea69a58e69922ca80a8f3b665a52f6083505ce42dd18fcba7b5631c18a7ea8',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid), 'UTF8')), 'hex')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proname = 'cleanup_workflows')),
  ('restore_workflows', 'procedure', '63be0e5d89146e8c2ce1b34a848021f7efb02f58d473a3e0e4f0637069cb2dd7',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid), 'UTF8')), 'hex')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proname = 'restore_workflows')),
  ('cleanup_backlog_workflows', 'view', '9d17449bde168ad587ce3ea4010f1b344fb43ead861ad1f40b3aa3d59ff443db',
   (SELECT encode(sha256(convert_to(replace(pg_get_viewdef(c.oid), quote_ident(n.nspname) || '.', ''), 'UTF8')), 'hex')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_backlog_workflows' AND c.relkind = 'v'))
) x (object_name, object_kind, artifact_sha256, stored_sha256)
LEFT JOIN public.cleanup_object o ON o.object_name = x.object_name AND o.object_kind = x.object_kind;
-- @end
