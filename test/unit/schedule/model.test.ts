import { expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { describeSchedule, parseSchedule, type ScheduleText } from '../../../src/schedule/model.js';

test.each([
  [{ every: '1d', at: '01:00' }, { every: { count: 1, unit: 'd' }, at: '01:00' }, 'every day at 01:00 UTC'],
  [
    { every: '1w', on: 'Sunday', at: '02:30' },
    { every: { count: 1, unit: 'w' }, at: '02:30', on: 'sunday' },
    'every week on sunday at 02:30 UTC',
  ],
  [{ every: '15m' }, { every: { count: 15, unit: 'm' } }, 'every 15 minutes'],
  [{ every: '5s' }, { every: { count: 5, unit: 's' } }, 'every 5 seconds'],
  [
    { every: '6h', window: '22:00-04:00' },
    { every: { count: 6, unit: 'h' }, at: '00:00', window: '22:00-04:00' },
    'every 6 hours at 00:00 UTC',
  ],
  [
    { every: '1d', window: 'always' },
    { every: { count: 1, unit: 'd' }, at: '01:00', window: 'always' },
    'every day at 01:00 UTC',
  ],
  [
    { every: '2w' },
    { every: { count: 2, unit: 'w' }, at: '01:00', on: 'sunday' },
    'every 2 weeks on sunday at 01:00 UTC',
  ],
])('%j is read, and what is left out filled in', (text, schedule, words) => {
  expect(parseSchedule(text)).toEqual(schedule);
  expect(describeSchedule(parseSchedule(text))).toBe(words);
});

test.each<[ScheduleText, RegExp, RegExp]>([
  [{}, /how often/, /--every/],
  [{ every: '0d' }, /no interval/, /15m, 1d or 1w/],
  [{ every: '1.5h' }, /no interval/, /whole number/],
  [{ every: '1month' }, /no interval/, /s, m, h, d or w/],
  [{ every: '15m', at: '01:00' }, /--at 01:00 says nothing beside --every 15m/, /Leave --at out/],
  [{ every: '1d', at: '24:00' }, /no time of day/, /HH:MM/],
  [{ every: '1d', at: '1:00' }, /no time of day/, /HH:MM/],
  [{ every: '1d', on: 'sunday' }, /--on sunday needs an interval in weeks/, /--every 1w/],
  [{ every: '1w', on: 'someday' }, /no day of the week/, /monday, tuesday/],
  [{ every: '1d', window: '22:00' }, /no span of time/, /22:00-04:00/],
  [{ every: '1d', window: '22:00-25:00' }, /no span of time/, /22:00-04:00/],
  [{ every: '1d', window: '22:00-22:00' }, /begins and ends at once/, /always/],
])('%j is refused with what to write instead', (text, what, next) => {
  const refuse = () => parseSchedule(text);
  expect(refuse).toThrow(UsageError);
  expect(refuse).toThrow(what);
  expect(refuse).toThrow(expect.objectContaining({ next: expect.stringMatching(next) }));
});
