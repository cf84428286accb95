import { expect, test } from 'vitest';
import { didYouMean } from '../../../src/config/did-you-mean.js';

const known = ['prefix', 'profile', 'batch_target_ms', 'passwordFile'];

test.each([
  ['prefx', 'prefix'],
  ['batchTargetMs', 'batch_target_ms'],
  ['password-file', 'passwordFile'],
  ['proflie', 'profile'],
  ['colour', undefined],
  ['', undefined],
])('for %j somebody meant %j', (typed, meant) => expect(didYouMean(typed, known)).toBe(meant));
