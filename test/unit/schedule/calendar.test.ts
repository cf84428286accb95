import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { cronLine, firstStart, meetsWindow, onCalendar } from '../../../src/schedule/calendar.js';
import { checkOutside, checkSchedule } from '../../../src/schedule/check-schedule.js';
import { intervalSeconds, parseSchedule, weekdays } from '../../../src/schedule/model.js';

test.each([
  [{ every: '1m' }, '* * * * *', '*-*-* *:*:00 UTC', '2024-01-01 00:00:00'],
  [{ every: '15m' }, '*/15 * * * *', '*-*-* *:00/15:00 UTC', '2024-01-01 00:00:00'],
  [{ every: '1h', at: '00:20' }, '20 * * * *', '*-*-* *:20:00 UTC', '2024-01-01 00:20:00'],
  [{ every: '6h', at: '13:30' }, '30 1,7,13,19 * * *', '*-*-* 01,07,13,19:30:00 UTC', '2024-01-01 13:30:00'],
  [{ every: '12h' }, '0 0,12 * * *', '*-*-* 00,12:00:00 UTC', '2024-01-01 00:00:00'],
  [{ every: '1d', at: '01:05' }, '5 1 * * *', '*-*-* 01:05:00 UTC', '2024-01-01 01:05:00'],
  [{ every: '1w', on: 'monday', at: '23:59' }, '59 23 * * 1', 'Mon *-*-* 23:59:00 UTC', '2024-01-01 23:59:00'],
  [{ every: '1w', on: 'sunday', at: '02:30' }, '30 2 * * 0', 'Sun *-*-* 02:30:00 UTC', '2024-01-07 02:30:00'],
  [{ every: '7m' }, undefined, undefined, '2024-01-01 00:00:00'],
  [{ every: '45m' }, undefined, undefined, '2024-01-01 00:00:00'],
  [{ every: '60m' }, undefined, undefined, '2024-01-01 00:00:00'],
  [{ every: '5h' }, undefined, undefined, '2024-01-01 00:00:00'],
  [{ every: '2d' }, undefined, undefined, '2024-01-01 01:00:00'],
  [{ every: '5s' }, undefined, undefined, '2024-01-01 00:00:00'],
])('%j as cron line, calendar event and first start', (text, cron, calendar, start) => {
  const schedule = parseSchedule(text);
  expect(cronLine(schedule)).toBe(cron);
  expect(onCalendar(schedule)).toBe(calendar);
  expect(firstStart(schedule)).toBe(start);
});

test('the first start is on the day of the week that was asked for', () => {
  for (const on of weekdays) {
    const day = new Date(`${firstStart(parseSchedule({ every: '1w', on })).replace(' ', 'T')}Z`).getUTCDay();
    expect(weekdays[(day + 6) % 7]).toBe(on);
  }
});

test.each([
  [{ every: '1d', at: '22:00', window: '22:00-04:00' }, true],
  [{ every: '1d', at: '03:59', window: '22:00-04:00' }, true],
  [{ every: '1d', at: '04:00', window: '22:00-04:00' }, false],
  [{ every: '1d', at: '12:00', window: '22:00-04:00' }, false],
  [{ every: '1d', at: '12:00', window: 'always' }, true],
  [{ every: '1d', at: '12:00' }, true],
  [{ every: '6h', window: '01:00-05:00' }, false],
  [{ every: '6h', at: '02:00', window: '01:00-05:00' }, true],
  [{ every: '15m', window: '00:16-00:29' }, false],
  [{ every: '15m', window: '00:16-00:31' }, true],
  [{ every: '7m', window: '00:01-00:02' }, true],
  [{ every: '5s', window: '00:01-00:02' }, true],
  [{ every: '2d', at: '12:00', window: '00:01-00:02' }, false],
])('%j: whether any run begins inside the window is %s', (text, meets) => {
  expect(meetsWindow(parseSchedule(text))).toBe(meets);
});

describe('what a scheduler cannot do', () => {
  const [free, cron] = [findDialect('mysql'), findDialect('postgresql')];

  test.each([
    ['7m', '1m, 2m, 3m, 4m, 5m, 6m, 10m, 12m, 15m, 20m, 30m'],
    ['45m', '1m, 2m, 3m, 4m, 5m, 6m, 10m, 12m, 15m, 20m, 30m'],
    ['5h', '1h, 2h, 3h, 4h, 6h, 8h, 12h'],
    ['2d', '1d'],
    ['2w', '1w'],
    ['90s', '1m, 2m, 3m, 4m, 5m, 6m, 10m, 12m, 15m, 20m, 30m'],
  ])('%s is refused by cron lines with what can be said, and fine for events', (every, allowed) => {
    const schedule = parseSchedule({ every });
    const next = `Choose one of ${allowed}, or another unit.`;
    expect(() => checkSchedule(schedule, cron)).toThrow(expect.objectContaining({ code: 'usage', next }));
    expect(() => checkSchedule(schedule, free)).not.toThrow();
    expect(() => checkOutside(schedule)).toThrow(expect.objectContaining({ code: 'usage', next }));
  });

  test('an interval below the shortest one is refused with that', () => {
    expect(() => checkSchedule(parseSchedule({ every: '5s' }), cron)).toThrow(/too short.*every 60 seconds/);
    expect(() => checkSchedule(parseSchedule({ every: '5s' }), free)).not.toThrow();
    expect(() => checkOutside(parseSchedule({ every: '5s' }))).toThrow(/knows no seconds/);
  });

  test('a run that could never work is refused', () => {
    const schedule = parseSchedule({ every: '1d', at: '12:00', window: '22:00-04:00' });
    for (const dialect of [free, cron]) {
      expect(() => checkSchedule(schedule, dialect)).toThrow(/No run would ever do anything/);
    }
  });
});

test('every schedule that cron can say has steps of the same length', () => {
  const unit = fc.constantFrom('m', 'h');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 90 }), unit, fc.integer({ min: 0, max: 1439 }), (count, one, minute) => {
      const at = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
      const schedule = parseSchedule({ every: `${count}${one}`, ...(one === 'h' && { at }) });
      const line = cronLine(schedule);
      if (line === undefined) return;
      const starts = startsOf(line);
      const gaps = new Set(starts.map((start, index) => ((starts[index + 1] ?? (starts[0] ?? 0) + 1440) - start) * 60));
      expect([...gaps]).toEqual([intervalSeconds(schedule.every)]);
      if (one === 'h') expect(starts).toContain(minute);
    }),
  );
});

/** Minutes of the day at which a cron line of every day fires. */
function startsOf(line: string): readonly number[] {
  const [minutes = '', hours = ''] = line.split(' ');
  const fits = (field: string, value: number): boolean =>
    field === '*' ||
    (field.startsWith('*/') ? value % Number(field.slice(2)) === 0 : field.split(',').includes(String(value)));
  return Array.from({ length: 1440 }, (_, at) => at).filter(
    (at) => fits(minutes, at % 60) && fits(hours, Math.floor(at / 60)),
  );
}
