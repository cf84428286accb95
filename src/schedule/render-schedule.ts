import { sqlName } from '../dialects/sql-name.js';
import { loadTemplates } from '../render/templates.js';
import { cronLine, firstStart } from './calendar.js';
import { checkOutside, checkSchedule } from './check-schedule.js';
import { describeSchedule, type Schedule, unitName } from './model.js';
import { renderOutside } from './render-outside.js';
import type { ScheduleFile, ScheduleRequest } from './schedule-file.js';

export const scheduleFile = 'schedule.sql';
export const removalFile = 'schedule-remove.sql';
/** The window apart, for where the job is made elsewhere than in the database that is cleaned. */
export const windowFile = 'schedule-window.sql';

/** Everything that starts a cleanup by the clock, as files; the same on any day. @throws UsageError */
export function renderSchedule(request: ScheduleRequest): { readonly files: readonly ScheduleFile[] } {
  const { dialect, schedule, jobsDatabase } = request;
  const outside = request.outside ?? dialect.capabilities.schedulerIsOptional;
  checkSchedule(schedule, dialect);
  if (outside) checkOutside(schedule);
  const render = loadTemplates(dialect);
  const view = viewOf(request);
  const isApart = schedule.window !== undefined && (outside || jobsDatabase !== undefined);
  const sqlFiles = [scheduleFile, removalFile, ...(isApart ? [windowFile] : [])];
  return {
    files: [
      ...sqlFiles.map((name) => ({ name, text: render(name, view) })),
      ...(outside ? renderOutside(request, render, view.description) : []),
    ],
  };
}

/** What removes the schedule, whenever it runs. */
export function renderRemoval(request: Omit<ScheduleRequest, 'schedule'>): ScheduleFile {
  const anySchedule: Schedule = { every: { count: 1, unit: 'd' } };
  const view = viewOf({ ...request, schedule: anySchedule });
  return { name: removalFile, text: loadTemplates(request.dialect)(removalFile, view) };
}

function viewOf(request: ScheduleRequest) {
  const { dialect, schedule, scheduleName, jobsDatabase, database } = request;
  const { identifier, literal } = dialect.expressions;
  const { namespaces, defaultNamespace } = dialect.capabilities;
  const namespace = namespaces ? (request.namespace ?? defaultNamespace) : undefined;
  const procedure = sqlName(dialect, request.procedure, namespace);
  const window = schedule.window ?? '';
  const description = `${describeSchedule(schedule)}${windowText(window)}`;
  const nameInside = `.${namespace === undefined ? '' : `${namespace}.`}${scheduleName}`;
  if (jobsDatabase !== undefined && database === undefined) throw new Error('the database that is cleaned has no name');
  return {
    procedureName: request.procedure,
    procedure,
    command: dialect.expressions.call(procedure),
    scheduleName,
    event: identifier(scheduleName),
    // Jobs of all databases of a server may be in one list, so their names hold that of the database, if only when run.
    jobName: database === undefined ? '' : literal(`${database}${nameInside}`),
    nameInside: literal(nameInside),
    settingTable: sqlName(dialect, request.settingTable, namespace),
    jobsDatabase: jobsDatabase ?? '',
    database: database ?? '',
    window,
    windowHere: window !== '' && jobsDatabase === undefined,
    description,
    comment: `deepclean: ${description}`,
    count: schedule.every.count,
    unit: unitName(schedule.every).toUpperCase(),
    frequency: frequencyOf(schedule),
    starts: firstStart(schedule),
    startsIso: firstStart(schedule).replace(' ', 'T'),
    isWeekly: schedule.every.unit === 'w',
    isDaily: schedule.every.unit === 'd' || schedule.every.unit === 'w',
    isHourly: schedule.every.unit === 'h',
    cron: cronLine(schedule) ?? '',
    switchedOn: schedule.enabled === true,
    switchedOff: schedule.enabled === false,
    keepsState: schedule.enabled === undefined,
    notifyOperator: schedule.notifyOperator === undefined ? '' : literal(schedule.notifyOperator),
    maxRuns: schedule.maxRuns === undefined ? '' : String(schedule.maxRuns),
  };
}

/** As calendars say it (RFC 5545): SECONDLY to WEEKLY. */
const frequencyOf = ({ every }: Schedule): string => `${unitName(every).replace(/y$/, 'i').toUpperCase()}LY`;

const windowText = (window: string): string =>
  window === '' ? '' : window === 'always' ? ', at any time of day' : `, within ${window} UTC`;
