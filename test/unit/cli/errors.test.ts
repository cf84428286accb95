import { Chalk } from 'chalk';
import { expect, test } from 'vitest';
import { errorJson, errorText } from '../../../src/cli/error-text.js';
import { progressLine } from '../../../src/cli/progress-view.js';
import { toDeepcleanError } from '../../../src/cli/to-deepclean-error.js';
import { exitCodes, PartialError, PreflightError, UsageError } from '../../../src/errors.js';

const plain = new Chalk({ level: 0 });

test('what several problems have in common to do is said once', () => {
  const error = new PreflightError('Two things', [
    { what: 'a', next: 'same' },
    { what: 'b', next: 'same' },
    { what: 'c', next: 'other' },
  ]);
  expect(errorText(error, plain)).toBe('error: Two things\n- a\n- b\n  same\n- c\n  other');
});

test('what was applied is listed', () => {
  const error = new PartialError('It failed', ['table t'], { next: 'Again.' });
  expect(errorText(error, plain)).toBe('error: It failed\n- applied: table t\nnext: Again.');
  expect(errorJson(error)).toMatchObject({ code: 'partial', exitCode: 6, applied: ['table t'], next: 'Again.' });
});

test('problems within a text are listed for programs', () => {
  expect(errorJson(new UsageError('Wrong:\n- one\n- two')).problems).toEqual([{ what: 'one' }, { what: 'two' }]);
});

test('a defect is told from what a user can mend', () => {
  expect(toDeepcleanError(new TypeError('x is undefined')).exitCode).toBe(exitCodes.defect);
  const file = Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'open', path: 'schema.json' });
  expect(toDeepcleanError(file)).toBeInstanceOf(UsageError);
  expect(toDeepcleanError(Object.assign(new Error('denied'), { code: '42501' })).code).toBe('database');
});

test('a line of progress', () => {
  const progress = { deletedRows: 12_000, totalRows: 50_000, rowsPerSecond: 3000, secondsLeft: 12.7, table: 'T' };
  expect(progressLine(progress)).toBe('12,000 of 50,000 rows (24 %), 3,000 rows/s, 12.7 s left, T');
  expect(progressLine({ deletedRows: 5, rowsPerSecond: 0 })).toBe('5 rows, 0 rows/s');
});
