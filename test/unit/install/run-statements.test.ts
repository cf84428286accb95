import { expect, test } from 'vitest';
import type { Connection } from '../../../src/dialects/dialect.js';
import { PartialError } from '../../../src/errors.js';
import { runSteps } from '../../../src/install/run-statements.js';
import { mysql, postgresql } from './fixtures.js';

function fake(failure?: { readonly on: string; readonly error: Error }) {
  const sent: string[] = [];
  const connection: Connection = {
    query: async (sql) => {
      sent.push(sql);
      if (failure && sql.includes(failure.on)) throw failure.error;
      return [];
    },
    close: async () => {},
    destroy: () => {},
  };
  return { sent, connection };
}
const steps = [
  { title: 'table a', sql: 'CREATE a', file: '10.sql', line: 4 },
  { title: 'table b', sql: 'CREATE b (\n  x,\n  wrong\n)', file: '10.sql', line: 20 },
];
const failed = (work: Promise<void>) => work.then(() => undefined).catch((error: unknown) => error as PartialError);

test('one transaction where the server can undo definitions', async () => {
  const { sent, connection } = fake();
  const seen: string[] = [];
  await runSteps(connection, postgresql, steps, ({ done, total, title }) => seen.push(`${done}/${total} ${title}`));
  expect(sent).toEqual(['BEGIN', 'CREATE a', steps[1]?.sql, 'COMMIT']);
  expect(seen).toEqual(['1/2 table a', '2/2 table b']);
});

test('a failure rolls everything back and names file and line', async () => {
  const { sent, connection } = fake({
    on: 'wrong',
    error: Object.assign(new Error('no such type'), { position: '18' }),
  });
  const error = await failed(runSteps(connection, postgresql, steps));
  expect(error).toBeInstanceOf(PartialError);
  expect(error?.message).toBe('10.sql, line 22 (table b) failed, nothing was changed: no such type');
  expect(error?.applied).toEqual([]);
  expect(sent.at(-1)).toBe('ROLLBACK');
});

test('a failure where nothing can be rolled back says what stays', async () => {
  const { connection } = fake({ on: 'wrong', error: new Error("syntax error near 'wrong' at line 3") });
  const error = await failed(runSteps(connection, mysql, steps));
  expect(error?.message).toMatch(/^10\.sql, line 22 \(table b\) failed, 1 statements? before it/);
  expect(error?.applied).toEqual(['table a']);
  expect(error?.next).toContain('again');
});

test('a failed COMMIT has changed nothing', async () => {
  const { connection } = fake({ on: 'COMMIT', error: new Error('connection lost') });
  const error = await failed(runSteps(connection, postgresql, steps));
  expect(error?.message).toBe('commit failed, nothing was changed: connection lost');
});
