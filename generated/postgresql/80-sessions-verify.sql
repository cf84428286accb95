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
  ('cleanup_list_idn_auth_temp_session_store', 'table', '537545369742c76db2f5b22b2f8a95e7d780993c1cf96b3fbe46f808e7f741b2',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_list_idn_auth_temp_session_store' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_list_idn_auth_session_store', 'table', 'eab916941059880d5da62b6e73e59795434c06beb90fce40c7c78b2be6df3ddb',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_list_idn_auth_session_store' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_sighting_idn_auth_user_session_mapping', 'table', 'bc902ef337d073681efd9c0e018e0684fb6f3d0fcf093dff557a20f3c95881ca',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_sighting_idn_auth_user_session_mapping' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_sighting_idn_auth_session_app_info', 'table', '5df93767eb6f091e5578172c1a6836a4f526d1d68ab76c29f4df937b83a94512',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_sighting_idn_auth_session_app_info' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_sighting_idn_auth_session_meta_data', 'table', '9852889713dbe76aada840af772507efa5cf853c46c23ef9cca65d46a1c2483b',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_sighting_idn_auth_session_meta_data' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_auth_temp_session_store', 'table', 'a00cd9086eeb1ec0114e49a98c3dfd78473dccc30c0182617f8e76aa9a66a701',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_auth_temp_session_store' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_auth_session_store', 'table', 'eea4faa1edaa8ea47607d8f160e753ddff67254de9eef0690acbbf5b39393eef',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_auth_session_store' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_auth_user_session_mapping', 'table', 'a5989eeb009a9e841069ecd9febc679f7c12e34f0c636460f48a2eeb9a5f8a38',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_auth_user_session_mapping' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_auth_session_app_info', 'table', '08d2e313450ee71622d3f8ff127e69c55a4a874d441ba60ba38e25b487b4ccb2',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_auth_session_app_info' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_bak_idn_auth_session_meta_data', 'table', 'c8d2f903966f7a868407501d325d3b3c9afdebb679f4e434f895b2e5a04ccbb4',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum), 'UTF8')), 'hex')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_bak_idn_auth_session_meta_data' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)),
  ('cleanup_sessions', 'procedure', '43c7dcf9b91c6c73aa0dad7f0c665b01a3dc72b289cf34a8a3cf270c1d031b81',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid), 'UTF8')), 'hex')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proname = 'cleanup_sessions')),
  ('restore_sessions', 'procedure', '7959a467ec1d44c507f2247a9ee89d6b10af6f10c426742478621e37a2082dae',
   (SELECT encode(sha256(convert_to(string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid), 'UTF8')), 'hex')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proname = 'restore_sessions')),
  ('cleanup_backlog_sessions', 'view', '4c89fac13651c8e0f7ecaafb94b5e289615f509ca60e904dd194fbe4b1d1b91a',
   (SELECT encode(sha256(convert_to(replace(pg_get_viewdef(c.oid), quote_ident(n.nspname) || '.', ''), 'UTF8')), 'hex')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'cleanup_backlog_sessions' AND c.relkind = 'v'))
) x (object_name, object_kind, artifact_sha256, stored_sha256)
LEFT JOIN public.cleanup_object o ON o.object_name = x.object_name AND o.object_kind = x.object_kind;
-- @end
