import { expect, test } from 'vitest';
import { changedSettings, changeProblem, type Setting, unreadable } from '../../../src/operate/settings.js';

const description = 'what it means';
const settings: readonly Setting[] = [
  { name: 'pause_ms', value: '0', default: '0', unit: 'milliseconds', minimum: 0, maximum: 60_000, description },
  { name: 'window', value: '22:00-04:00', default: 'always', allowed: ['always', 'HH:MM-HH:MM'], description },
  { name: 'enabled', value: 'yes', default: 'yes', allowed: ['yes', 'no'], description },
  { name: 'time_zone', value: 'server', description },
  { name: 'access_period_grants', value: 'a b', default: '(none)', isList: true, description },
];

test.each([
  ['pause_ms', '60000'],
  ['window', 'always'],
  ['window', '23:59-00:00'],
  ['enabled', 'no'],
  ['time_zone', 'Asia/Colombo'],
  ['access_period_grants', 'client_credentials'],
  ['access_period_grants', 'client_credentials,urn:ietf:params:oauth:grant-type:jwt-bearer'],
  ['access_period_grants', ''],
  ['access_period_grants', '(none)'],
  ['access_period_grants', 'x'.repeat(255)],
])('%s=%s is allowed', (name, value) => expect(changeProblem(settings, name, value)).toEqual([]));

test.each([
  ['pause_ms', '60001', 'from 0 to 60000'],
  ['pause_ms', '-1', 'a whole number of milliseconds'],
  ['pause_ms', '1e3', 'a whole number'],
  ['pause_ms', '', 'a whole number'],
  ['window', '24:00-01:00', 'always or HH:MM-HH:MM'],
  ['enabled', 'YES', 'yes or no'],
  ['access_period_grants', 'client_credentials, password', 'words of letters'],
  ['access_period_grants', 'client_credentials,', 'with commas between'],
  ['access_period_grants', ',password', 'with commas between'],
  ['access_period_grants', '%', 'words of letters'],
  ['access_period_grants', "a'b", 'words of letters'],
  ['access_period_grants', 'password\n', 'words of letters'],
  ['access_period_grants', 'none', 'or (none)'],
  ['access_period_grants', 'x'.repeat(256), 'at most 255'],
  ['pause', '1', 'There is no setting pause'],
  ['pausems', '1', 'did you mean pause_ms?'],
])('%s=%s is refused', (name, value, why) => expect(changeProblem(settings, name, value).join()).toContain(why));

test('a list that was written past this tool, and is none, counts as empty and is told', () => {
  expect(settings.map(unreadable).filter((why) => why !== undefined)).toEqual([
    'this is no list, and counts as (none)',
  ]);
});

test('what differs from the defaults', () => {
  expect(changedSettings(settings).map(({ name }) => name)).toEqual(['window', 'access_period_grants']);
});
