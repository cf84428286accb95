-- Verification: one row per object; "ok" in every row means that what is installed is what was reviewed.
-- @statement verify
SELECT x.object_name, x.object_kind,
  CASE
    WHEN o.object_name IS NULL OR k.stored_sha256 IS NULL THEN 'missing'
    WHEN o.artifact_sha256 <> x.artifact_sha256 THEN 'other version'
    WHEN o.stored_sha256 <> k.stored_sha256 THEN 'changed'
    ELSE 'ok'
  END AS state
FROM (VALUES
  ('cleanup_setting', 'table', '72df0355bfc4475373252a3cf8a35e5f3396fff486efb4a9cfcac1fd8dfb3c9d'),
  ('cleanup_run', 'table', 'b3f4494a6e0d2ec956a3a801d710e5a5f3971cc00d0c6612129e8b2bfaec702d'),
  ('cleanup_run_step', 'table', '5b2f3d4423581189abb913a91ed4e6b9b03ed2547470a9c2c27047dfa3702437'),
  ('cleanup_run_reason', 'table', 'ceecc0106cbffa45e515ca2bbbfa892481e60261ba7eb64f549b2ce77c92ff41'),
  ('cleanup_object', 'table', '49ec9fa54543f51908ac218f5fcd0a70d1f9dbe68c843249021ba169a9b5b1b3'),
  ('cleanup_lock', 'table', 'a4f1ce27f06d47a0149dd2194c3e3fce0b86cd7d8450012e733b17d4f54a1237'),
  ('cleanup_position', 'table', 'cc8d0b6348a2acf17cd23befa3bf99ce0b017d22332890113d29c9a4e5747dcd'),
  ('cleanup_run_error', 'table', '203064d14f2c13b44db6a4d774a1bb956691454a16cca6db56ee5e94329dc063'),
  ('cleanup_source_v1', 'type', '3767ecef3773eaf850137fe95714e69184f538e1d3c7e242734c5290ececa210'),
  ('cleanup_state_v1', 'type', '52a090734a4b91b6cbca9dec89ddecc9753d2626d08292efbad17751687da7d6'),
  ('cleanup_number', 'function', '25592017788498cfc9ffe60a7c763e5394d85f81a0e3d171cd697d6550f84a41'),
  ('cleanup_misfit', 'function', '8f6b3d346e12386a24d6b6b2494c7d2a2d17e506f14182908d6e502174ef72ae'),
  ('cleanup_begin', 'procedure', 'a26eb5b826cc03d71708d0428747106c2283912e403b37c98225cea76a062006'),
  ('cleanup_settings', 'function', 'b858a1f522df79570b2e0f6a84b63db84be1c31e61c1a9aa91475767081ba09d'),
  ('cleanup_open', 'procedure', '97b70c42b2833ab8d97e903c44d827915b3f826f70a9b455f19e96caf2796502'),
  ('cleanup_listed', 'procedure', '3016cfc50841e1c052a90e0c3eef9fb95400c180689ef645affb2509157517c8'),
  ('cleanup_next', 'procedure', 'bc1340b11926b29d2fa8ba844a718bfbd54b92573fb1c572e73265dfc5195e0e'),
  ('cleanup_done', 'procedure', 'eabddb5fd1074f00c1220fd7953d036c91abf02406a924452b87dbcb323abf9c'),
  ('cleanup_followed', 'procedure', '0db488eb3a3c0bfe34997f5dec86d57c5345442719a9d68b90c852d8911d487e'),
  ('cleanup_failed', 'procedure', '1764dbd965452b6c57f6947ee6a16e35799660e3a72d1e8365d4a270f5bb61fa'),
  ('cleanup_prune', 'procedure', 'feea3530d72e758bc8aa74469d6f534f860d4edc8ee0352c0c02e1c37f4c4288'),
  ('cleanup_end', 'procedure', '9e7e81f6e607dea29c58ec05667821ce533f9fdc779968c527dfa86559d13877'),
  ('cleanup_bak_wf_request', 'table', 'cd38a3bf68b15564096d20df0f691c1b175a14ab5fe838a357f0c647559cd114'),
  ('cleanup_bak_wf_workflow_request_relation', 'table',
      'a0e5a06dd63106af667e322f842252a0a8e93f886ea23a74a4fc7ab046ac6955'),
  ('cleanup_bak_wf_request_entity_relationship', 'table',
      'ca4dd252a7eee7b9e72a470adf43611b9a04bc45f42f33acee4a35a386c7d5c1'),
  ('cleanup_workflows', 'procedure', '0ab8ff6c4d60982c0741947592749bd45917db98f8541e9962ab85f4d6177608'),
  ('restore_workflows', 'procedure', '6ede33238d0c404f1624e87e9fbfdd8606ecbd8be40041487d499c735d07f3ca'),
  ('cleanup_backlog_workflows', 'function', '09c487949803da650f73e3b2dfb5439ea67770bab53dadf6055c3889f71f9cf8')
) x (object_name, object_kind, artifact_sha256)
LEFT JOIN (
  SELECT p.proname AS object_name,
    CASE WHEN bool_or(p.prokind = 'p') THEN 'procedure' ELSE 'function' END AS object_kind,
    encode(sha256(convert_to(string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid),
        'UTF8')), 'hex') AS stored_sha256
  FROM pg_proc p
  JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = 'public'
  GROUP BY p.proname
  UNION ALL
  SELECT c.relname AS object_name, CASE c.relkind WHEN 'r' THEN 'table' ELSE 'type' END AS object_kind,
    encode(sha256(convert_to(string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ','
        ORDER BY a.attnum), 'UTF8')), 'hex') AS stored_sha256
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'c') AND a.attnum > 0 AND NOT a.attisdropped
  GROUP BY c.oid, c.relname, c.relkind
) k ON k.object_name = x.object_name AND k.object_kind = x.object_kind
LEFT JOIN public.cleanup_object o ON o.object_name = x.object_name AND o.object_kind = x.object_kind;
-- @end
