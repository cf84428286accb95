import type { ScheduledJob } from '../../dialects/dialect.js';
import { exitCodes } from '../../errors.js';
import { applyUninstall } from '../../install/apply-uninstall.js';
import { refuseLeftovers } from '../../install/check-uninstall.js';
import { planUninstall } from '../../install/plan-uninstall.js';
import type { UninstallRequest } from '../../install/types.js';
import { reportUninstall, uninstallSections } from '../../report/report-uninstall.js';
import { removeSchedule, scheduleStatus } from '../../schedule/install-schedule.js';
import type { ScheduledCleanup } from '../../schedule/jobs.js';
import type { Command } from '../command.js';
import { confirm } from '../confirm.js';
import { exampleUrl } from '../example-urls.js';
import { isOn, switchOption } from '../flags.js';
import type { Output } from '../output.js';
import { scheduleOf } from '../schedule-of.js';
import { type Session, withSession } from '../session.js';
import { databaseOptions, dialectOption } from '../shared-options.js';
import { toDeepcleanError } from '../to-deepclean-error.js';

/** Removes everything that was installed. */
export const uninstall: Command = {
  usage: 'uninstall',
  summary: 'Remove everything that deepclean installed, the kept rows and the log included',
  options: {
    ...databaseOptions,
    ...dialectOption,
    plan: switchOption('Show what would be removed only'),
    yes: switchOption('Remove without asking'),
    'keep-backups': switchOption('Leave the kept rows, and the log that says what they are'),
  },
  examples: [
    [`uninstall --url ${exampleUrl} --plan`, 'what would be removed'],
    [`uninstall --url ${exampleUrl} --yes --keep-backups`, 'everything but the kept rows'],
  ],
  run: (flags, output) =>
    withSession(flags, output, async (session) => {
      const { config, connection, dialect, namespace, places } = session;
      const request: UninstallRequest = {
        prefix: config.prefix,
        namespace,
        remove: places.map(({ names }) => names),
        keepBackups: isOn(flags, 'keep-backups'),
      };
      const plan = await planUninstall(connection, dialect, request);
      const schedules = await installedSchedules(session, output);
      const names = schedules.map(({ job }) => job.name);
      const isEmpty = plan.drops.length === 0 && schedules.length === 0;
      if (isOn(flags, 'plan') || isEmpty) {
        output.report(reportUninstall({ plan, schedules: names, applied: false }));
        return exitCodes.ok;
      }
      if (!output.json) output.report({ sections: uninstallSections(plan, names), json: null });
      if (!(await confirm('Remove all of it?', isOn(flags, 'yes')))) {
        output.note('Nothing was changed.');
        return exitCodes.different;
      }
      // First, so that no job calls what is gone.
      for (const { cleanup } of schedules) await removeSchedule(connection, cleanup);
      await applyUninstall(connection, dialect, plan);
      refuseLeftovers(plan, await planUninstall(connection, dialect, request));
      output.report(reportUninstall({ plan, schedules: names, applied: true, onlyResult: !output.json }));
      return exitCodes.ok;
    }),
};

interface InstalledJob {
  readonly cleanup: ScheduledCleanup;
  readonly job: ScheduledJob;
}

/** Schedules that would call what is removed. */
async function installedSchedules(session: Session, output: Output): Promise<readonly InstalledJob[]> {
  const found: InstalledJob[] = [];
  for (const place of session.places) {
    const cleanup = scheduleOf(place, session);
    try {
      const job = await scheduleStatus(session.connection, cleanup);
      if (job) found.push({ cleanup, job });
    } catch (error) {
      // Where jobs are kept in a database that this user may not open, none of them can be its own.
      output.note(`warning: schedules could not be looked at: ${toDeepcleanError(error).message}`);
    }
  }
  return found;
}
