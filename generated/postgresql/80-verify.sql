-- Verification of what all cleanups share: one row per object; "ok" in every row means that what is installed is what
-- the last installation put there, from these files: the bodies of routines, the texts of views, the columns of tables.
-- A user who may alter an object may alter the register too.
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
  ('cleanup_signature', 'table', '7ba7c40c25f3b66bd1a2b8b7418fecfe2fdb4b7c23383b55e3afa6c0c3be7ba8'),
  ('cleanup_stored', 'view', '173e16cf89aa4736de9cdd8cc20ce2afe42ffc1a174c3cd8c62319a36ee8fde0'),
  ('cleanup_register', 'procedure', '530bf9f8f86807522ba61addded6f4568a35fc2ced09a0d0689e993a9aa8c816'),
  ('cleanup_lock', 'table', 'a4f1ce27f06d47a0149dd2194c3e3fce0b86cd7d8450012e733b17d4f54a1237'),
  ('cleanup_position', 'table', 'cc8d0b6348a2acf17cd23befa3bf99ce0b017d22332890113d29c9a4e5747dcd'),
  ('cleanup_run_error', 'table', '203064d14f2c13b44db6a4d774a1bb956691454a16cca6db56ee5e94329dc063'),
  ('cleanup_run_rest', 'table', '18cb5becfba7d5bbc009cee4e34609333eecd11ecd5c100298484c88746900d7'),
  ('cleanup_source_v3', 'type', '32aa97866bba76705e702dd5d157573530d6c9d02d66b51ea6135613a155c358'),
  ('cleanup_state_v3', 'type', 'e581dab6f0cf7aba509228076d995f5a7b231fa9b87acbdc4c11f50ad4179156'),
  ('cleanup_number', 'function', 'cd4915b0afe5886cca366f9ddfffaaf1916b175a017be794b6ef491d0c96cd1a'),
  ('cleanup_misfit', 'function', '4220e92078c5df400c67ca45210f11bbfc46bc84f9106d2639f448cb7f59501f'),
  ('cleanup_take_lock', 'procedure', 'ef8f0a795ea861dfbd6c564eee07660557f18e8b68aed1e124c81275ba81696b'),
  ('cleanup_begin', 'procedure', 'a1048d7f61451237066b0bc76099f814267c3b31c5e5b0ffbb04b31fb16c95a3'),
  ('cleanup_settings', 'function', '9137c54e73317373da069f437ca8a18c3f76ae8cfce8d7a851f6f74327347dc6'),
  ('cleanup_open', 'procedure', 'dc584425a65e46a3b5c95489d4bbe7725678f6492bde2058f1b4189581e59a6c'),
  ('cleanup_listed', 'procedure', 'b7033a03d6ec95fa02f62846eb377485c0b011941a0ca6c54d003cd835cfd56a'),
  ('cleanup_look', 'procedure', 'ef3f97ec0a7c3f44ff89bda480f16e335a7d4214b2d5b6ce6e1d0f22e5764dac'),
  ('cleanup_next', 'procedure', '6c80860ee053b20a4b81fb2f212d1908e8328a00949e1f00c2cf07349b77f74e'),
  ('cleanup_done', 'procedure', '6ae6f9bf15e4cdccc66e54830b558939e6f6b6ad66661a980a94f12a19976b08'),
  ('cleanup_followed', 'procedure', 'bc9f08b2d4f01cc394d1babb6d6163132c6ba37b794296a161f45a1b1a2cfd0d'),
  ('cleanup_failed', 'procedure', 'b265a8a935ac03a0588e30a6568fd86616282e7d4f754011ec151c44cd7d439c'),
  ('cleanup_prune', 'procedure', 'd62147da8bdc3c227b248107c03470806af9f1abb779d95d23e2e34ab4be19ee'),
  ('cleanup_end', 'procedure', 'de455c5f020622df34ae128c780d21fc9ab66370f2e2591e845021d295b375b7'),
  ('cleanup_begin_restore', 'procedure', 'bed03c8cf2da5f47eeb37c9d8d60c1bcd519c9429be6b350a434a7614d44ae57'),
  ('cleanup_kept_parts', 'function', '9992131b8a7ce5fc84c6ec107421e90d4ff67ddf25da78f5ac2f89be686339f0'),
  ('cleanup_put_back', 'procedure', '2facdddc657e0bfdc01f33b2594669e10da6f0beb0674266bbb5ba2e621544fd'),
  ('cleanup_end_restore', 'procedure', '7df6dac76b371696a21034b1fdaf373ae1613ef1910502ef8b1bad73cfc65476')
) x (object_name, object_kind, artifact_sha256)
LEFT JOIN public.cleanup_object o ON o.object_name = x.object_name AND o.object_kind = x.object_kind
LEFT JOIN public.cleanup_stored k ON k.object_name = x.object_name AND k.object_kind = x.object_kind;
-- @end
