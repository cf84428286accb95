-- Verification of cleanup_jti: one row per object; "ok" in every row means that what is installed is what the last
-- installation put there, from these files. It needs VIEW DEFINITION on the database. A user who may alter an object
-- may alter the register too. What all cleanups share is verified by 80-verify.sql.
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
  ('CLEANUP_BAK_IDN_OIDC_JTI', 'table', '858c123abdcbb183819c258e62276634c7f25daf17df13ce0049dbb595e5adb9'),
  ('cleanup_jti_proof', 'procedure', 'e8999b0f7cb7cfdd10dbe2bc7dc9f990f8222643b4158f41f05f65ffcd637cb4'),
  ('cleanup_jti_batch', 'procedure', '679bf7fafd7c37af291bfb4d143c68a097372521e830838005e5e8f91d4e7a56'),
  ('cleanup_jti', 'procedure', 'fffd8719e4776a22c4c0581b3960e66a6b17f861511aece74cbf5c585613c658'),
  ('restore_jti_batch', 'procedure', '200f0a9dd126ba8e20848ed03cb87c7494b179d4b4bc555221048beed9055933'),
  ('restore_jti', 'procedure', 'f14670e813b5f42a65c040f3a9e1483b297883bfe63a87e1ccc1cd75f06f1ce9'),
  ('CLEANUP_BACKLOG_JTI', 'view', '100b2629ae024825e86fe30d26b87b9b02f3cd32bf3a786ec5c2e687cc8f7313')
) AS x (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256)
LEFT JOIN dbo.CLEANUP_STORED AS k ON k.OBJECT_NAME = x.OBJECT_NAME AND k.OBJECT_KIND = x.OBJECT_KIND
LEFT JOIN dbo.CLEANUP_OBJECT AS o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
