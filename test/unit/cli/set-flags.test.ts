import { expect, test } from 'vitest';
import { setFlags } from '../../../src/cli/set-flags.js';

test.each([
  ['pause_ms=5', { 'settings.pause_ms': '5' }],
  ['audit_retention_days=240', { 'policies.tokens.audit_retention_days': '240' }],
  [
    'safe_period_minutes=240',
    { 'policies.tokens.safe_period_minutes': '240', 'policies.refresh_tokens.safe_period_minutes': '240' },
  ],
  ['window=22:00-04:00', { 'settings.window': '22:00-04:00' }],
  ['procedures.tokens.procedure=MY=SP', { 'procedures.tokens.procedure': 'MY=SP' }],
  ['prefix=c_', { prefix: 'c_' }],
  ['safe_period=1', { 'policies.tokens.safe_period': '1' }],
  ['pausems=1', { 'settings.pausems': '1' }],
  ['frobnicate=1', { 'settings.frobnicate': '1' }],
])('--set %s', (pair, keys) => expect(setFlags([pair])).toEqual(keys));

test('the last of several counts', () => {
  expect(setFlags(['pause_ms=1', 'pause_ms=2'])).toEqual({ 'settings.pause_ms': '2' });
});

test.each(['pause_ms', '=5', ''])('--set %j is no pair', (pair) =>
  expect(() => setFlags([pair])).toThrow('is no pair'),
);
