import { expect, test } from 'vitest';
import { script } from '../../../../src/dialects/oracle/script.js';

test('a block keeps its last semicolon and loses the slash', () => {
  expect(script.unwrap('BEGIN\n  NULL;\nEND;\n/')).toBe('BEGIN\n  NULL;\nEND;');
  expect(script.unwrap('BEGIN\n  NULL;\nEND;\n/\n')).toBe('BEGIN\n  NULL;\nEND;');
});

test('any other statement loses its semicolon, and a division is no end', () => {
  expect(script.unwrap('SELECT 4 / 2 FROM DUAL;')).toBe('SELECT 4 / 2 FROM DUAL');
  expect(script.unwrap('SELECT 4\n/ 2 FROM DUAL;\n')).toBe('SELECT 4\n/ 2 FROM DUAL');
});
