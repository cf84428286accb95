import { UsageError } from '../errors.js';

/** When a cleanup runs, always in UTC. Nothing in it depends on the moment at which it is made. */
export interface Schedule {
  readonly every: Interval;
  /** Time of day; only where the interval is counted in hours, days or weeks. */
  readonly at?: string;
  /** Only where the interval is counted in weeks. */
  readonly on?: Weekday;
  /** `HH:MM-HH:MM`, outside of which a run stops; or `always`. Undefined: the setting stays as it is. */
  readonly window?: string;
  /** Whether the job is switched on. Undefined: as the dialect makes jobs. */
  readonly enabled?: boolean;
  /** Who is told when a run fails, by a name that the scheduler knows. */
  readonly notifyOperator?: string;
  /** The job ends after so many runs. */
  readonly maxRuns?: number;
}

export interface Interval {
  readonly count: number;
  readonly unit: IntervalUnit;
}

/** From monday, as the anchor of all intervals is one. */
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof weekdays)[number];

const units = {
  s: { name: 'second', seconds: 1 },
  m: { name: 'minute', seconds: 60 },
  h: { name: 'hour', seconds: 3600 },
  d: { name: 'day', seconds: 86_400 },
  w: { name: 'week', seconds: 604_800 },
} as const;
export type IntervalUnit = keyof typeof units;

/** As a user writes it, on the command line or in a configuration. */
export interface ScheduleText {
  readonly every?: string | undefined;
  readonly at?: string | undefined;
  readonly on?: string | undefined;
  readonly window?: string | undefined;
  readonly enabled?: 'yes' | 'no' | undefined;
  readonly notifyOperator?: string | undefined;
  readonly maxRuns?: number | undefined;
}

/** What the vendor's manual schedules: 01:00, when there is little traffic. */
const usualTime = '01:00';
const usualDay: Weekday = 'sunday';

const timeForm = /^([01]\d|2[0-3]):[0-5]\d$/;
const intervalForm = /^([1-9]\d{0,4})([smhdw])$/;

/** Reads a schedule; what is left out of a daily or weekly one is filled in. @throws UsageError */
export function parseSchedule(text: ScheduleText): Schedule {
  const every = parseInterval(text.every);
  const at = parseTime(text.at, every);
  const on = parseWeekday(text.on, every);
  const window = parseWindow(text.window);
  const { enabled, notifyOperator, maxRuns } = text;
  return {
    every,
    ...(at !== undefined && { at }),
    ...(on !== undefined && { on }),
    ...(window !== undefined && { window }),
    ...(enabled !== undefined && { enabled: enabled === 'yes' }),
    ...(notifyOperator !== undefined && { notifyOperator }),
    ...(maxRuns !== undefined && { maxRuns }),
  };
}

function parseInterval(text: string | undefined): Interval {
  if (text === undefined) {
    throw new UsageError('The schedule does not say how often.', { next: 'Give --every, such as 15m, 1d or 1w.' });
  }
  const [, count, unit] = intervalForm.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    throw new UsageError(`--every ${text} is no interval.`, {
      next: 'Write a whole number and s, m, h, d or w, such as 15m, 1d or 1w.',
    });
  }
  return { count: Number(count), unit: unit as IntervalUnit };
}

function parseTime(text: string | undefined, { count, unit }: Interval): string | undefined {
  if (unit === 's' || unit === 'm') {
    if (text === undefined) return undefined;
    throw new UsageError(`--at ${text} says nothing beside --every ${count}${unit}, which runs all day long.`, {
      next: 'Leave --at out, or count in hours, days or weeks; --window keeps runs to a part of the day.',
    });
  }
  if (text === undefined) return unit === 'h' ? '00:00' : usualTime;
  if (timeForm.test(text)) return text;
  throw new UsageError(`--at ${text} is no time of day.`, { next: 'Write it as HH:MM in UTC, such as 01:00.' });
}

function parseWeekday(text: string | undefined, { count, unit }: Interval): Weekday | undefined {
  if (unit !== 'w') {
    if (text === undefined) return undefined;
    throw new UsageError(`--on ${text} needs an interval in weeks, and --every is ${count}${unit}.`, {
      next: 'Write --every 1w, or leave --on out.',
    });
  }
  if (text === undefined) return usualDay;
  const day = weekdays.find((one) => one === text.toLowerCase());
  if (day !== undefined) return day;
  throw new UsageError(`--on ${text} is no day of the week.`, { next: `Choose one of ${weekdays.join(', ')}.` });
}

function parseWindow(text: string | undefined): string | undefined {
  if (text === undefined || text === 'always') return text;
  const [from = '', to = '', ...more] = text.split('-');
  if (more.length > 0 || !timeForm.test(from) || !timeForm.test(to)) {
    throw new UsageError(`--window ${text} is no span of time.`, {
      next: 'Write it as HH:MM-HH:MM in UTC, such as 22:00-04:00, or always.',
    });
  }
  if (from === to) {
    throw new UsageError(`--window ${text} begins and ends at once.`, { next: 'Write always for the whole day.' });
  }
  return text;
}

/** Length of an interval. */
export const intervalSeconds = ({ count, unit }: Interval): number => count * units[unit].seconds;

/** `minute`, `week`. */
export const unitName = ({ unit }: Interval): string => units[unit].name;

/** Minutes since midnight. */
export const minuteOfDay = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** `every 2 weeks on sunday at 02:30 UTC`. */
export function describeSchedule({ every, at, on }: Schedule): string {
  const interval = every.count === 1 ? unitName(every) : `${every.count} ${unitName(every)}s`;
  return `every ${interval}${on === undefined ? '' : ` on ${on}`}${at === undefined ? '' : ` at ${at} UTC`}`;
}
