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
  ('cleanup_bak_idn_recovery_data', 'table', '1cdc05dda6624b0740606cc800dac06a498c821e2654a6a8ae60e6f4416b722a',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_recovery_data' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_confirmation_codes', 'procedure', 'ec152a64dd8aa5905074e72c802f99239c8a039ed62c43f111ba0030c2384ca6',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid), 'UTF8')), 'hex')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proname = 'cleanup_confirmation_codes')),
  ('restore_confirmation_codes', 'procedure', '76f90d90c86f2fd91cd796065915bc10070f84b222096951712c1e429452cd8e',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid), 'UTF8')), 'hex')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proname = 'restore_confirmation_codes')),
  ('cleanup_backlog_confirmation_codes', 'view', '38e691b7cdf612a79dafc648594e8baaac86d228fe80ee1aa0adf2d4bb9913e1',
   (SELECT encode(sha256(convert_to(replace(pg_get_viewdef(c.oid), quote_ident(n.nspname) || '.', ''), 'UTF8')), 'hex')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_backlog_confirmation_codes' AND c.relkind = 'v'))
) x (object_name, object_kind, artifact_sha256, stored_sha256)
LEFT JOIN public.cleanup_object o ON o.object_name = x.object_name AND o.object_kind = x.object_kind;
-- @end
