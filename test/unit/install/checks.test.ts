import { describe, expect, test } from 'vitest';
import type { ServerFacts } from '../../../src/dialects/dialect.js';
import { foreignObjects } from '../../../src/install/check-foreign.js';
import { requirementProblems } from '../../../src/install/check-requirements.js';
import type { Schema } from '../../../src/schema/types.js';
import { compareVersions, serverProblems } from '../../../src/server/check-server.js';
import { deliverable, mysql, postgresql, schemaOf } from './fixtures.js';

const server: ServerFacts = {
  version: '14.1',
  product: '',
  versionText: '',
  timeZone: 'UTC',
  user: 'u',
  database: 'd',
  obstacles: [],
};

describe('the server', () => {
  test.each([
    ['14', '14', 0],
    ['14.0', '14', 0],
    ['9.6', '14', -1],
    ['8.0.16', '8.0.16', 0],
    ['8.0.4', '8.0.16', -1],
    ['10.6.12', '10.6', 1],
    ['11.8', '10.6', 1],
  ])('%s against %s', (one, other, sign) => {
    expect(Math.sign(compareVersions(one, other))).toBe(sign);
  });

  test('is told each of its problems', () => {
    expect(serverProblems(server, postgresql)).toEqual([]);
    const problems = serverProblems(
      { ...server, version: '13.9', readOnly: 'it sleeps', obstacles: ['a', 'b'] },
      postgresql,
    );
    expect(problems.map(({ what }) => what)).toEqual([
      'PostgreSQL 13.9 is too old',
      'The server refuses writes: it sleeps',
      'The server is set up in a way that is not safe: a',
      'The server is set up in a way that is not safe: b',
    ]);
    expect(problems.every(({ next }) => next.length > 0)).toBe(true);
  });
});

describe('files made elsewhere', () => {
  const changed = (
    schema: Schema,
    table: RegExp,
    change: (one: Schema['tables'][number]) => Schema['tables'][number],
  ): Schema => ({
    ...schema,
    tables: schema.tables.map((one) => (table.test(one.name) ? change(one) : one)),
  });
  const whats = (schema: Schema, dialect = postgresql) =>
    requirementProblems(deliverable(dialect), schema).map(({ what }) => what);

  test('fit the schema they were made for, whatever the width of its whole numbers and the case of its names', () => {
    const schema = schemaOf(mysql);
    const wide = changed(schema, /./, (table) => ({
      ...table,
      columns: table.columns.map((column) => ({ ...column, type: column.type.replace(/int$/, 'int(11)') })),
    }));
    expect(whats(schema, mysql)).toEqual([]);
    expect(whats(wide, mysql)).toEqual([]);
  });

  test('do not fit where a column is missing, new, or of another type', () => {
    const schema = changed(schemaOf(), /^idn_oauth2_access_token$/, (table) => ({
      ...table,
      columns: [
        ...table.columns
          .filter(({ name }) => name !== 'idp_id')
          .map((column) => (column.name === 'token_state' ? { ...column, type: 'character varying(99)' } : column)),
        { name: 'extra', type: 'integer', family: 'integer', nullable: true },
      ],
    }));
    expect(whats(schema)).toEqual([
      'idn_oauth2_access_token.token_state is of type character varying(99), and the files expect character varying(25)',
      'idn_oauth2_access_token has no column idp_id',
      'idn_oauth2_access_token has a column extra, of which the files do not know',
    ]);
  });

  test('do not fit where a new table hangs on one of theirs', () => {
    const schema = schemaOf();
    const child = {
      name: 'newcomer',
      columns: [],
      primaryKey: [],
      foreignKeys: [
        {
          columns: ['t'],
          references: 'idn_oauth2_access_token',
          referencedColumns: ['token_id'],
          onDelete: 'CASCADE' as const,
        },
      ],
      indexes: [],
    };
    expect(whats({ ...schema, tables: [...schema.tables, child] })).toEqual([
      'newcomer refers to idn_oauth2_access_token, and the files do not know of it',
    ]);
  });
});

test('a view in the place of a table is foreign, and so is a procedure in the place of a function', () => {
  const existing = [
    { kind: 'view', name: 'cleanup_setting' },
    { kind: 'procedure', name: 'cleanup_backlog_tokens', arguments: '' },
    { kind: 'procedure', name: 'cleanup_tokens', arguments: '' },
    { kind: 'procedure', name: 'cleanup_tokens', arguments: 'IN a integer' },
  ] as const;
  const registered = [{ kind: 'procedure', name: 'cleanup_tokens', artifactSha256: '', storedSha256: '' }];
  const found = foreignObjects([deliverable()], {
    existing,
    registered,
    signatures: [],
    tables: [],
    marked: new Set(),
    lostRuns: new Map(),
    keptOtherwise: new Map(),
    stored: new Map(),
    settings: new Set(),
  });
  expect(found.map(({ problem }) => problem.what)).toEqual([
    'view cleanup_setting exists and was not installed by deepclean',
    'procedure cleanup_tokens() is one of several of that name, and deepclean installs only one',
    'procedure cleanup_tokens(IN a integer) is one of several of that name, and deepclean installs only one',
    'procedure cleanup_backlog_tokens() exists and was not installed by deepclean',
  ]);
  expect(found[1]?.problem.next).toContain('procedures.tokens.procedure');
  expect(found[0]?.problem.next).toContain('prefix');
});
