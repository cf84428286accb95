import { expect, test } from 'vitest';
import type { Connection } from '../../../src/dialects/dialect.js';
import { findDialect } from '../../../src/dialects/registry.js';
import { PartialError } from '../../../src/errors.js';
import { runSteps } from '../../../src/server/run-statements.js';

/** Each driver says in its own way where a statement is wrong; the user is told the line of the file. */
test.each([
  ['a line of the statement', 'mssql', { message: "Incorrect syntax near 'WHERE'.", lineNumber: 7 }],
  ['a line in its words', 'mysql', { message: "You have an error in your SQL syntax near 'x' at line 7" }],
  ['a character', 'postgresql', { message: 'syntax error at or near "x"', position: '13' }],
  ['an offset', 'oracle', { message: 'ORA-00942: table or view does not exist', offset: 12 }],
  ['a line that ran', 'oracle', { message: 'ORA-01031: insufficient privileges\nORA-06512: at line 7', offset: 0 }],
  ['a line of a block', 'oracle', { message: 'ORA-06550: line 7, column 1:\nPLS-00201: …', offset: 2 }],
])('an error that names %s is told with the line of the file', async (_, dialect, said) => {
  const sql = '1\n2\n3\n4\n5\n6\nx';
  const connection: Connection = {
    query: async (text) => {
      if (text === sql) throw Object.assign(new Error(said.message), said);
      return [];
    },
    close: async () => undefined,
    cancel: async () => undefined,
    transaction: (work) => work(),
    destroy: () => undefined,
  };
  const steps = [{ title: 'procedure p', sql, file: '30-p.sql', line: 100 }];
  const error = await runSteps(connection, findDialect(dialect), steps).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(PartialError);
  expect((error as PartialError).message).toContain('30-p.sql, line 106 (procedure p) failed');
});
