-- Verification of cleanup_sessions: one row per object; "ok" in every row means that what is installed is what the last
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
  ('cleanup_dead_idn_auth_temp_session_store', 'table',
      'b58a79a34b4dec826fb51e0abf58966c5d93d1d7518bc591993ca63054df9342'),
  ('cleanup_dead_idn_auth_session_store', 'table', '285763fd44cd6ec99776439dee7cc64091eaa15bd8000de8751c1bc87863f037'),
  ('cleanup_sighting_idn_auth_user_session_mapping', 'table',
      'bc902ef337d073681efd9c0e018e0684fb6f3d0fcf093dff557a20f3c95881ca'),
  ('cleanup_sighting_idn_auth_session_app_info', 'table',
      '5df93767eb6f091e5578172c1a6836a4f526d1d68ab76c29f4df937b83a94512'),
  ('cleanup_sighting_idn_auth_session_meta_data', 'table',
      '9852889713dbe76aada840af772507efa5cf853c46c23ef9cca65d46a1c2483b'),
  ('cleanup_bak_idn_auth_temp_session_store', 'table',
      '2fec5ad52a3b828db1a7dbc2ad10d443e4add639f3c7696d4b3ff4a33670f3fd'),
  ('cleanup_bak_idn_auth_session_store', 'table', 'd11625c340fba9eda1acb623d61974440d70429f3c06058a4b6e82dd2c8f835a'),
  ('cleanup_bak_idn_auth_user_session_mapping', 'table',
      '13593349f09ad0d1702db8a5d6341a0beb46d26a390c55f996701faede6576ec'),
  ('cleanup_bak_idn_auth_session_app_info', 'table',
      '94ab07ca145ed6a23e8bd7952fcbee38f3a8099bf6f70df792faa56e111425ba'),
  ('cleanup_bak_idn_auth_session_meta_data', 'table',
      'c8a3eb79222021af32c141f04c9e705d1f78e26ae78fcbecbc528eb7304e2c76'),
  ('cleanup_sessions_proof', 'procedure', 'e10b3b8fe5b9db221472914bc0af6b3b9c26e48aefddfbc1a35986299481bfc7'),
  ('cleanup_sessions', 'procedure', '92c3e5cc86617447e232c552fd4da25b0067abe10bb1cd053b3e3b1794fde6d4'),
  ('restore_sessions', 'procedure', '76175cbe4b575e90df4c66d26cd8445ddcbdd34fabf92ec874c06f34700b83f2'),
  ('cleanup_backlog_sessions', 'function', '8d96cc66718b59c5962cfda10edd950f12cbbeb3e400ce20eb87555c91770f49')
) x (object_name, object_kind, artifact_sha256)
LEFT JOIN public.cleanup_object o ON o.object_name = x.object_name AND o.object_kind = x.object_kind
LEFT JOIN public.cleanup_stored k ON k.object_name = x.object_name AND k.object_kind = x.object_kind;
-- @end
