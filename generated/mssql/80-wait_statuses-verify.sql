-- Verification of cleanup_wait_statuses: one row per object; "ok" in every row means that what is installed is what the
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
  ('CLEANUP_BAK_IDN_AUTH_WAIT_STATUS', 'table', '5068a4a7eb9171fa5e63415fa00662e8d50be6de93b452303f6f6913a21dec41'),
  ('cleanup_wait_statuses_proof', 'procedure', '0feedbaefab22955676f1080f7d755e15b5887c2d56e0c78c3763421febf6288'),
  ('cleanup_wait_statuses_batch', 'procedure', 'ad5ce4527c1931153138c75cd320afd19f918035aa8095101cdcf592ea106116'),
  ('cleanup_wait_statuses', 'procedure', '9bbbc8e12db149dd33d794fbb57c41dce439e6b20a923fea6be4cd13169809b7'),
  ('restore_wait_statuses_batch', 'procedure', 'ad3dda5d66a9beac4cdc28ad8874a70875a2b0d37ff4a67aada0c55567fc0cda'),
  ('restore_wait_statuses', 'procedure', '9db64c400dcae299dfe61c3fb3394212ea1535b6ef72d39bbf760736b89dd66d'),
  ('CLEANUP_BACKLOG_WAIT_STATUSES', 'view', 'bf7d593f25165310ada09954bd5dd6f9ccd9499ade296005dee23c2a99e16d82')
) AS x (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256)
LEFT JOIN dbo.CLEANUP_STORED AS k ON k.OBJECT_NAME = x.OBJECT_NAME AND k.OBJECT_KIND = x.OBJECT_KIND
LEFT JOIN dbo.CLEANUP_OBJECT AS o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
