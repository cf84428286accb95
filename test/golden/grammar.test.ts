import { describe, expect, test } from 'vitest';
import { complaintsOf, grammars, piecesOf, readLedger } from '../support/grammar.js';

/** A new procedure may take a minute, and after a change of a template all of them are new. */
const slowMs = 2_400_000;

describe.each(grammars)('generated/%s', (name) => {
  const pieces = piecesOf(name);
  const ledger = readLedger(name);

  test(
    'is read by a grammar of its language without an error; what is new is read here, unless "make grammar" was run',
    () => {
      expect(pieces.length).toBeGreaterThan(50);
      const unread = new Map(
        pieces.filter(({ shape }) => !ledger.includes(shape)).map((piece) => [piece.shape, piece] as const),
      );
      const complaints = [...unread.values()].flatMap(({ file, line, sql }) =>
        complaintsOf(name, sql).map((complaint) => `${file}:${line}: ${complaint}`),
      );
      expect(complaints).toEqual([]);
    },
    slowMs,
  );

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
