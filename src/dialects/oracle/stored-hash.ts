import type { StoredObject } from '../dialect.js';
import { expressions } from './expressions.js';
import { ownerOf, storedName } from './owner.js';

/**
 * SHA-256 of what the dictionary keeps of an object; NULL where there is none. STANDARD_HASH needs no grant but takes no
 * large text, so what comes in rows is hashed row by row, and 96 bits of each are summed up: that also tells the place
 * of a row, which is part of what is hashed.
 */
export function storedHash({ name, kind }: StoredObject, namespace: string | undefined): readonly string[] {
  const literal = expressions.literal(storedName(name));
  const owner = ownerOf(namespace);
  switch (kind) {
    case 'function':
    case 'procedure':
    case 'type':
      return summedUp(
        ["STANDARD_HASH(s.LINE || ' ' || SUBSTR(s.TEXT, 1, 900), 'SHA256')"],
        'ALL_SOURCE s',
        `s.OWNER = ${owner} AND s.NAME = ${literal} AND s.TYPE = 'PROCEDURE'`,
      );
    case 'view':
      // The first 4000 bytes of the text are all that SQL can read of it: TEXT itself is a LONG.
      return summedUp(
        ["STANDARD_HASH(v.TEXT_VC, 'SHA256')"],
        'ALL_VIEWS v',
        `v.OWNER = ${owner} AND v.VIEW_NAME = ${literal}`,
        'v.TEXT_LENGTH',
      );
    case 'table':
      return summedUp(
        [
          "STANDARD_HASH(c.COLUMN_ID || ' ' || c.COLUMN_NAME || ' ' || c.DATA_TYPE || ' ' || c.DATA_LENGTH",
          "  || ' ' || c.CHAR_USED || ' ' || c.DATA_PRECISION || ' ' || c.DATA_SCALE, 'SHA256')",
        ],
        'ALL_TAB_COLUMNS c',
        `c.OWNER = ${owner} AND c.TABLE_NAME = ${literal}`,
      );
  }
}

const summedUp = (hash: readonly string[], from: string, where: string, more = '1'): readonly string[] => [
  "(SELECT CASE WHEN x.PARTS > 0 THEN RAWTOHEX(STANDARD_HASH(x.PARTS || ' ' || x.TOTAL, 'SHA256')) END",
  ' FROM (',
  `   SELECT SUM(y.PART) AS PARTS, SUM(TO_NUMBER(SUBSTR(y.HASH, 1, 24), '${'X'.repeat(24)}')) AS TOTAL`,
  '   FROM (',
  `     SELECT ${more} AS PART, ${hash[0] ?? ''}`,
  ...hash.slice(1).map((line) => `     ${line}`),
  `     AS HASH FROM ${from}`,
  `     WHERE ${where}) y) x)`,
];
