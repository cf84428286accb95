import { afterAll, describe, test } from 'vitest';
import { findDotnet } from '../../support/dotnet.js';
import { missingEngineTitle } from '../../support/engines/missing-engine.js';
import { faults } from './mssql/faults/index.js';
import { refused } from './mssql/faults/refused.js';
import { endParser, parserName } from './mssql/parser.js';
import { read } from './mssql/read.js';
import { shape } from './mssql/shape.js';
import { plant, type WrongPrinter } from './plant.js';

afterAll(endParser);

const printers: readonly WrongPrinter[] = [
  ['a timestamp at the cut-off', { timestampBefore: (time, _, cutOff) => `${time} <= ${cutOff}` }, 'jti', 'expired'],
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

if (findDotnet() === undefined) {
  describe.skip(missingEngineTitle(parserName), () => {
    test.each([...faults, ...refused])('$what', () => undefined);
  });
} else plant('mssql', read, shape, { faults, printers, refused });
