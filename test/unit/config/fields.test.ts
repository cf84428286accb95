import { expect, test } from 'vitest';
import { fields, keysIn } from '../../../src/config/fields.js';
import { policies } from '../../../src/policies/index.js';
import { tunables } from '../../../src/policy/tunables.js';

const namesBelow = (group: string) =>
  fields.filter((field) => field.name.startsWith(group)).map((field) => field.name.slice(group.length));

test('every tunable is a value of settings, in the order of their declaration', () => {
  expect(namesBelow('settings.')).toEqual(tunables.map((tunable) => tunable.name));
});

test('every parameter of every policy can be configured', () => {
  for (const policy of policies) {
    const own = policy.parameters.map((parameter) => parameter.name);
    const judges = policy.cutOffs.some(({ clock }) => clock === 'unknown');
    expect(namesBelow(`policies.${policy.name}.`)).toEqual([...own, ...(judges ? ['clock_uncertainty_hours'] : [])]);
  }
});

test('how far timestamps may lie behind can be configured exactly where some rule judges one', () => {
  const asked = policies.filter(({ name }) => namesBelow(`policies.${name}.`).includes('clock_uncertainty_hours'));
  const without = policies.filter((policy) => !asked.includes(policy)).map(({ name }) => name);
  expect(without).toEqual(['sessions', 'par_requests', 'revision_metadata']);
});

test('no two values share a variable or a flag', () => {
  expect(new Set(fields.map((field) => field.environmentName)).size).toBe(fields.length);
  expect(new Set(fields.map((field) => field.flagName)).size).toBe(fields.length);
});

test('a variable is named after the path, and a flag of the schedule without its group', () => {
  expect(fields.find((field) => field.name === 'settings.batch_target_ms')).toMatchObject({
    environmentName: 'DEEPCLEAN_SETTINGS_BATCH_TARGET_MS',
    flagName: 'settings.batch_target_ms',
  });
  expect(fields.find((field) => field.name === 'passwordFile')).toMatchObject({
    environmentName: 'DEEPCLEAN_PASSWORD_FILE',
    flagName: 'password-file',
  });
  expect(fields.find((field) => field.name === 'schedule.every')).toMatchObject({ flagName: 'every' });
});

test('only groups have keys, and what every object inherits is no key', () => {
  expect(keysIn(['schedule'])).toEqual(['every', 'at', 'on', 'window', 'enabled', 'notifyOperator', 'maxRuns']);
  expect(keysIn(['prefix'])).toBeUndefined();
  expect(keysIn(['constructor'])).toBeUndefined();
  expect(keysIn(['__proto__'])).toBeUndefined();
});
