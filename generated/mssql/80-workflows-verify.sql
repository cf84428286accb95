-- Verification: one row per object; "ok" in every row means that what is installed is what was reviewed.
-- @statement verify
SELECT x.OBJECT_NAME, x.OBJECT_KIND,
  CASE
    WHEN o.OBJECT_NAME IS NULL OR k.STORED_SHA256 IS NULL THEN 'missing'
    WHEN o.ARTIFACT_SHA256 <> x.ARTIFACT_SHA256 THEN 'other version'
    WHEN o.STORED_SHA256 <> k.STORED_SHA256 THEN 'changed'
    ELSE 'ok'
  END AS STATE
FROM (VALUES
  ('CLEANUP_SETTING', 'table', '9e717a081976212b1b12c49c2c9b2f5188d2029bb26fcb9fdf35dd274cca7726'),
  ('CLEANUP_RUN', 'table', 'eeacfe666a5ef0724039af7d9fa75cc4ec46c31b25de84db20b4a1603eea88c0'),
  ('CLEANUP_RUN_STEP', 'table', '207fcf3090ad1388e07a140e5f8163e73dd78c92bb0b0ce0df6f67de7a3bf329'),
  ('CLEANUP_RUN_REASON', 'table', '47421b68276cbde2c8c12851159446f2190a21b378675d295eb6d6c381ef90dc'),
  ('CLEANUP_OBJECT', 'table', '4533249bb53b0180f2e8b6d9c3843d50703a443125e190475574f2f8ba892992'),
  ('CLEANUP_BAK_WF_REQUEST', 'table', '863aaaf696b5304ceb9f07cb8a6965e9e9e80a1fab248d01d7e4bdb95202de85'),
  ('CLEANUP_BAK_WF_WORKFLOW_REQUEST_RELATION', 'table',
      'b47ec2b182acb5efc5ffca91a1adb83e64130d771b74132eaee2510277eda9c5'),
  ('CLEANUP_BAK_WF_REQUEST_ENTITY_RELATIONSHIP', 'table',
      '97165a30e14245ac8e2a9e57ab173b3ab57d0c187faf8d5afc7b07a50d3d15e5'),
  ('cleanup_workflows', 'procedure', '315d69f4914948b40a1e7c44312a687121cb755aa6a2fe861ca3ce0657e687d5'),
  ('restore_workflows', 'procedure', '947c420333416b5e0ca6f3280a1976156f1422b0492420f843a29998f2c2587e'),
  ('CLEANUP_BACKLOG_WORKFLOWS', 'view', '5705130f80d9bd4f4a288a6e666a7d071ef1ad32fc56d3dfb04afe1b26e329c7')
) AS x (OBJECT_NAME, OBJECT_KIND, ARTIFACT_SHA256)
LEFT JOIN (
  SELECT b.name AS OBJECT_NAME, CASE b.type WHEN 'V' THEN 'view' ELSE 'procedure' END AS OBJECT_KIND,
    CONVERT(CHAR(64), HASHBYTES('SHA2_256', m.definition), 2) AS STORED_SHA256
  FROM sys.sql_modules AS m
  JOIN sys.objects AS b ON b.object_id = m.object_id
  WHERE b.schema_id = SCHEMA_ID('dbo') AND b.type IN ('P', 'V')
  UNION ALL
  SELECT b.name AS OBJECT_NAME, 'table' AS OBJECT_KIND,
      CONVERT(CHAR(64), HASHBYTES('SHA2_256', y.columns), 2) AS STORED_SHA256
  FROM sys.tables AS b
  CROSS APPLY (
    SELECT (
      SELECT CONCAT(c.column_id, ' ', c.name, ' ', c.user_type_id, ' ', c.max_length, ' ', c.precision, ' ',
        c.scale, ',')
      FROM sys.columns AS c
      WHERE c.object_id = b.object_id
      ORDER BY c.column_id FOR XML PATH('')) AS columns) AS y
  WHERE b.schema_id = SCHEMA_ID('dbo')
) AS k ON k.OBJECT_NAME = x.OBJECT_NAME AND k.OBJECT_KIND = x.OBJECT_KIND
LEFT JOIN dbo.CLEANUP_OBJECT AS o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
GO
-- @end
