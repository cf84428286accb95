import type { WrongPrinter } from '../../plant.js';

export const printers: readonly WrongPrinter[] = [
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
