-- Verification of cleanup_saml_artifacts: one row per object; "ok" in every row means that what is installed is what
-- the last installation put there, from these files; of a view, its length and its first 4000 bytes. A user who may
-- alter an object may alter the register too.
-- What all cleanups share is verified by 80-verify.sql.

-- For SQL*Plus and SQLcl: nothing is substituted, blank lines belong to statements, and the first error ends the file.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER SQLERROR EXIT FAILURE ROLLBACK

-- @statement verify
SELECT x.OBJECT_NAME, x.OBJECT_KIND,
  CASE
    WHEN o.OBJECT_NAME IS NULL OR k.STORED_SHA256 IS NULL THEN 'missing'
    WHEN o.ARTIFACT_SHA256 <> x.ARTIFACT_SHA256 THEN 'other version'
    WHEN o.STORED_SHA256 <> k.STORED_SHA256 THEN 'changed'
    ELSE 'ok'
  END AS STATE
FROM (
  SELECT 'CLEANUP_BAK_IDN_SAML2_ARTIFACT_STORE' AS OBJECT_NAME, 'table' AS OBJECT_KIND,
    '58394419741a7021a89816de88fd8e1f10c4b7ed12856ae963d02fda205326b9' AS ARTIFACT_SHA256 FROM DUAL UNION ALL
  SELECT 'cleanup_saml_artifacts_proof', 'procedure',
    '32486ace0da6d8e9d3ea25fc49a253bf417ad9a100a3f9cf990fe1e048fea5e4' FROM DUAL UNION ALL
  SELECT 'cleanup_saml_artifacts', 'procedure',
    'ec49d10b1b7bd5b5a35fefe4c9565a65e9e6089fc325d99941cf99ba2f30fce0' FROM DUAL UNION ALL
  SELECT 'restore_saml_artifacts', 'procedure',
    '0244d0a3f537da668e8ed52dcb770205e8769945bee8a37f3299011e987de59d' FROM DUAL UNION ALL
  SELECT 'CLEANUP_BACKLOG_SAML_ARTIFACTS', 'view',
    '00d8c3451e150ec50b0433b0f2893dc0e63747b6c1b7ab14fe3a80e008956d84' FROM DUAL
) x
LEFT JOIN CLEANUP_STORED k ON k.OBJECT_NAME = UPPER(x.OBJECT_NAME) AND k.OBJECT_KIND = x.OBJECT_KIND
LEFT JOIN CLEANUP_OBJECT o ON o.OBJECT_NAME = x.OBJECT_NAME AND o.OBJECT_KIND = x.OBJECT_KIND;
-- @end
