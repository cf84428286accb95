import type { ScheduledJob } from '../dialects/dialect.js';
import type { ScheduleFile } from '../schedule/schedule-file.js';
import { moment } from './format.js';
import type { Report } from './report.js';

export type ScheduleEvent = 'installed' | 'removed' | 'status';

const headlines: Readonly<Record<ScheduleEvent, string>> = {
  installed: 'Installed',
  removed: 'Removed',
  status: 'Schedule',
};

/** A job of the database's own scheduler, and what is known of its runs. */
export function reportSchedule(
  event: ScheduleEvent,
  procedure: string,
  job: ScheduledJob | undefined,
  notes: readonly string[] = [],
): Report {
  if (job === undefined) {
    return {
      sections: [{ lines: [`${procedure} has no schedule in this database.`] }],
      json: { procedure, job: null },
    };
  }
  const facts = [
    ['name', job.name],
    ['schedule', job.schedule],
    ['enabled', job.enabled ? 'yes' : 'no'],
    ['runs', job.command],
    ['as', job.owner],
    [
      'last run',
      [job.lastRun === undefined ? '' : `${moment(job.lastRun)} UTC`, job.lastOutcome ?? ''].join(' ').trim(),
    ],
    ['next run', job.nextRun === undefined ? '' : `${moment(job.nextRun)} UTC`],
  ].filter(([, value]) => value !== '');
  return {
    sections: [
      {
        title: `${headlines[event]}: ${procedure}`,
        table: { columns: [{ title: '' }, { title: '' }], rows: facts.map(([name = '', value = '']) => [name, value]) },
      },
      ...(notes.length === 0 ? [] : [{ lines: notes.map((note) => `note: ${note}`) }]),
    ],
    json: { procedure, event, job, notes },
  };
}

/** Where the files of a schedule were written. */
export const reportScheduleFiles = (procedure: string, folder: string, files: readonly ScheduleFile[]): Report => ({
  sections: [{ title: `Schedule of ${procedure}`, lines: files.map(({ name }) => `${folder}/${name}`) }],
  json: { procedure, folder, files: files.map(({ name }) => ({ file: name })) },
});
