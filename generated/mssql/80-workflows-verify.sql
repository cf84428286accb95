-- Verification of cleanup_workflows: one row per object; "ok" in every row means that what is installed is what the
-- last installation put there, from these files. It needs VIEW DEFINITION on the database. A user who may alter an
-- object may alter the register too. What all cleanups share is verified by 80-verify.sql.
-- @statement verify
SELECT x.OBJECT_NAME, x.OBJECT_KIND,
  CASE
    WHEN k.STORED_SHA256 IS NULL AND ISNULL(HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'VIEW DEFINITION'), 0) = 0
    THEN 'missing, or hidden from you'
    WHEN o.OBJECT_NAME IS NULL OR k.STORED_SHA256 IS NULL THEN 'missing'
    WHEN o.ARTIFACT_SHA256 <> x.ARTIFACT_SHA256 THEN 'other version'
    WHEN o.STORED_SHA256 <> k.STORED_SHA256 THEN 'changed'
    ELSE 'ok'
  END AS STATE
FROM (VALUES
  ('CLEANUP_BAK_WF_REQUEST', 'table', '863aaaf696b5304ceb9f07cb8a6965e9e9e80a1fab248d01d7e4bdb95202de85'),
  ('CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION', 'table',
      'b47ec2b182acb5efc5ffca91a1adb83e64130d771b74132eaee2510277eda9c5'),
  ('CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP', 'table',
      '97165a30e14245ac8e2a9e57ab173b3ab57d0c187faf8d5afc7b07a50d3d15e5'),
  ('cleanup_workflows_proof', 'procedure', '1faac16248075d14df20cd7dfcde9eb187eb794bc686782f1d7cfe622d58089e'),
  ('cleanup_workflows_batch', 'procedure', 'f45c5bee746c24aac27079f58c4385d3a2ab01f9244d345e3434c1761a3c6f9c'),
  ('cleanup_workflows', 'procedure', '362749b8d00cc87489f521293cfd652b398362354cf585c5422049ba1200bf2e'),
  ('restore_workflows_batch', 'procedure', '12c07c50714ff6b3699589006c39c1279963916130bf40ef5fcc9c98e903343b'),
  ('restore_workflows', 'procedure', 'ce72d6b1bf54083946eaaa4d26348ba6975b135f04adebf0f06f97a0ec9c8b03'),
  ('CLEANUP_BACKLOG_WORKFLOWS', 'view', 'b97915363c1d4dfaa021870c00cee3aaa0aa130b36ab9f753492825eada5889c')
) AS x (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256)
LEFT JOIN dbo.CLEANUP_STORED AS k ON k.OBJECT_NAME = x.OBJECT_NAME AND k.OBJECT_KIND = x.OBJECT_KIND
LEFT JOIN dbo.CLEANUP_OBJECT AS o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
