import type { Dialect, ScheduleOption, Scheduler } from '../dialects/dialect.js';
import { UsageError } from '../errors.js';
import { evenCounts, isEven, meetsWindow } from './calendar.js';
import { describeSchedule, intervalSeconds, type Schedule } from './model.js';

/** Refuses what the database's own scheduler cannot do. @throws UsageError */
export function checkSchedule(schedule: Schedule, { title, capabilities, scheduler }: Dialect): void {
  checkWindow(schedule);
  checkOptions(schedule, scheduler, title);
  const { shortestIntervalSeconds } = capabilities;
  if (intervalSeconds(schedule.every) < shortestIntervalSeconds) {
    throw new UsageError(
      `--every ${textOf(schedule)} is too short: ${capabilities.scheduler} on ${title} starts a job every ${shortestIntervalSeconds} seconds at the most.`,
      { next: `Give an interval of at least ${shortestIntervalSeconds} seconds, such as 1m.` },
    );
  }
  if (scheduler.intervals === 'cron') checkEven(schedule, capabilities.scheduler);
}

/** Refuses what the schedulers outside the database cannot do: both go by the calendar. @throws UsageError */
export function checkOutside(schedule: Schedule): void {
  checkWindow(schedule);
  if (intervalSeconds(schedule.every) < 60) {
    throw new UsageError(`--every ${textOf(schedule)} is too short: a Kubernetes CronJob knows no seconds.`, {
      next: 'Give an interval of at least 1m.',
    });
  }
  checkEven(schedule, 'a calendar');
}

const flags: Readonly<Record<ScheduleOption, string>> = { notifyOperator: '--notify-operator', maxRuns: '--max-runs' };

function checkOptions(schedule: Schedule, { options }: Scheduler, title: string): void {
  for (const option of Object.keys(flags) as ScheduleOption[]) {
    if (schedule[option] === undefined || options.includes(option)) continue;
    throw new UsageError(`The scheduler of ${title} cannot be told ${flags[option]}.`, {
      next: `Leave ${flags[option]} out.`,
    });
  }
}

function checkEven(schedule: Schedule, scheduler: string): void {
  if (isEven(schedule)) return;
  const { unit } = schedule.every;
  const [counted, allowed] = unit === 's' ? (['m', evenCounts.m] as const) : ([unit, evenCounts[unit]] as const);
  const list = allowed.map((count) => `${count}${counted}`).join(', ');
  throw new UsageError(
    `--every ${textOf(schedule)} cannot be expressed as a schedule of ${scheduler}, which starts counting again with every hour and day.`,
    { next: `Choose one of ${list}, or another unit.` },
  );
}

function checkWindow(schedule: Schedule): void {
  if (meetsWindow(schedule)) return;
  throw new UsageError(
    `No run would ever do anything: ${describeSchedule(schedule)} begins outside the window ${schedule.window}.`,
    { next: 'Move --at into --window, or widen the window.' },
  );
}

const textOf = ({ every }: Schedule): string => `${every.count}${every.unit}`;
