import type { ObjectKind } from '../dialect.js';
import { unionAll } from '../union-all.js';

interface Kept {
  readonly kind: ObjectKind;
  readonly name: string;
  /** SHA-256 of what the server keeps, by lines. */
  readonly hash: readonly string[];
  readonly from: string;
  readonly condition: string;
  readonly groups: boolean;
}

/** Procedures' bodies, views' definitions and tables' columns. */
const all: readonly Kept[] = [
  {
    kind: 'procedure',
    name: 'r.ROUTINE_NAME',
    hash: ['SHA2(r.ROUTINE_DEFINITION, 256)'],
    from: 'information_schema.ROUTINES r',
    condition: "r.ROUTINE_SCHEMA = DATABASE() AND r.ROUTINE_TYPE = 'PROCEDURE'",
    groups: false,
  },
  {
    kind: 'view',
    name: 'v.TABLE_NAME',
    hash: ['SHA2(v.VIEW_DEFINITION, 256)'],
    from: 'information_schema.VIEWS v',
    condition: 'v.TABLE_SCHEMA = DATABASE()',
    groups: false,
  },
  {
    kind: 'table',
    name: 'c.TABLE_NAME',
    // GROUP_CONCAT would be cut at group_concat_max_len, so the columns are summed up instead.
    hash: [
      "SHA2(CONCAT(COUNT(*), ' ', SUM(CRC32(CONCAT_WS(' ', c.ORDINAL_POSITION, c.COLUMN_NAME, c.COLUMN_TYPE)))),",
      '  256)',
    ],
    from: 'information_schema.COLUMNS c',
    condition: 'c.TABLE_SCHEMA = DATABASE()',
    groups: true,
  },
];

export const storedHashes = (kinds: ReadonlySet<ObjectKind>): readonly string[] =>
  unionAll(
    all
      .filter(({ kind }) => kinds.has(kind))
      .map(({ kind, name, hash, from, condition, groups }) => [
        `SELECT ${name} AS OBJECT_NAME, '${kind}' AS OBJECT_KIND,`,
        ...hash.map((line, place) => `  ${line}${place === hash.length - 1 ? ' AS STORED_SHA256' : ''}`),
        `FROM ${from}`,
        `WHERE ${condition}`,
        ...(groups ? [`GROUP BY ${name}`] : []),
      ]),
  );
