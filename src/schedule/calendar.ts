import { minuteOfDay, type Schedule, type Weekday, weekdays } from './model.js';

// Cron lines and calendar events begin to count anew with every hour and day, so they can say only what divides these
// evenly; "*/7" would run at :56 and again at :00.

const divisors = (whole: number): readonly number[] =>
  Array.from({ length: whole - 1 }, (_, at) => at + 1).filter((count) => whole % count === 0);

/** Counts of each unit that a calendar can say evenly. */
export const evenCounts = { s: [], m: divisors(60), h: divisors(24), d: [1], w: [1] } as const;

/** Whether the schedule falls on the same times every day, or week. */
export const isEven = ({ every }: Schedule): boolean =>
  (evenCounts[every.unit] as readonly number[]).includes(every.count);

/** Five cron fields; undefined where they cannot say it. */
export function cronLine({ every, at = '00:00', on }: Schedule): string | undefined {
  if (!isEven({ every })) return undefined;
  const minute = Number(at.slice(3));
  const hour = Number(at.slice(0, 2));
  switch (every.unit) {
    case 's':
      return undefined;
    case 'm':
      return every.count === 1 ? '* * * * *' : `*/${every.count} * * * *`;
    case 'h':
      return `${minute} ${every.count === 1 ? '*' : hoursOf(hour, every.count).join(',')} * * *`;
    case 'd':
      return `${minute} ${hour} * * *`;
    case 'w':
      return `${minute} ${hour} * * ${on === undefined ? 0 : (weekdays.indexOf(on) + 1) % 7}`;
  }
}

/**
 * An OnCalendar= expression, in UTC; undefined where it cannot say it.
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.time.html#Calendar%20Events
 */
export function onCalendar({ every, at = '00:00', on = 'sunday' }: Schedule): string | undefined {
  if (!isEven({ every })) return undefined;
  const step = every.count === 1 ? '*' : `00/${every.count}`;
  switch (every.unit) {
    case 's':
      return undefined;
    case 'm':
      return `*-*-* *:${step}:00 UTC`;
    case 'h': {
      const hours =
        every.count === 1
          ? '*'
          : hoursOf(Number(at.slice(0, 2)), every.count)
              .map(twoDigits)
              .join(',');
      return `*-*-* ${hours}:${at.slice(3)}:00 UTC`;
    }
    case 'd':
      return `*-*-* ${at}:00 UTC`;
    case 'w':
      return `${shortDay(on)} *-*-* ${at}:00 UTC`;
  }
}

/** The Monday from which intervals are counted, so that the same schedule gives the same text on any day. */
const anchorDay = 1;

/** First start of an interval, in the past: `2024-01-07 02:30:00` (a Sunday). */
export function firstStart({ at = '00:00', on = 'monday' }: Schedule): string {
  return `2024-01-${twoDigits(anchorDay + weekdays.indexOf(on))} ${at}:00`;
}

/** Whether at least one run begins inside the window, whose end no longer belongs to it. */
export function meetsWindow({ every, at = '00:00', window }: Schedule): boolean {
  if (window === undefined || window === 'always') return true;
  const [from = 0, to = 0] = window.split('-').map(minuteOfDay);
  const isInside = (minute: number): boolean =>
    from < to ? minute >= from && minute < to : minute >= from || minute < to;
  const start = minuteOfDay(at);
  if (every.unit === 'd' || every.unit === 'w') return isInside(start);
  const step = every.unit === 'h' ? every.count * 60 : every.unit === 'm' ? every.count : 1;
  // An interval that does not divide the day drifts through all of it.
  if (1440 % step !== 0) return true;
  return Array.from({ length: 1440 / step }, (_, run) => (start + run * step) % 1440).some(isInside);
}

const hoursOf = (first: number, step: number): readonly number[] =>
  Array.from({ length: 24 / step }, (_, at) => (first % step) + at * step);

const twoDigits = (value: number): string => String(value).padStart(2, '0');

const shortDay = (day: Weekday): string => `${day.slice(0, 1).toUpperCase()}${day.slice(1, 3)}`;
