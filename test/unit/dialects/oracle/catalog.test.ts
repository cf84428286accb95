import { describe, expect, test } from 'vitest';
import type { Connection, ResultRow } from '../../../../src/dialects/dialect.js';
import { catalog } from '../../../../src/dialects/oracle/catalog.js';
import { typeOf } from '../../../../src/dialects/oracle/catalog-columns.js';
import { oracle } from '../../../../src/dialects/oracle/index.js';
import { runSteps } from '../../../../src/server/run-statements.js';

/** Answers each question whose text matches, and notes all of them. */
function answering(answers: readonly (readonly [RegExp, readonly ResultRow[]])[]): Connection & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    query: async (sql) => {
      asked.push(sql);
      return answers.find(([pattern]) => pattern.test(sql))?.[1] ?? [];
    },
    close: async () => {},
    cancel: async () => {},
    transaction: (work) => work(),
    destroy: () => {},
  };
}

describe('types as the dictionary has them', () => {
  test.each([
    [{ data_type: 'VARCHAR2', data_length: '255', char_length: '255', char_used: 'B' }, 'VARCHAR2(255)'],
    [{ data_type: 'VARCHAR2', data_length: '1020', char_length: '255', char_used: 'C' }, 'VARCHAR2(255 CHAR)'],
    [{ data_type: 'NUMBER', data_precision: '19', data_scale: '0' }, 'NUMBER(19)'],
    [{ data_type: 'NUMBER', data_precision: null, data_scale: '0' }, 'INTEGER'],
    [{ data_type: 'NUMBER', data_precision: null, data_scale: null }, 'NUMBER'],
    [{ data_type: 'NUMBER', data_precision: null, data_scale: '2' }, 'NUMBER(*,2)'],
    [{ data_type: 'NUMBER', data_precision: '10', data_scale: '2' }, 'NUMBER(10,2)'],
    [{ data_type: 'TIMESTAMP(6)' }, 'TIMESTAMP(6)'],
    [{ data_type: 'RAW', data_length: '16' }, 'RAW(16)'],
  ])('%o is %s', (row, type) => {
    expect(typeOf(row)).toBe(type);
  });
});

describe('grants', () => {
  const needed = [
    { privilege: 'CREATE TABLE', on: '*' },
    { privilege: 'DELETE', on: 'IDN_OIDC_JTI' },
  ];

  test('the owner of the schema needs no grant on its tables', async () => {
    const connection = answering([
      [/AS is_owner/, [{ user_name: 'WSO2', is_owner: '1' }]],
      [/SESSION_PRIVS/, [{ privilege: 'CREATE SESSION' }]],
    ]);
    expect(await catalog.missingGrants(connection, needed, undefined)).toEqual(['CREATE TABLE']);
  });

  test('somebody else needs the wider kind', async () => {
    const connection = answering([
      [/AS is_owner/, [{ user_name: 'DBA1', is_owner: '0' }]],
      [/SESSION_PRIVS/, []],
      [/ALL_TABLES/, [{ name: 'IDN_OIDC_JTI' }]],
    ]);
    const missing = await catalog.missingGrants(connection, needed, 'WSO2');
    expect(missing).toEqual(
      expect.arrayContaining(['CREATE ANY TABLE', 'CREATE ANY INDEX', 'DROP ANY TABLE', 'EXECUTE ANY PROCEDURE']),
    );
    expect(missing).toContain('DELETE ANY TABLE');
    expect(missing).not.toContain('DELETE ON WSO2.IDN_OIDC_JTI');
  });

  test('somebody else who installs nothing needs what the tables ask for', async () => {
    const connection = answering([
      [/AS is_owner/, [{ user_name: 'DBA1', is_owner: '0' }]],
      [/SESSION_PRIVS/, []],
      [/ALL_TABLES/, [{ name: 'IDN_OIDC_JTI' }]],
    ]);
    const onTables = needed.filter(({ on }) => on !== '*');
    expect(await catalog.missingGrants(connection, onTables, 'WSO2')).toEqual(['DELETE ON WSO2.IDN_OIDC_JTI']);
  });
});

test('objects come back under the names they were asked for', async () => {
  const connection = answering([[/ALL_OBJECTS/, [{ name: 'CLEANUP_TOKENS', kind: 'procedure' }]]]);
  expect(await catalog.existing(connection, ['cleanup_tokens'], undefined)).toEqual([
    { name: 'cleanup_tokens', kind: 'procedure' },
  ]);
});

test('a procedure that was stored with errors fails the installation, with file, line and column', async () => {
  const connection = answering([
    [
      /ALL_ERRORS/,
      [
        { line: '12', position: '5', text: 'PL/SQL: ORA-00942: table or view does not exist' },
        { line: '12', position: '5', text: 'PL/SQL: SQL Statement ignored' },
      ],
    ],
  ]);
  const step = {
    title: 'procedure cleanup_tokens',
    sql: 'CREATE OR REPLACE PROCEDURE cleanup_tokens …',
    file: '30-cleanup_tokens.sql',
    line: 60,
    makes: { name: 'cleanup_tokens', kind: 'procedure' },
  } as const;
  const failed = runSteps(connection, oracle, [step]);
  await expect(failed).rejects.toThrow(/cleanup_tokens does not compile/);
  await expect(failed).rejects.toThrow(/30-cleanup_tokens\.sql, line 71, column 5: PL\/SQL: ORA-00942/);
  await expect(failed).rejects.not.toThrow(/ignored/);
});

test('dropping passes over what is not there, and leaves nothing in the recycle bin', () => {
  const sql = catalog.drop({ name: 'CLEANUP_RUN', kind: 'table' }, 'WSO2');
  expect(sql).toContain("'DROP TABLE WSO2.CLEANUP_RUN CASCADE CONSTRAINTS PURGE'");
  expect(sql).toContain('IF SQLCODE NOT IN (-942, -4043)');
  expect(sql).not.toContain('-14452');
});

test('dropping a list that another session uses says which sessions to close', () => {
  const sql = catalog.drop({ name: 'CLEANUP_DEAD_T', kind: 'table', isList: true }, undefined);
  expect(sql).toMatch(
    /IF SQLCODE = -14452 THEN\s+RAISE_APPLICATION_ERROR\(-20004, 'CLEANUP_DEAD_T is in use: close the/,
  );
});

describe('the server', () => {
  const facts = (version: string, role = 'PRIMARY') => ({ version, product: 'Oracle Database', database_role: role });
  const serverOf = (version: string, compatible: string, role?: string) =>
    catalog.readServer(
      answering([
        [/DB_VERSION/, [{ compatible }]],
        [/PRODUCT_COMPONENT_VERSION/, [facts(version, role)]],
      ]),
    );

  test.each([
    ['19.0.0.0.0', '12.1.0.2.0'],
    ['12.2.0.1.0', '11.2.0.4'],
  ])('of %s that keeps to the limits of %s is refused, since names are longer there', async (version, compatible) => {
    expect((await serverOf(version, compatible)).obstacles).toEqual([
      expect.stringContaining(`COMPATIBLE is ${compatible}`),
    ]);
  });

  test.each([
    ['19.0.0.0.0', '12.2.0'],
    ['23.4.0.24.05', '23.4.0'],
  ])('of %s with COMPATIBLE %s is taken', async (version, compatible) => {
    expect((await serverOf(version, compatible)).obstacles).toEqual([]);
  });

  test('that is too old is not asked what it would not understand', async () => {
    const connection = answering([[/PRODUCT_COMPONENT_VERSION/, [facts('11.2.0.4.0')]]]);
    await catalog.readServer(connection);
    expect(connection.asked.some((sql) => sql.includes('FUNCTION'))).toBe(false);
  });

  test.each([
    ['PRIMARY', true],
    ['SNAPSHOT STANDBY', true],
    ['PHYSICAL STANDBY', false],
    ['LOGICAL STANDBY', false],
  ])('whose role is %s takes writes: %s', async (role, takes) => {
    expect((await serverOf('19.0.0.0.0', '19.0.0', role)).readOnly === undefined).toBe(takes);
  });
});

describe('tables', () => {
  const obstacleWith = async (question: RegExp, answer: ResultRow): Promise<string | undefined> => {
    const connection = answering([
      [question, [{ table_name: 'IDN_OIDC_JTI', ...answer }]],
      [/FROM ALL_TABLES/, [{ name: 'IDN_OIDC_JTI' }]],
    ]);
    return (await catalog.readTables(connection, undefined))[0]?.obstacle;
  };

  test('with an invisible column are refused, since a restore would leave it empty', async () => {
    expect(await obstacleWith(/HIDDEN_COLUMN = 'YES'/, { name: 'NOTE' })).toContain('invisible column (NOTE)');
  });

  test('of which somebody may refer to a column are refused, as those to which he may refer whole', async () => {
    const obstacle = await obstacleWith(/ALL_COL_PRIVS/, { grantee: 'SCOTT' });
    expect(obstacle).toContain('SCOTT, who holds REFERENCES on it');
    // GRANT ALL gives it to an application that has no use for it. The server refuses to take it back if there is a key.
    expect(obstacle).toContain('REVOKE REFERENCES ON IDN_OIDC_JTI FROM SCOTT');
  });

  describe('and their keys', () => {
    const key = {
      namespace: 'WSO2',
      name: 'PK',
      type: 'P',
      table_name: 'T',
      status: 'ENABLED',
      index_name: 'PK_INDEX',
    };
    const index = { table_name: 'T', uniqueness: 'UNIQUE', type: 'NORMAL', partitioned: 'NO', visibility: 'VISIBLE' };
    const columns = (name: string, ...list: readonly string[]) => list.map((column_name) => ({ name, column_name }));
    const indexRows = (name: string, changes: ResultRow, ...list: readonly string[]) =>
      list.map((column_name) => ({ ...index, status: 'VALID', ...changes, name, column_name }));

    const tableWith = async (keyColumns: readonly ResultRow[], indexes: readonly ResultRow[]) => {
      const connection = answering([
        [/FROM ALL_TABLES/, [{ name: 'T' }]],
        [/k\.OWNER = [^\n]* AND k\.CONSTRAINT_TYPE IN/, [{ ...key, is_own: '1' }]],
        [/FROM ALL_CONS_COLUMNS/, keyColumns],
        [/FROM ALL_INDEXES/, indexes],
      ]);
      const [table] = await catalog.readTables(connection, 'WSO2', ['T']);
      return { table, asked: connection.asked };
    };

    test('are read in the order of their index, which is none besides', async () => {
      const { table } = await tableWith(columns('PK', 'A', 'B'), [
        ...indexRows('OTHER', {}, 'C'),
        ...indexRows('PK_INDEX', {}, 'B', 'A'),
      ]);
      expect(table?.primaryKey).toEqual(['B', 'A']);
      expect(table?.unorderedKey).toBeUndefined();
      expect(table?.indexes).toEqual([{ name: 'OTHER', unique: true, columns: ['C'] }]);
    });

    test.each<readonly [string, ResultRow, readonly string[]]>([
      ['reversed', { type: 'NORMAL/REV' }, ['A']],
      ['partitioned', { partitioned: 'YES', status: 'N/A' }, ['A']],
      ['led by another column', {}, ['X', 'A']],
    ])('have no order if their index is %s', async (_, changes, inIndex) => {
      const { table } = await tableWith(columns('PK', 'A'), indexRows('PK_INDEX', changes, ...inIndex));
      expect(table).toMatchObject({ primaryKey: ['A'], unorderedKey: true });
    });

    test('an index that is partitioned leads to rows, and has no order', async () => {
      const { table } = await tableWith(columns('PK', 'A'), [
        ...indexRows('PK_INDEX', {}, 'A'),
        ...indexRows('PARTS', { partitioned: 'YES', status: 'N/A', uniqueness: 'NONUNIQUE' }, 'C'),
        ...indexRows('HIDDEN', { visibility: 'INVISIBLE' }, 'D'),
        ...indexRows('BROKEN', { status: 'UNUSABLE' }, 'E'),
        ...indexRows('BITS', { type: 'BITMAP' }, 'F'),
        ...indexRows('TURNED', { type: 'NORMAL/REV' }, 'G'),
      ]);
      expect(table?.indexes).toEqual([{ name: 'PARTS', unique: false, columns: ['C'], unordered: true }]);
    });

    test('are not joined by the server, which may take minutes', async () => {
      const { asked } = await tableWith(columns('PK', 'A'), []);
      for (const sql of asked) {
        expect(sql.match(/ALL_CONSTRAINTS|ALL_CONS_COLUMNS/g)?.length ?? 0).toBeLessThanOrEqual(1);
      }
    });

    test('a key that refers to a table of another schema is none between those of this one', async () => {
      const connection = answering([
        [/FROM ALL_TABLES/, [{ name: 'T' }]],
        [
          /k\.OWNER = [^\n]* AND k\.CONSTRAINT_TYPE IN/,
          [
            { ...key, is_own: '1' },
            { ...key, name: 'FK', type: 'R', parent_namespace: 'ELSEWHERE', parent_key: 'PK', is_own: '1' },
            {
              ...key,
              name: 'FK2',
              type: 'R',
              parent_namespace: 'WSO2',
              parent_key: 'PK',
              is_own: '1',
              deferred: 'IMMEDIATE',
              rule: 'CASCADE',
            },
          ],
        ],
        [/FROM ALL_CONS_COLUMNS/, [...columns('PK', 'A'), ...columns('FK', 'B'), ...columns('FK2', 'C')]],
      ]);
      const [table] = await catalog.readTables(connection, 'WSO2', ['T']);
      expect(table?.foreignKeys).toEqual([
        { columns: ['C'], references: 'T', referencedColumns: ['A'], onDelete: 'CASCADE' },
      ]);
    });

    test('a key of another schema is an obstacle', async () => {
      const outer = { ...key, namespace: 'BILLING', name: 'FK', type: 'R', table_name: 'BILL', is_own: '0' };
      const connection = answering([
        [/FROM ALL_TABLES/, [{ name: 'T' }]],
        [/k\.OWNER = [^\n]* AND k\.CONSTRAINT_TYPE IN/, [{ ...key, is_own: '1' }]],
        [/k\.R_OWNER = /, [{ ...outer, parent_namespace: 'WSO2', parent_key: 'PK', rule: 'CASCADE' }]],
      ]);
      const [table] = await catalog.readTables(connection, 'WSO2', ['T']);
      expect(table?.obstacle).toBe('is referred to by BILLING.BILL, a table of another schema');
    });
  });
});
