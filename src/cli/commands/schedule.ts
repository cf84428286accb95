import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/schema.js';
import type { Dialect } from '../../dialects/dialect.js';
import { dialectOfUrl, findDialect } from '../../dialects/registry.js';
import { exitCodes, UsageError } from '../../errors.js';
import { makeFolder } from '../../files.js';
import type { Place } from '../../operate/place.js';
import { type Report, together } from '../../report/report.js';
import { reportSchedule, reportScheduleFiles } from '../../report/report-schedule.js';
import { installSchedule, removeSchedule, scheduleStatus } from '../../schedule/install-schedule.js';
import { parseSchedule } from '../../schedule/model.js';
import { renderSchedule, scheduleFile } from '../../schedule/render-schedule.js';
import type { Command } from '../command.js';
import { prepare } from '../context.js';
import { exampleDialect, exampleUrl } from '../example-urls.js';
import { type Flags, textFlag, textOption } from '../flags.js';
import type { Output } from '../output.js';
import { runArgumentsOf, scheduleOf } from '../schedule-of.js';
import { placeNamed, placesChosen, placesOf, type Session, withSession } from '../session.js';
import { chosenCleanup, cleanupOption, databaseOptions, dialectOption } from '../shared-options.js';

const actions = ['render', 'install', 'remove', 'status'] as const;
type Action = (typeof actions)[number];

/** Lets the database run a cleanup by the clock. */
export const schedule: Command = {
  usage: 'schedule [action]',
  summary: 'Render the schedule of a cleanup; or install, remove or show those of some or all in the database',
  positionals: { action: { choices: actions, default: 'render', describe: 'What to do' } },
  options: {
    ...dialectOption,
    every: textOption('How often: a number and s, m, h, d or w, such as 15m, 1d, 1w'),
    at: textOption('Time of day in UTC, HH:MM'),
    on: textOption('Day of a weekly run, such as sunday'),
    window: textOption('Time span in UTC outside of which a run stops, such as 22:00-04:00; or always'),
    enabled: textOption(
      'yes: the job is switched on; no: it is switched off. Unless given, a new job is on, but off on SQL Server and Oracle',
    ),
    'notify-operator': textOption('SQL Server: operator of Agent who gets an e-mail when a run fails'),
    'max-runs': textOption('Oracle: the job is switched off after so many runs'),
    ...cleanupOption,
    out: textOption('Folder to write all files to; the SQL goes to stdout unless given'),
    ...databaseOptions,
  },
  examples: [
    [
      `schedule --cleanup tokens --dialect ${exampleDialect} --every 1d --at 01:00 --out generated`,
      'files for review, without a database',
    ],
    [`schedule install --cleanup all --url ${exampleUrl} --every 1w --at 01:00`, "in the database's own scheduler"],
    ['schedule status', 'the jobs and their last runs; the URL comes from DEEPCLEAN_URL'],
  ],
  run: (flags, output) => {
    const action = (textFlag(flags, 'action') ?? 'render') as Action;
    return action === 'render' ? render(flags, output) : inDatabase(action, flags, output);
  },
};

async function render(flags: Flags, output: Output): Promise<number> {
  const { config } = prepare(flags, output);
  const dialect = dialectOf(config);
  // The files of one cleanup: those of another would have the same names.
  const place = placeNamed(placesOf(config, dialect, config.namespace), chosenCleanup(flags, 'the schedule is for'));
  const { files } = renderSchedule({
    ...scheduleOf(place),
    schedule: parseSchedule(config.schedule),
    runArguments: runArgumentsOf(config, place),
  });
  const out = textFlag(flags, 'out');
  const { procedure } = place.names;
  if (out !== undefined) {
    const folder = join(out, dialect.name);
    makeFolder(folder);
    for (const { name, text } of files) writeFileSync(join(folder, name), text);
    output.report(reportScheduleFiles(procedure, folder, files));
  } else if (output.json) {
    output.report({ sections: [], json: { procedure, files: files.map(({ name, text }) => ({ file: name, text })) } });
  } else {
    output.raw(files.find(({ name }) => name === scheduleFile)?.text ?? '');
    const others = files.filter(({ name }) => name !== scheduleFile).map(({ name }) => name);
    output.note(`With --out also: ${others.join(', ')}`);
  }
  return exitCodes.ok;
}

function inDatabase(action: Exclude<Action, 'render'>, flags: Flags, output: Output): Promise<number> {
  const cleanup =
    action === 'status' ? (textFlag(flags, 'cleanup') ?? 'all') : chosenCleanup(flags, 'the schedule is for');
  return withSession(
    flags,
    output,
    async (session) => {
      const reports: Report[] = [];
      for (const place of await placesChosen(session.connection, session.places, cleanup)) {
        reports.push(await inScheduler(action, place, session));
      }
      output.report(together(reports));
      return exitCodes.ok;
    },
    cleanup,
  );
}

async function inScheduler(action: Exclude<Action, 'render'>, place: Place, session: Session): Promise<Report> {
  const { connection, config } = session;
  const { procedure } = place.names;
  const scheduled = scheduleOf(place, session);
  switch (action) {
    case 'install': {
      const { job, notes } = await installSchedule(connection, scheduled, parseSchedule(config.schedule));
      return reportSchedule('installed', procedure, job, notes);
    }
    case 'remove':
      return reportSchedule('removed', procedure, await removeSchedule(connection, scheduled));
    case 'status':
      return reportSchedule('status', procedure, await scheduleStatus(connection, scheduled));
  }
}

function dialectOf({ dialect, url }: Config): Dialect {
  if (dialect !== undefined) return findDialect(dialect);
  if (url !== undefined) return dialectOfUrl(url);
  throw new UsageError('Nothing says for which database the schedule is.', { next: 'Add --dialect, or --url.' });
}
