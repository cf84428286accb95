-- Verification of cleanup_workflows: one row per object; "ok" in every row means that what is installed is what the
-- last installation put there, from these files: the bodies of routines, the texts of views, the columns of tables. A
-- user who may alter an object may alter the register too.
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
  ('cleanup_bak_wf_request', 'table', 'cd38a3bf68b15564096d20df0f691c1b175a14ab5fe838a357f0c647559cd114'),
  ('cleanup_bak_wf_workflow_request_relation', 'table',
      'a0e5a06dd63106af667e322f842252a0a8e93f886ea23a74a4fc7ab046ac6955'),
  ('cleanup_bak_wf_request_entity_relationship', 'table',
      'ca4dd252a7eee7b9e72a470adf43611b9a04bc45f42f33acee4a35a386c7d5c1'),
  ('cleanup_workflows_proof', 'procedure', '5d4b8e443059f672ab532c0a900f736d44fd5b1988ba132f6d6142d604a65086'),
  ('cleanup_workflows', 'procedure', '9891ea73e9782f36457228e79e193ec6094dc25decb35f26535e5846b46a3854'),
  ('restore_workflows', 'procedure', '6dc7230d93a4fa0c4b8bc2f77ade80beacd9ac8e2ecc425cc1997476f1529ff6'),
  ('cleanup_backlog_workflows', 'function', 'fe34429d97674adaa68057045c157a07b125ac24bba06517b26d53cbc41e72aa')
) x (object_name, object_kind, artifact_sha256)
LEFT JOIN public.cleanup_object o ON o.object_name = x.object_name AND o.object_kind = x.object_kind
LEFT JOIN public.cleanup_stored k ON k.object_name = x.object_name AND k.object_kind = x.object_kind;
-- @end
