-- What our T-SQL names of the server itself, so that it can be bound without a server: catalog views, information
-- schema,
-- system procedures and those of Agent. Columns and parameters stand as on the page that each names, below
-- https://learn.microsoft.com/en-us/sql/relational-databases/, without those that came after 2016 or are Azure's alone.
-- Views stand here as tables, and [msdb.dbo] is the schema dbo of the database msdb.
CREATE SCHEMA [msdb.dbo];
GO

-- system-catalog-views/sys-objects-transact-sql
CREATE TABLE sys.objects (
  name sysname NOT NULL, object_id INT NOT NULL, principal_id INT NULL, schema_id INT NOT NULL,
  parent_object_id INT NOT NULL, type CHAR(2) NULL, type_desc NVARCHAR(60) NULL, create_date DATETIME NOT NULL,
  modify_date DATETIME NOT NULL, is_ms_shipped BIT NULL, is_published BIT NULL, is_schema_published BIT NULL);
GO
-- system-catalog-views/sys-partitions-transact-sql
CREATE TABLE sys.partitions (
  partition_id BIGINT NOT NULL, object_id INT NOT NULL, index_id INT NOT NULL, partition_number INT NOT NULL,
  hobt_id BIGINT NOT NULL, rows BIGINT NULL, filestream_filegroup_id SMALLINT NOT NULL, data_compression TINYINT NOT NULL,
  data_compression_desc NVARCHAR(60) NULL);
GO
-- system-catalog-views/sys-allocation-units-transact-sql
CREATE TABLE sys.allocation_units (
  allocation_unit_id BIGINT NOT NULL, type TINYINT NOT NULL, type_desc NVARCHAR(60) NULL, container_id BIGINT NOT NULL,
  data_space_id INT NULL, total_pages BIGINT NOT NULL, used_pages BIGINT NOT NULL, data_pages BIGINT NOT NULL);
GO
-- system-catalog-views/sys-tables-transact-sql
CREATE TABLE sys.tables (
  name sysname NOT NULL, object_id INT NOT NULL, principal_id INT NULL, schema_id INT NOT NULL,
  parent_object_id INT NOT NULL, type CHAR(2) NULL, type_desc NVARCHAR(60) NULL, create_date DATETIME NOT NULL,
  modify_date DATETIME NOT NULL, is_ms_shipped BIT NULL, is_published BIT NULL, is_schema_published BIT NULL,
  lob_data_space_id INT NULL, filestream_data_space_id INT NULL, max_column_id_used INT NULL,
  lock_on_bulk_load BIT NULL,
  uses_ansi_nulls BIT NULL, is_replicated BIT NULL, has_replication_filter BIT NULL, is_merge_published BIT NULL,
  is_sync_tran_subscribed BIT NULL, has_unchecked_assembly_data BIT NULL, text_in_row_limit INT NULL,
  large_value_types_out_of_row BIT NULL, is_tracked_by_cdc BIT NULL, lock_escalation TINYINT NULL,
  lock_escalation_desc NVARCHAR(60) NULL, is_filetable BIT NULL, durability TINYINT NULL,
  durability_desc NVARCHAR(60) NULL,
  is_memory_optimized BIT NULL, temporal_type TINYINT NULL, temporal_type_desc NVARCHAR(60) NULL,
  history_table_id INT NULL,
  is_remote_data_archive_enabled BIT NULL, is_external BIT NULL);
GO
-- system-catalog-views/sys-columns-transact-sql
CREATE TABLE sys.columns (
  object_id INT NOT NULL, name sysname NULL, column_id INT NOT NULL, system_type_id TINYINT NOT NULL,
  user_type_id INT NOT NULL, max_length SMALLINT NOT NULL, precision TINYINT NOT NULL, scale TINYINT NOT NULL,
  collation_name sysname NULL, is_nullable BIT NULL, is_ansi_padded BIT NOT NULL, is_rowguidcol BIT NOT NULL,
  is_identity BIT NOT NULL, is_computed BIT NOT NULL, is_filestream BIT NOT NULL, is_replicated BIT NULL,
  is_non_sql_subscribed BIT NULL, is_merge_published BIT NULL, is_dts_replicated BIT NULL, is_xml_document BIT NOT NULL,
  xml_collection_id INT NOT NULL, default_object_id INT NOT NULL, rule_object_id INT NOT NULL, is_sparse BIT NULL,
  is_column_set BIT NULL, generated_always_type TINYINT NULL, generated_always_type_desc NVARCHAR(60) NULL,
  encryption_type INT NULL, encryption_type_desc NVARCHAR(64) NULL, encryption_algorithm_name sysname NULL,
  column_encryption_key_id INT NULL, column_encryption_key_database_name sysname NULL, is_hidden BIT NULL,
  is_masked BIT NULL);
GO
-- system-dynamic-management-views/sys-dm-os-performance-counters-transact-sql
CREATE TABLE sys.dm_os_performance_counters (
  object_name NCHAR(128) NOT NULL, counter_name NCHAR(128) NOT NULL, instance_name NCHAR(128) NULL,
  cntr_value BIGINT NOT NULL, cntr_type INT NOT NULL);
GO
-- system-dynamic-management-views/sys-dm-exec-sessions-transact-sql; the columns that are named
CREATE TABLE sys.dm_exec_sessions (
  session_id SMALLINT NOT NULL, status NVARCHAR(30) NOT NULL, is_user_process BIT NOT NULL);
GO
-- system-dynamic-management-views/sys-dm-hadr-database-replica-states-transact-sql; the columns that are named
CREATE TABLE sys.dm_hadr_database_replica_states (
  database_id INT NOT NULL, group_id UNIQUEIDENTIFIER NOT NULL, replica_id UNIQUEIDENTIFIER NOT NULL,
  is_local BIT NOT NULL, secondary_lag_seconds BIGINT NULL);
GO
-- system-dynamic-management-views/sys-dm-hadr-availability-replica-cluster-states-transact-sql; the columns that are named
CREATE TABLE sys.dm_hadr_availability_replica_cluster_states (
  replica_id UNIQUEIDENTIFIER NULL, replica_server_name NVARCHAR(256) NULL);
GO
-- system-catalog-views/sys-sql-modules-transact-sql
CREATE TABLE sys.sql_modules (
  object_id INT NOT NULL, definition NVARCHAR(MAX) NULL, uses_ansi_nulls BIT NULL, uses_quoted_identifier BIT NULL,
  is_schema_bound BIT NULL, uses_database_collation BIT NULL, is_recompiled BIT NULL, null_on_null_input BIT NULL,
  execute_as_principal_id INT NULL, uses_native_compilation BIT NULL);
GO
-- system-catalog-views/sys-indexes-transact-sql
CREATE TABLE sys.indexes (
  object_id INT NOT NULL, name sysname NULL, index_id INT NOT NULL, type TINYINT NOT NULL, type_desc NVARCHAR(60) NULL,
  is_unique BIT NULL, data_space_id INT NULL, ignore_dup_key BIT NULL, is_primary_key BIT NULL,
  is_unique_constraint BIT NULL, fill_factor TINYINT NOT NULL, is_padded BIT NULL, is_disabled BIT NULL,
  is_hypothetical BIT NULL, allow_row_locks BIT NULL, allow_page_locks BIT NULL, has_filter BIT NULL,
  filter_definition NVARCHAR(MAX) NULL);
GO
-- system-catalog-views/sys-index-columns-transact-sql
CREATE TABLE sys.index_columns (
  object_id INT NOT NULL, index_id INT NOT NULL, index_column_id INT NOT NULL, column_id INT NOT NULL,
  key_ordinal TINYINT NOT NULL, partition_ordinal TINYINT NOT NULL, is_descending_key BIT NULL,
  is_included_column BIT NULL);
GO
-- system-catalog-views/sys-foreign-keys-transact-sql
CREATE TABLE sys.foreign_keys (
  name sysname NOT NULL, object_id INT NOT NULL, principal_id INT NULL, schema_id INT NOT NULL,
  parent_object_id INT NOT NULL, type CHAR(2) NULL, type_desc NVARCHAR(60) NULL, create_date DATETIME NOT NULL,
  modify_date DATETIME NOT NULL, is_ms_shipped BIT NULL, is_published BIT NULL, is_schema_published BIT NULL,
  referenced_object_id INT NULL, key_index_id INT NULL, is_disabled BIT NULL, is_not_for_replication BIT NULL,
  is_not_trusted BIT NULL, delete_referential_action TINYINT NULL, delete_referential_action_desc NVARCHAR(60) NULL,
  update_referential_action TINYINT NULL, update_referential_action_desc NVARCHAR(60) NULL, is_system_named BIT NULL);
GO
-- system-catalog-views/sys-foreign-key-columns-transact-sql
CREATE TABLE sys.foreign_key_columns (
  constraint_object_id INT NOT NULL, constraint_column_id INT NOT NULL, parent_object_id INT NOT NULL,
  parent_column_id INT NOT NULL, referenced_object_id INT NOT NULL, referenced_column_id INT NOT NULL);
GO
-- system-catalog-views/sys-key-constraints-transact-sql
CREATE TABLE sys.key_constraints (
  name sysname NOT NULL, object_id INT NOT NULL, principal_id INT NULL, schema_id INT NOT NULL,
  parent_object_id INT NOT NULL, type CHAR(2) NULL, type_desc NVARCHAR(60) NULL, create_date DATETIME NOT NULL,
  modify_date DATETIME NOT NULL, is_ms_shipped BIT NULL, is_published BIT NULL, is_schema_published BIT NULL,
  unique_index_id INT NULL, is_system_named BIT NULL);
GO
-- system-catalog-views/sys-security-predicates-transact-sql
CREATE TABLE sys.security_predicates (
  object_id INT NOT NULL, security_predicate_id INT NOT NULL, target_object_id INT NOT NULL,
  predicate_definition NVARCHAR(MAX) NULL, predicate_type INT NULL, predicate_type_desc NVARCHAR(60) NULL,
  operation INT NULL, operation_desc NVARCHAR(60) NULL);
GO
-- system-catalog-views/sys-security-policies-transact-sql
CREATE TABLE sys.security_policies (
  name sysname NOT NULL, object_id INT NOT NULL, principal_id INT NULL, schema_id INT NOT NULL,
  parent_object_id INT NOT NULL, type VARCHAR(2) NULL, type_desc NVARCHAR(60) NULL, create_date DATETIME NOT NULL,
  modify_date DATETIME NOT NULL, is_ms_shipped BIT NULL, is_enabled BIT NOT NULL, is_not_for_replication BIT NOT NULL,
  uses_database_collation BIT NULL, is_schemabinding_enabled BIT NULL);
GO
-- system-catalog-views/sys-triggers-transact-sql
CREATE TABLE sys.triggers (
  name sysname NOT NULL, object_id INT NOT NULL, parent_class TINYINT NOT NULL, parent_class_desc NVARCHAR(60) NULL,
  parent_id INT NOT NULL, type CHAR(2) NOT NULL, type_desc NVARCHAR(60) NULL, create_date DATETIME NOT NULL,
  modify_date DATETIME NOT NULL, is_ms_shipped BIT NOT NULL, is_disabled BIT NOT NULL,
  is_not_for_replication BIT NOT NULL,
  is_instead_of_trigger BIT NOT NULL);
GO
-- system-catalog-views/sys-synonyms-transact-sql
CREATE TABLE sys.synonyms (
  name sysname NOT NULL, object_id INT NOT NULL, principal_id INT NULL, schema_id INT NOT NULL,
  parent_object_id INT NOT NULL, type CHAR(2) NULL, type_desc NVARCHAR(60) NULL, create_date DATETIME NOT NULL,
  modify_date DATETIME NOT NULL, is_ms_shipped BIT NULL, is_published BIT NULL, is_schema_published BIT NULL,
  base_object_name NVARCHAR(1035) NULL);
GO
-- system-catalog-views/sys-database-permissions-transact-sql
CREATE TABLE sys.database_permissions (
  class TINYINT NOT NULL, class_desc NVARCHAR(60) NULL, major_id INT NOT NULL, minor_id INT NOT NULL,
  grantee_principal_id INT NOT NULL, grantor_principal_id INT NOT NULL, type CHAR(4) NOT NULL,
  permission_name NVARCHAR(128) NULL, state CHAR(1) NOT NULL, state_desc NVARCHAR(60) NULL);
GO

-- system-information-schema-views/columns-transact-sql
CREATE TABLE INFORMATION_SCHEMA.COLUMNS (
  TABLE_CATALOG NVARCHAR(128) NULL, TABLE_SCHEMA NVARCHAR(128) NULL, TABLE_NAME NVARCHAR(128) NOT NULL,
  COLUMN_NAME NVARCHAR(128) NULL, ORDINAL_POSITION INT NULL, COLUMN_DEFAULT NVARCHAR(4000) NULL,
  IS_NULLABLE VARCHAR(3) NULL, DATA_TYPE NVARCHAR(128) NULL, CHARACTER_MAXIMUM_LENGTH INT NULL,
  CHARACTER_OCTET_LENGTH INT NULL, NUMERIC_PRECISION TINYINT NULL, NUMERIC_PRECISION_RADIX SMALLINT NULL,
  NUMERIC_SCALE INT NULL, DATETIME_PRECISION SMALLINT NULL, CHARACTER_SET_CATALOG NVARCHAR(128) NULL,
  CHARACTER_SET_SCHEMA NVARCHAR(128) NULL, CHARACTER_SET_NAME NVARCHAR(128) NULL, COLLATION_CATALOG NVARCHAR(128) NULL,
  COLLATION_SCHEMA NVARCHAR(128) NULL, COLLATION_NAME NVARCHAR(128) NULL, DOMAIN_CATALOG NVARCHAR(128) NULL,
  DOMAIN_SCHEMA NVARCHAR(128) NULL, DOMAIN_NAME NVARCHAR(128) NULL);
GO
-- system-information-schema-views/tables-transact-sql
CREATE TABLE INFORMATION_SCHEMA.TABLES (
  TABLE_CATALOG NVARCHAR(128) NULL, TABLE_SCHEMA NVARCHAR(128) NULL, TABLE_NAME sysname NOT NULL,
  TABLE_TYPE VARCHAR(10) NULL);
GO
-- system-information-schema-views/routines-transact-sql: of its columns those up to ROUTINE_DEFINITION
CREATE TABLE INFORMATION_SCHEMA.ROUTINES (
  SPECIFIC_CATALOG NVARCHAR(128) NULL, SPECIFIC_SCHEMA NVARCHAR(128) NULL, SPECIFIC_NAME NVARCHAR(128) NOT NULL,
  ROUTINE_CATALOG NVARCHAR(128) NULL, ROUTINE_SCHEMA NVARCHAR(128) NULL, ROUTINE_NAME NVARCHAR(128) NOT NULL,
  ROUTINE_TYPE NVARCHAR(20) NULL, MODULE_CATALOG NVARCHAR(128) NULL, MODULE_SCHEMA NVARCHAR(128) NULL,
  MODULE_NAME NVARCHAR(128) NULL, UDT_CATALOG NVARCHAR(128) NULL, UDT_SCHEMA NVARCHAR(128) NULL,
  UDT_NAME NVARCHAR(128) NULL,
  DATA_TYPE NVARCHAR(128) NULL, ROUTINE_BODY NVARCHAR(30) NULL, ROUTINE_DEFINITION NVARCHAR(4000) NULL);
GO

-- system-stored-procedures/sp-getapplock-transact-sql
CREATE PROCEDURE sys.sp_getapplock
  @Resource NVARCHAR(255), @LockMode VARCHAR(32), @LockOwner VARCHAR(32) = 'Transaction', @LockTimeout INT = NULL,
  @DbPrincipal sysname = 'public'
AS RETURN 0;
GO
-- system-stored-procedures/sp-releaseapplock-transact-sql
CREATE PROCEDURE sys.sp_releaseapplock
  @Resource NVARCHAR(255), @LockOwner NVARCHAR(32) = 'Transaction', @DbPrincipal sysname = 'public'
AS RETURN 0;
GO
-- system-stored-procedures/sp-executesql-transact-sql; what comes behind these two is checked with the text itself
CREATE PROCEDURE sys.sp_executesql @stmt NVARCHAR(MAX), @params NVARCHAR(MAX) = NULL
AS RETURN 0;
GO
-- system-functions/sys-fn-hadr-is-primary-replica-transact-sql
CREATE FUNCTION sys.fn_hadr_is_primary_replica (@dbname sysname) RETURNS BIT
AS BEGIN RETURN 1; END;
GO

-- system-tables/dbo-sysjobs-transact-sql; the view shows those of them that the caller may see, and has no page of its
-- own
CREATE TABLE [msdb.dbo].sysjobs_view (
  job_id UNIQUEIDENTIFIER NOT NULL, originating_server_id INT NOT NULL, name sysname NOT NULL, enabled TINYINT NOT NULL,
  description NVARCHAR(512) NULL, start_step_id INT NOT NULL, category_id INT NOT NULL,
  owner_sid VARBINARY(85) NOT NULL,
  notify_level_eventlog INT NOT NULL, notify_level_email INT NOT NULL, notify_level_netsend INT NOT NULL,
  notify_level_page INT NOT NULL, notify_email_operator_id INT NOT NULL, notify_netsend_operator_id INT NOT NULL,
  notify_page_operator_id INT NOT NULL, delete_level INT NOT NULL, date_created DATETIME NOT NULL,
  date_modified DATETIME NOT NULL, version_number INT NOT NULL);
GO
-- system-stored-procedures/sp-add-job-transact-sql
CREATE PROCEDURE [msdb.dbo].sp_add_job
  @job_name NVARCHAR(128), @enabled TINYINT = 1, @description NVARCHAR(512) = NULL, @start_step_id INT = 1,
  @category_name sysname = NULL, @category_id INT = NULL, @owner_login_name sysname = NULL,
  @notify_level_eventlog INT = 2, @notify_level_email INT = 0, @notify_level_netsend INT = 0,
  @notify_level_page INT = 0,
  @notify_email_operator_name sysname = NULL, @notify_netsend_operator_name sysname = NULL,
  @notify_page_operator_name sysname = NULL, @delete_level INT = 0, @job_id UNIQUEIDENTIFIER = NULL OUTPUT
AS RETURN 0;
GO
-- system-stored-procedures/sp-add-jobstep-transact-sql
CREATE PROCEDURE [msdb.dbo].sp_add_jobstep
  @job_id UNIQUEIDENTIFIER = NULL, @job_name sysname = NULL, @step_id INT = NULL, @step_name sysname,
  @subsystem NVARCHAR(40) = N'TSQL', @command NVARCHAR(MAX) = NULL, @additional_parameters NVARCHAR(MAX) = NULL,
  @cmdexec_success_code INT = 0, @on_success_action TINYINT = 1, @on_success_step_id INT = 0,
  @on_fail_action TINYINT = 2,
  @on_fail_step_id INT = 0, @server NVARCHAR(30) = NULL, @database_name sysname = NULL,
  @database_user_name sysname = NULL,
  @retry_attempts INT = 0, @retry_interval INT = 0, @os_run_priority INT = 0, @output_file_name NVARCHAR(200) = NULL,
  @flags INT = 0, @proxy_id INT = NULL, @proxy_name sysname = NULL
AS RETURN 0;
GO
-- system-stored-procedures/sp-add-jobschedule-transact-sql
CREATE PROCEDURE [msdb.dbo].sp_add_jobschedule
  @job_id UNIQUEIDENTIFIER = NULL, @job_name NVARCHAR(128) = NULL, @name NVARCHAR(128), @enabled TINYINT = 1,
  @freq_type INT = 0, @freq_interval INT = 0, @freq_subday_type INT = 0, @freq_subday_interval INT = 0,
  @freq_relative_interval INT = 0, @freq_recurrence_factor INT = 0, @active_start_date INT = NULL,
  @active_end_date INT = NULL, @active_start_time INT = NULL, @active_end_time INT = NULL,
  @schedule_id INT = NULL OUTPUT,
  @schedule_uid UNIQUEIDENTIFIER = NULL OUTPUT
AS RETURN 0;
GO
-- system-stored-procedures/sp-add-jobserver-transact-sql
CREATE PROCEDURE [msdb.dbo].sp_add_jobserver
  @job_id UNIQUEIDENTIFIER = NULL, @job_name sysname = NULL, @server_name NVARCHAR(30) = N'(LOCAL)'
AS RETURN 0;
GO
-- system-stored-procedures/sp-delete-job-transact-sql
CREATE PROCEDURE [msdb.dbo].sp_delete_job
  @job_id UNIQUEIDENTIFIER = NULL, @job_name sysname = NULL, @originating_server NVARCHAR(30) = NULL,
  @delete_history BIT = 1, @delete_unused_schedule BIT = 1
AS RETURN 0;
GO
-- system-stored-procedures/sp-help-jobstep-transact-sql
CREATE PROCEDURE [msdb.dbo].sp_help_jobstep
  @job_id UNIQUEIDENTIFIER = NULL, @job_name sysname = NULL, @step_id INT = NULL, @step_name sysname = NULL,
  @suffix BIT = 0
AS RETURN 0;
GO
-- system-stored-procedures/sp-help-jobschedule-transact-sql
CREATE PROCEDURE [msdb.dbo].sp_help_jobschedule
  @job_id UNIQUEIDENTIFIER = NULL, @job_name sysname = NULL, @schedule_name sysname = NULL, @schedule_id INT = NULL,
  @include_description BIT = 0
AS RETURN 0;
GO
