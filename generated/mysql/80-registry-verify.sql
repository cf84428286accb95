-- Verification of cleanup_registry: one row per object; "ok" in every row means that what is installed is what the last
-- installation put there, from these files: the bodies of routines, the texts of views, the columns of tables. A user
-- who may alter an object may alter the register too.
-- What all cleanups share is verified by 80-verify.sql.
-- @statement verify
SELECT x.OBJECT_NAME, x.OBJECT_KIND,
  CASE
    WHEN o.OBJECT_NAME IS NULL OR k.STORED_SHA256 IS NULL THEN 'missing'
    WHEN CAST(o.ARTIFACT_SHA256 AS BINARY) <> CAST(x.ARTIFACT_SHA256 AS BINARY) THEN 'other version'
    WHEN CAST(o.STORED_SHA256 AS BINARY) <> CAST(k.STORED_SHA256 AS BINARY) THEN 'changed'
    ELSE 'ok'
  END AS STATE
FROM (
  SELECT 'CLEANUP_DEAD_REG_RESOURCE' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '75db777e7e056305abef2fded16e9837033e55787739097ec5f2af87c9d14ef2' AS ARTIFACT_SHA256 UNION ALL
  SELECT 'CLEANUP_DEAD_REG_LOG_SUPERSEDED', 'table',
      '7cc13d2453025d65de8f4236cede41a30952f8ebf121bcbd72bc1036c9488225' UNION ALL
  SELECT 'CLEANUP_DEAD_REG_LOG_DELETED', 'table',
      '69250a2d8911dd1052b0bea328febe19410cc85eef945b346638946e5811c9d0' UNION ALL
  SELECT 'CLEANUP_BAK_REG_RESOURCE', 'table',
      'a60c79797300ec73f216fb765fc1b31cb7422f1332887d3a4f5cedd69781c4b3' UNION ALL
  SELECT 'CLEANUP_BAK_REG_PROPERTY', 'table',
      'e931740274797d63b6bea6667a3908d7ac6f227a83770d38937c33232aefc73b' UNION ALL
  SELECT 'CLEANUP_BAK_REG_RESOURCE_PROPERTY', 'table',
      '187157a2f511719717209eec09d2ea48130669f1707cbcc0dcf06d2b0476f529' UNION ALL
  SELECT 'CLEANUP_BAK_REG_LOG', 'table', 'c3334212a45f03a00143bc9696a313a7882b7161198fd86481101e097b101a00' UNION ALL
  SELECT 'CLEANUP_BAK_REG_TAG', 'table', '31869c5542ae2c2053703d2a5410ddc351b2bc94769826217d15ffc52ee7992c' UNION ALL
  SELECT 'CLEANUP_BAK_REG_RESOURCE_TAG', 'table',
      'a1f4765c0b31b5618c56facbd277dea2694b17bc1143b609c27f6ad41c2b2f87' UNION ALL
  SELECT 'cleanup_registry_proof', 'procedure',
      'acfaeadc17671e78e8b29f262dfb0701758de613625bcaf0fe66382dc6d31eb4' UNION ALL
  SELECT 'cleanup_registry', 'procedure', '4fd48f62fe12f3ff5a5a6e0ac2fa37110e1d681e3a51c1eea85bafcc1dfd87d9' UNION ALL
  SELECT 'cleanup_registry_dry_run', 'procedure',
      '10c0b2bb5a5a1330fc6b343c474d42de47f71617407e6454e141a931138935f6' UNION ALL
  SELECT 'restore_registry', 'procedure', '82ac8eeaa3cc61593b5f01b682971074dd160c99e721ea677e7767ec92c890f6' UNION ALL
  SELECT 'CLEANUP_BACKLOG_REGISTRY', 'view', '81ac627b8a03f0d0f2e191fc9ee440ff00539c104276419ab54b4928fd5b9e49'
) x
-- Two words of which each has the collation of another session are compared as bytes
LEFT JOIN CLEANUP_STORED k ON k.OBJECT_NAME = x.OBJECT_NAME
  AND CAST(k.OBJECT_KIND AS BINARY) = CAST(x.OBJECT_KIND AS BINARY)
LEFT JOIN CLEANUP_OBJECT o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
-- @end
