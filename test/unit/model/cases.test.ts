import { describe, expect, test } from 'vitest';
import { conformanceCases, databaseFor, expectedFor, momentOf, optionsFor } from '../../support/data/cases.js';
import { tokenReferences } from '../../support/data/references.js';
import { type Database, idsOf } from '../../support/model/rows.js';
import { microsecondsPerDay, parseStamp } from '../../support/model/stamps.js';
import { isSettled, survivorsOfTokens } from '../../support/model/tokens-model.js';

const utcNow = parseStamp('2026-11-23 15:10:00') ?? 0n;

/** The survivors that the case speaks of; a table that it fills without a word must come through whole. */
const spokenOf = (left: Database, tables: readonly string[]) =>
  Object.fromEntries(tables.map((table) => [table, idsOf(left)[table] ?? []]));

describe('the model agrees by hand: it', () => {
  test.each(conformanceCases.map((aCase) => [aCase.name, aCase] as const))('%s', (_, aCase) => {
    const moment = momentOf(aCase, utcNow);
    const database = databaseFor(aCase, moment);
    const { survivors } = survivorsOfTokens(database, tokenReferences, optionsFor(aCase, moment));
    const expected = expectedFor(aCase);
    expect(spokenOf(survivors, Object.keys(expected))).toEqual(expected);
    for (const table of Object.keys(database)) {
      if (!(table in expected)) expect(survivors[table]).toEqual(database[table]);
    }
  });
});

describe('a case', () => {
  test('has a name of its own', () => {
    const names = conformanceCases.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test.each(conformanceCases.map((aCase) => [aCase.name, aCase] as const))(
    'leaves a run ten minutes to begin: %s',
    (_, aCase) => {
      const moment = momentOf(aCase, utcNow);
      expect(isSettled(databaseFor(aCase, moment), tokenReferences, optionsFor(aCase, moment), 10)).toBe(true);
    },
  );

  test('means the same on any day and by any clock of the server', () => {
    for (const aCase of conformanceCases) {
      for (const [days, serverOffsetMinutes] of [
        [-400n, 330],
        [400n, -480],
        [9000n, 780],
      ] as const) {
        const moment = momentOf(aCase, utcNow + days * microsecondsPerDay, serverOffsetMinutes);
        const { survivors } = survivorsOfTokens(databaseFor(aCase, moment), tokenReferences, optionsFor(aCase, moment));
        expect(spokenOf(survivors, Object.keys(aCase.survivors)), aCase.name).toEqual(expectedFor(aCase));
      }
    }
  });
});
