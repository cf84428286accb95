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
  ('cleanup_stored', 'view', '173e16cf89aa4736de9cdd8cc20ce2afe42ffc1a174c3cd8c62319a36ee8fde0'),
  ('cleanup_register', 'procedure', '530bf9f8f86807522ba61addded6f4568a35fc2ced09a0d0689e993a9aa8c816'),
  ('cleanup_lock', 'table', 'a4f1ce27f06d47a0149dd2194c3e3fce0b86cd7d8450012e733b17d4f54a1237'),
  ('cleanup_position', 'table', 'cc8d0b6348a2acf17cd23befa3bf99ce0b017d22332890113d29c9a4e5747dcd'),
  ('cleanup_run_error', 'table', '203064d14f2c13b44db6a4d774a1bb956691454a16cca6db56ee5e94329dc063'),
  ('cleanup_source_v2', 'type', '8e6a35c2ad2be74f0bc48a63551f6da99dcc45d94a85590d5828abb901ab8de7'),
  ('cleanup_state_v2', 'type', '25e31c8c5fdda6d41705fff4bd516c1eb4ad431171a2d2ac071e1912ef387736'),
  ('cleanup_number', 'function', '2f63ef27b94b7fcfcb00fef0e8bc242995c7713a74911c83c09052c3b32e2454'),
  ('cleanup_misfit', 'function', '2de45fb3e84e24333dc24bba5b1442482737e2834c84b526d7df920a8fa43680'),
  ('cleanup_take_lock', 'procedure', '108dd1e08203c5b80036a4aed1292b5139b03d3de2a4c614d24aa07cfcf7696a'),
  ('cleanup_begin', 'procedure', '071b283f0cde94956bc7c793b54942e7f932254269912ba4038b5ba90432f0c5'),
  ('cleanup_settings', 'function', 'b858a1f522df79570b2e0f6a84b63db84be1c31e61c1a9aa91475767081ba09d'),
  ('cleanup_open', 'procedure', 'c60df2bf1e596301f5176d2166f22eb3841fe1a5d1218c4ba4f48e03bea04c81'),
  ('cleanup_listed', 'procedure', 'dff50ff13c06dc47956970bc8bbfd0a019ff310ee95504757989c138246da3a0'),
  ('cleanup_next', 'procedure', '7acfd9b59556f63c12c73b72a8187c3e086f9d7b963a6917646694a76842817a'),
  ('cleanup_done', 'procedure', '34c65126084d8354e1e61ebd617e0b6df8efd9918d656cfd13f73c23f3f86e41'),
  ('cleanup_followed', 'procedure', 'c54d702d79073c54bb8af3dbc3b88e9aa39511a4a1b27c555e41d09ce2269f2d'),
  ('cleanup_failed', 'procedure', '130992e1064817bb82d604aa3e453fa2bd930f1769781baae5d592f63d854da6'),
  ('cleanup_prune', 'procedure', 'e59fb9034c2fc1af1ffb42fa236b13ccf18bf5c25ee27dadcfa573018bade9d4'),
  ('cleanup_end', 'procedure', '8a7602deefb8b07ff03c907a12701b4e9e01ef4b8b93e6091947ecdd53c5bbb7'),
  ('cleanup_begin_restore', 'procedure', '3e29e634625c6ac83a3f12e8894cf494f11d1bea3d6089a9b8f4d6c2395e4860'),
  ('cleanup_kept_parts', 'function', '9992131b8a7ce5fc84c6ec107421e90d4ff67ddf25da78f5ac2f89be686339f0'),
  ('cleanup_put_back', 'procedure', '2facdddc657e0bfdc01f33b2594669e10da6f0beb0674266bbb5ba2e621544fd'),
  ('cleanup_end_restore', 'procedure', '7df6dac76b371696a21034b1fdaf373ae1613ef1910502ef8b1bad73cfc65476')
) x (object_name, object_kind, artifact_sha256)
LEFT JOIN public.cleanup_object o ON o.object_name = x.object_name AND o.object_kind = x.object_kind
LEFT JOIN public.cleanup_stored k ON k.object_name = x.object_name AND k.object_kind = x.object_kind;
-- @end
