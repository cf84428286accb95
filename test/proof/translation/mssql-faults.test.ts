import { afterAll, describe, expect, test } from 'vitest';
import type { Expressions } from '../../../src/dialects/expressions.js';
import { findDialect } from '../../../src/dialects/registry.js';
import { findDotnet } from '../../support/dotnet.js';
import { missingEngineTitle } from '../../support/engines/missing-engine.js';
import { faults } from './mssql/faults/index.js';
import { refused } from './mssql/faults/refused.js';
import { endParser, parserName } from './mssql/parser.js';
import { read } from './mssql/read.js';
import { shape } from './mssql/shape.js';
import { plant } from './plant.js';

afterAll(endParser);

if (findDotnet() === undefined) {
  describe.skip(missingEngineTitle(parserName), () => {
    test.each([...faults, ...refused])('$what', () => undefined);
  });
} else plantAll();

function plantAll(): void {
  const dialect = findDialect('mssql');
  const { files: right, counterexample } = plant('mssql', read, shape, faults);

  describe('a printer that is wrong itself is noticed:', () => {
    const printers: readonly (readonly [string, Partial<Expressions>, string, string])[] = [
      [
        'a timestamp at the cut-off',
        { timestampBefore: (time, _, cutOff) => `${time} <= ${cutOff}` },
        'jti',
        'expired',
      ],
      [
        'an unknown that is no "not true"',
        { notTrue: (condition) => `NOT (${condition})` },
        'registry',
        'REG_RESOURCE: code_expired',
      ],
      [
        'a word by its beginning',
        { oneOf: (column, [word]) => `${column} + N'.' COLLATE Latin1_General_BIN2 = '${word?.slice(0, 3)}.'` },
        'tokens',
        'IDN_OAUTH2_ACCESS_TOKEN: revoked',
      ],
    ];
    test.each(printers)('%s', async (_, wrong, cleanup, claim) => {
      const printer = { ...dialect, expressions: { ...dialect.expressions, ...wrong } };
      const files = right(cleanup, printer);
      await expect(counterexample(cleanup, files, claim).then((found) => found ?? 'proven')).resolves.not.toBe(
        'proven',
      );
    });
  });

  describe('what nobody gave a meaning to is refused:', () => {
    test.each(refused)('$what', async ({ cleanup, claim, from, to }) => {
      const files = right(cleanup);
      const procedure = files.procedure.replace(from, to);
      expect(procedure).not.toBe(files.procedure);
      await expect(counterexample(cleanup, { ...files, procedure }, claim)).rejects.toThrow('is not understood');
    });
  });
}
