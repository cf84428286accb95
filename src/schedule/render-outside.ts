import { createHash } from 'node:crypto';
import type { Render } from '../render/templates.js';
import { cronLine, onCalendar } from './calendar.js';
import type { ScheduleFile, ScheduleRequest } from './schedule-file.js';

type OutsideRequest = Pick<ScheduleRequest, 'procedure' | 'runArguments' | 'schedule'>;

/** A systemd timer with its service and a Kubernetes CronJob, both of which call `deepclean run`. */
export function renderOutside(
  { procedure, runArguments = [], schedule }: OutsideRequest,
  render: Render,
  when: string,
): readonly ScheduleFile[] {
  const unitName = unitNameOf(procedure);
  const words = ['run', procedure, '--no-backlog', ...runArguments];
  const view = {
    unitName,
    procedureName: procedure,
    when,
    description: `${procedure.replaceAll('%', '%%')} ${when}`,
    execArguments: words.map(unitWord).join(' '),
    arguments: words.map((word) => JSON.stringify(word)),
    onCalendar: onCalendar(schedule),
    cron: cronLine(schedule),
  };
  return [
    { name: `${unitName}.service`, text: render('systemd-service', view) },
    { name: `${unitName}.timer`, text: render('systemd-timer', view) },
    { name: `${unitName}.cronjob.yaml`, text: render('kubernetes-cronjob', view) },
  ];
}

/** Kubernetes takes 52 characters for a CronJob: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ */
const nameLimit = 52;

/** A name that units and objects may have: lower-case letters, digits and hyphens. */
function unitNameOf(procedure: string): string {
  const plain = `deepclean-${procedure}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const name = plain.replace(/-$/, '');
  if (name.length <= nameLimit && name === `deepclean-${procedure.replaceAll('_', '-')}`) return name;
  // What was lost may be all that tells two procedures apart.
  const digits = createHash('sha256').update(procedure).digest('hex').slice(0, 8);
  return `${name.slice(0, nameLimit - 9)}-${digits}`;
}

/** A word of ExecStart=, in which % and $ have a meaning. */
function unitWord(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w./:=@%$+-]+$/.test(word) ? escaped : `"${escaped.replace(/[\\"]/g, '\\$&')}"`;
}
