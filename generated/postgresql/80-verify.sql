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
  ('cleanup_run_proof', 'table', '54e8e212ebc44a4bb8f6337ea67a050d96787020a2c3cf1ea77470a4aee1692d'),
  ('cleanup_source_v4', 'type', 'e9c1a063bdef39aefbaac1327cd650c72833803250852a885f9fa8443cfbb803'),
  ('cleanup_state_v4', 'type', '56fbd3e1d846b3e8201146c32db514b361e1f54e2eac7d90b312d0a72ce8349b'),
  ('cleanup_number', 'function', '6df8e725f9cf9a3add585eba034a73f3e72637bd3ed8bcb8359196e4864489d6'),
  ('cleanup_misfit', 'function', 'd2a54deab5094de7f011fa6ca0631bec8030a6e0dace2ae3c961d92f91f55c6a'),
  ('cleanup_take_lock', 'procedure', '48a2675a709e7269e6c7d005f72eed3d896592c1e5d11efe30c4132192a41fff'),
  ('cleanup_begin', 'procedure', 'a1df9c33237794d4c547e7c94d893110677d25441c6d8858cd4064f53b97a65a'),
  ('cleanup_settings', 'function', 'f440034fee7b6311607a5445c928750877a525fbac8e369bf4d884ea91207e20'),
  ('cleanup_open', 'procedure', '4ebf72efaae6ece9fbc701f8b57f21a1e29c1326cce72036bfe02cc447745d21'),
  ('cleanup_listed', 'procedure', '5e9eca23d260d7651c675535d5cc4742cd1bd4078d6f2d8104dc9fda18084c62'),
  ('cleanup_look', 'procedure', '867521d3696905766ae0787f883b57b2cfddc8e8e6b1cb5551c5f956dbc23944'),
  ('cleanup_next', 'procedure', '82fc23b087fcee3ba980a297b3b2fea497c29a339a890d9d10dd2643316584ae'),
  ('cleanup_done', 'procedure', 'fafb11aae3051f9d395f98ce046b26847c9d7bfb501ee9420b24022283d9d489'),
  ('cleanup_followed', 'procedure', 'dd4ecd26ea8e15c91f02caf3c137e058d67b3e53031c807583fb6093dfb3a798'),
  ('cleanup_failed', 'procedure', 'a6b97dace4d48606a6f9e31311926382c9559537c2e9a2b88065fce9ffb2fc6d'),
  ('cleanup_prune', 'procedure', 'afe8fa53992071a1f425baaacd12603ce1cdc160df9bf4696c96eece8b46c6fd'),
  ('cleanup_prove', 'procedure', '67dbbcad539bd244220d512712f11133de09754aaed03a8c814e96c01ac43158'),
  ('cleanup_end', 'procedure', '511b5472087fe74d920155a0cd845f33f2d0fa05a12b727a19ff5c082ba6c0ad'),
  ('cleanup_begin_restore', 'procedure', 'bbf3afefe8274fa3d0420bf42b717315cc04cff10faf3a886e10a643e0a80973'),
  ('cleanup_kept_parts', 'function', '9992131b8a7ce5fc84c6ec107421e90d4ff67ddf25da78f5ac2f89be686339f0'),
  ('cleanup_put_back', 'procedure', '2facdddc657e0bfdc01f33b2594669e10da6f0beb0674266bbb5ba2e621544fd'),
  ('cleanup_end_restore', 'procedure', '7df6dac76b371696a21034b1fdaf373ae1613ef1910502ef8b1bad73cfc65476')
) x (object_name, object_kind, artifact_sha256)
LEFT JOIN public.cleanup_object o ON o.object_name = x.object_name AND o.object_kind = x.object_kind
LEFT JOIN public.cleanup_stored k ON k.object_name = x.object_name AND k.object_kind = x.object_kind;
-- @end
