/**
 * deepclean as a library: load a configuration, read a schema, make a plan, render it, install it, operate it. The
 * command line is written against nothing else.
 *
 * @packageDocumentation
 */

export { jsonSchema } from './config/json-schema.js';
export { type ConfigSources, type LoadedConfig, loadConfig } from './config/load.js';
export type { Config } from './config/schema.js';
export { redact, resolvePassword } from './config/secrets.js';
export type {
  Capabilities,
  Connection,
  ConnectionTarget,
  Dialect,
  ResultRow,
  ServerFacts,
} from './dialects/dialect.js';
export { readJdbcUrl } from './dialects/jdbc-url.js';
export { loadProfile, profileNames } from './dialects/profiles.js';
export { readSchema } from './dialects/read-schema.js';
export { dialectOfUrl, dialects, findDialect } from './dialects/registry.js';
export * from './errors.js';
export { applyInstall } from './install/apply-install.js';
export { applyUninstall } from './install/apply-uninstall.js';
export { planUninstall } from './install/plan-uninstall.js';
export { preflight } from './install/preflight.js';
export type {
  InstallPlan,
  PolicyChoice,
  Preflight,
  PreflightRequest,
  UninstallPlan,
  UninstallRequest,
} from './install/types.js';
export { type VerifiedObject, verifyInstall } from './install/verify-install.js';
export type { Place } from './operate/place.js';
export { type Progress, progressOf } from './operate/progress.js';
export { type BacklogEntry, readBacklog } from './operate/read-backlog.js';
export { readRun, readRuns } from './operate/read-runs.js';
export { isRunning, requestStop, waitForEnd } from './operate/request-stop.js';
export { restoreRun } from './operate/restore-run.js';
export { type RunOptions, type RunOutcome, runCleanup } from './operate/run-cleanup.js';
export type { Run, RunStatus, RunStep, RunWithSteps } from './operate/run-types.js';
export { changeSettings, readSettings, type Setting } from './operate/settings.js';
export { makePlan, type PlanChoices, type PlanResult } from './plan/make-plan.js';
export { nameObjects } from './plan/names.js';
export type { ObjectNames, Plan } from './plan/types.js';
export { policies } from './policies/index.js';
export { checkPolicies, mistakesOf } from './policy/check.js';
export type { Policy } from './policy/types.js';
export { applyChange } from './regular-cleaning/apply-change.js';
export { type ConfigFile, readConfigFile } from './regular-cleaning/config-file.js';
export { type Fragment, type FragmentRequest, renderFragment } from './regular-cleaning/fragment.js';
export { type Finding, isFine, judge } from './regular-cleaning/judge.js';
export { type ChangePlan, planChange } from './regular-cleaning/plan-change.js';
export { readSettings as readRegularCleaning, type SettingsNow } from './regular-cleaning/read-settings.js';
export type { Wanted } from './regular-cleaning/settings.js';
export { type Deliverable, deliver } from './render/deliverable.js';
export { checkGenerated, readGenerated, writeGenerated } from './render/manifest-folder.js';
export {
  type InstalledSchedule,
  installSchedule,
  removeSchedule,
  scheduleStatus,
} from './schedule/install-schedule.js';
export type { ScheduledCleanup } from './schedule/jobs.js';
export { parseSchedule, type Schedule } from './schedule/model.js';
export { renderSchedule } from './schedule/render-schedule.js';
export type { ScheduleFile, ScheduleRequest } from './schedule/schedule-file.js';
export { parseInspectionFile, toInspectionFile } from './schema/inspection.js';
export type { Column, Schema, Table } from './schema/types.js';
