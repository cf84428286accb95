-- Verification of cleanup_wait_statuses: one row per object; "ok" in every row means that what is installed is what the
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
  ('cleanup_bak_idn_auth_wait_status', 'table', 'ee9ea4a8bac753c60799f86aa160cb8a25aa030a8c3343a739d18f84348df010'),
  ('cleanup_wait_statuses_proof', 'procedure', 'df67904a27d622c903ad30bc94c4156432a2fc07b4e35a46a9462edbf8e910e3'),
  ('cleanup_wait_statuses', 'procedure', '163f6083024045314c38921d821707f94489582fa253bc30194ec95ac9d23866'),
  ('restore_wait_statuses', 'procedure', 'a2abf6086193cd72cdf5e3e24f96550db4713e03c01cc7b407e55e7d827d1b19'),
  ('cleanup_backlog_wait_statuses', 'function', '145d40e8282de9a991ee7372a84e46ba4e81c6be39ac71b465eba8f75beb914c')
) x (object_name, object_kind, artifact_sha256)
LEFT JOIN public.cleanup_object o ON o.object_name = x.object_name AND o.object_kind = x.object_kind
LEFT JOIN public.cleanup_stored k ON k.object_name = x.object_name AND k.object_kind = x.object_kind;
-- @end
