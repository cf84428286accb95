import { describe, expect, test } from 'vitest';
import { complaintsOf, grammars, piecesOf, readLedger } from '../support/grammar.js';

describe.each(grammars)('generated/%s', (name) => {
  const pieces = piecesOf(name);
  const ledger = readLedger(name);

  test('was read by a grammar of its language without an error; if not, run "make grammar"', () => {
    expect(pieces.length).toBeGreaterThan(50);
    const unread = pieces.filter(({ shape }) => !ledger.includes(shape));
    expect(unread.map(({ file, line }) => `${file}:${line}`)).toEqual([]);
  });

  test('is all that the ledger knows', () => {
    const shapes = pieces.map(({ shape }) => shape);
    expect(ledger.filter((shape) => !shapes.includes(shape))).toEqual([]);
  });
});

test.each([
  ['mssql', 'BEGIN TRY\n  SELECT 1;\nEND TRY\nBEGIN CATCH\n  THROW;\nEND CATCH;', 'END CATCH;'],
  ['oracle', 'BEGIN\n  FOR i IN 1 .. 3 LOOP\n    NULL;\n  END LOOP;\nEND;', 'END LOOP;'],
] as const)(
  'a grammar reads %s, and finds what is broken',
  (name, sql, part) => {
    expect(complaintsOf(name, sql)).toEqual([]);
    expect(complaintsOf(name, sql.replace(part, ''))[0]).toMatch(/^line \d+/);
  },
  120_000,
);
