import type { TestDatabase } from '../support/engines/index.js';

// As far as msdb is used: the tables that a job is read from, and procedures that write what they are told there. An
// imitation of SQL Server has no Agent; the real one is never touched.
const batches: readonly string[] = [
  `CREATE TABLE dbo.sysjobs (job_id INT IDENTITY PRIMARY KEY, name SYSNAME, enabled TINYINT, description NVARCHAR(512),
     category SYSNAME, owner_sid VARBINARY(85), notify_level_eventlog INT, notify_level_email INT, operator SYSNAME NULL)`,
  `CREATE TABLE dbo.sysjobsteps (job_id INT, step_id INT, step_name SYSNAME, subsystem NVARCHAR(40), database_name SYSNAME,
     command NVARCHAR(MAX), on_success_action INT, on_fail_action INT, retry_attempts INT, retry_interval INT,
     last_run_date INT, last_run_time INT, last_run_outcome INT)`,
  `CREATE TABLE dbo.sysschedules (schedule_id INT IDENTITY PRIMARY KEY, name SYSNAME, enabled INT, freq_type INT, freq_interval INT,
     freq_subday_type INT, freq_subday_interval INT, freq_recurrence_factor INT, active_start_date INT, active_start_time INT)`,
  'CREATE TABLE dbo.sysjobschedules (job_id INT, schedule_id INT, next_run_date INT, next_run_time INT)',
  'CREATE TABLE dbo.sysjobservers (job_id INT, server_name SYSNAME)',
  'CREATE VIEW dbo.sysjobs_view AS SELECT * FROM dbo.sysjobs',
  `CREATE PROCEDURE dbo.sp_help_jobstep @job_name SYSNAME
   AS SELECT s.* FROM msdb.dbo.sysjobsteps s JOIN msdb.dbo.sysjobs j ON j.job_id = s.job_id
     WHERE j.name = @job_name ORDER BY s.step_id`,
  `CREATE PROCEDURE dbo.sp_help_jobschedule @job_name SYSNAME
   AS SELECT h.*, n.next_run_date, n.next_run_time FROM msdb.dbo.sysjobs j
     JOIN msdb.dbo.sysjobschedules n ON n.job_id = j.job_id JOIN msdb.dbo.sysschedules h ON h.schedule_id = n.schedule_id
     WHERE j.name = @job_name`,
  `CREATE PROCEDURE dbo.sp_add_job @job_name SYSNAME, @enabled TINYINT = 1, @description NVARCHAR(512) = NULL,
     @category_name SYSNAME = NULL, @owner_login_name SYSNAME = NULL, @notify_level_eventlog INT = 2,
     @notify_level_email INT = 0, @notify_email_operator_name SYSNAME = NULL
   AS BEGIN
     IF @notify_email_operator_name = N'nobody'
     BEGIN
       RAISERROR('The specified @notify_email_operator_name is invalid', 16, 1);
       RETURN 1;
     END;
     INSERT INTO msdb.dbo.sysjobs (name, enabled, description, category, owner_sid, notify_level_eventlog, notify_level_email,
       operator)
     VALUES (@job_name, @enabled, @description, @category_name, SUSER_SID(ISNULL(@owner_login_name, SUSER_SNAME())), @notify_level_eventlog,
       @notify_level_email, @notify_email_operator_name);
   END`,
  `CREATE PROCEDURE dbo.sp_add_jobstep @job_name SYSNAME, @step_id INT, @step_name SYSNAME, @subsystem NVARCHAR(40),
     @database_name SYSNAME, @command NVARCHAR(MAX), @on_success_action INT, @on_fail_action INT,
     @retry_attempts INT = 0, @retry_interval INT = 0
   AS INSERT INTO msdb.dbo.sysjobsteps
     SELECT job_id, @step_id, @step_name, @subsystem, @database_name, @command, @on_success_action, @on_fail_action,
       @retry_attempts, @retry_interval, 0, 0, 5
     FROM msdb.dbo.sysjobs WHERE name = @job_name`,
  `CREATE PROCEDURE dbo.sp_add_jobschedule @job_name SYSNAME, @name SYSNAME, @enabled INT = 1, @freq_type INT, @freq_interval INT = 1,
     @freq_recurrence_factor INT = 0, @freq_subday_type INT = 1, @freq_subday_interval INT = 0,
     @active_start_date INT, @active_start_time INT
   AS BEGIN
     INSERT INTO msdb.dbo.sysschedules (name, enabled, freq_type, freq_interval, freq_subday_type, freq_subday_interval,
       freq_recurrence_factor, active_start_date, active_start_time)
     VALUES (@name, @enabled, @freq_type, @freq_interval, @freq_subday_type, @freq_subday_interval,
       @freq_recurrence_factor, @active_start_date, @active_start_time);
     INSERT INTO msdb.dbo.sysjobschedules
     SELECT j.job_id, SCOPE_IDENTITY(), 20300101, 13000 FROM msdb.dbo.sysjobs j WHERE j.name = @job_name;
   END`,
  `CREATE PROCEDURE dbo.sp_add_jobserver @job_name SYSNAME, @server_name SYSNAME
   AS INSERT INTO msdb.dbo.sysjobservers SELECT job_id, @server_name FROM msdb.dbo.sysjobs WHERE name = @job_name`,
  `CREATE PROCEDURE dbo.sp_delete_job @job_name SYSNAME, @delete_unused_schedule BIT = 1
   AS BEGIN
     DECLARE @id INT = (SELECT job_id FROM msdb.dbo.sysjobs WHERE name = @job_name);
     DELETE FROM msdb.dbo.sysschedules
     WHERE schedule_id IN (SELECT s.schedule_id FROM msdb.dbo.sysjobschedules s WHERE s.job_id = @id);
     DELETE FROM msdb.dbo.sysjobschedules WHERE job_id = @id;
     DELETE FROM msdb.dbo.sysjobservers WHERE job_id = @id;
     DELETE FROM msdb.dbo.sysjobsteps WHERE job_id = @id;
     DELETE FROM msdb.dbo.sysjobs WHERE job_id = @id;
   END`,
];

export const agentTables = ['sysjobs', 'sysjobsteps', 'sysschedules', 'sysjobschedules', 'sysjobservers'] as const;

const procedures = [
  'sp_add_job',
  'sp_add_jobstep',
  'sp_add_jobschedule',
  'sp_add_jobserver',
  'sp_delete_job',
  'sp_help_jobstep',
  'sp_help_jobschedule',
] as const;

export async function createAgent(msdb: TestDatabase): Promise<void> {
  await dropAgent(msdb);
  for (const batch of batches) await msdb.query(batch);
}

export async function dropAgent(msdb: TestDatabase): Promise<void> {
  for (const name of procedures) await msdb.query(`DROP PROCEDURE IF EXISTS dbo.${name}`);
  await msdb.query('DROP VIEW IF EXISTS dbo.sysjobs_view');
  for (const name of agentTables) await msdb.query(`DROP TABLE IF EXISTS dbo.${name}`);
}
