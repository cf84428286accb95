import type { ObjectKind } from '../dialect.js';
import { unionAll } from '../union-all.js';
import { ownerOf } from './owner.js';

/**
 * SHA-256 of what the dictionary keeps of procedures, packages, views and tables. STANDARD_HASH needs no grant but takes
 * no large text, so what comes in rows is hashed row by row, and 96 bits of each are summed up: that also tells the place
 * of a row, which is part of what is hashed.
 */
export function storedHashes(kinds: ReadonlySet<ObjectKind>, namespace: string | undefined): readonly string[] {
  const owner = ownerOf(namespace);
  const procedures = [
    "SELECT s.NAME AS OBJECT_NAME, 'procedure' AS OBJECT_KIND, 1 AS PART,",
    "  STANDARD_HASH(s.LINE || ' ' || SUBSTR(s.TEXT, 1, 900), 'SHA256') AS HASH",
    'FROM ALL_SOURCE s',
    `WHERE s.OWNER = ${owner} AND s.TYPE = 'PROCEDURE'`,
  ];
  const packages = [
    "SELECT s.NAME AS OBJECT_NAME, 'package' AS OBJECT_KIND, 1 AS PART,",
    "  STANDARD_HASH(s.TYPE || ' ' || s.LINE || ' ' || SUBSTR(s.TEXT, 1, 900), 'SHA256') AS HASH",
    'FROM ALL_SOURCE s',
    `WHERE s.OWNER = ${owner} AND s.TYPE IN ('PACKAGE', 'PACKAGE BODY')`,
  ];
  const views = [
    // The first 4000 bytes of the text are all that SQL can read of it: TEXT itself is a LONG.
    "SELECT v.VIEW_NAME AS OBJECT_NAME, 'view' AS OBJECT_KIND, v.TEXT_LENGTH AS PART,",
    "  STANDARD_HASH(v.TEXT_VC, 'SHA256') AS HASH",
    'FROM ALL_VIEWS v',
    `WHERE v.OWNER = ${owner}`,
  ];
  const tables = [
    "SELECT c.TABLE_NAME AS OBJECT_NAME, 'table' AS OBJECT_KIND, 1 AS PART,",
    "  STANDARD_HASH(c.COLUMN_ID || ' ' || c.COLUMN_NAME || ' ' || c.DATA_TYPE || ' ' || c.DATA_LENGTH",
    "    || ' ' || c.CHAR_USED || ' ' || c.DATA_PRECISION || ' ' || c.DATA_SCALE, 'SHA256') AS HASH",
    'FROM ALL_TAB_COLUMNS c',
    `WHERE c.OWNER = ${owner}`,
  ];
  const parts = unionAll([
    ...(kinds.has('procedure') ? [procedures] : []),
    ...(kinds.has('package') ? [packages] : []),
    ...(kinds.has('view') ? [views] : []),
    ...(kinds.has('table') ? [tables] : []),
  ]);
  return [
    'SELECT z.OBJECT_NAME, z.OBJECT_KIND,',
    "  RAWTOHEX(STANDARD_HASH(z.PARTS || ' ' || z.TOTAL, 'SHA256')) AS STORED_SHA256",
    'FROM (',
    '  SELECT y.OBJECT_NAME, y.OBJECT_KIND, SUM(y.PART) AS PARTS,',
    `    SUM(TO_NUMBER(SUBSTR(y.HASH, 1, 24), '${'X'.repeat(24)}')) AS TOTAL`,
    '  FROM (',
    ...parts.map((line) => `    ${line}`),
    '  ) y',
    '  GROUP BY y.OBJECT_NAME, y.OBJECT_KIND',
    ') z',
  ];
}
