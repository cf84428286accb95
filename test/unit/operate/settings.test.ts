import { expect, test } from 'vitest';
import { changedSettings, changeProblem, type Setting } from '../../../src/operate/settings.js';

const description = 'what it means';
const settings: readonly Setting[] = [
  { name: 'pause_ms', value: '0', default: '0', unit: 'milliseconds', minimum: 0, maximum: 60_000, description },
  { name: 'window', value: '22:00-04:00', default: 'always', allowed: ['always', 'HH:MM-HH:MM'], description },
  { name: 'enabled', value: 'yes', default: 'yes', allowed: ['yes', 'no'], description },
  { name: 'time_zone', value: 'server', description },
];

test.each([
  ['pause_ms', '60000'],
  ['window', 'always'],
  ['window', '23:59-00:00'],
  ['enabled', 'no'],
  ['time_zone', 'Asia/Colombo'],
])('%s=%s is allowed', (name, value) => expect(changeProblem(settings, name, value)).toEqual([]));

test.each([
  ['pause_ms', '60001', 'from 0 to 60000'],
  ['pause_ms', '-1', 'a whole number of milliseconds'],
  ['pause_ms', '1e3', 'a whole number'],
  ['pause_ms', '', 'a whole number'],
  ['window', '24:00-01:00', 'always or HH:MM-HH:MM'],
  ['enabled', 'YES', 'yes or no'],
  ['pause', '1', 'There is no setting pause'],
  ['pausems', '1', 'did you mean pause_ms?'],
])('%s=%s is refused', (name, value, why) => expect(changeProblem(settings, name, value).join()).toContain(why));

test('what differs from the defaults', () => {
  expect(changedSettings(settings).map(({ name }) => name)).toEqual(['window']);
});
