import { expect, test } from 'vitest';
import type { Connection } from '../../../../src/dialects/dialect.js';
import { oracle } from '../../../../src/dialects/oracle/index.js';

const job = {
  scheduleName: 'cleanup_tokens_schedule',
  procedure: 'cleanup_tokens',
  namespace: undefined,
  database: 'X',
};

/** A job as the dictionary shows it; what it runs is the name of a procedure, or a block. */
const withJob = (type: string, action: string): Connection => ({
  query: async (sql) =>
    /ALL_SCHEDULER_JOBS/.test(sql)
      ? [{ owner: 'WSO2', name: 'CLEANUP_TOKENS_SCHEDULE', job_type: type, command: action, is_enabled: 'TRUE' }]
      : [],
  close: async () => undefined,
  cancel: async () => undefined,
  transaction: (work) => work(),
  destroy: () => undefined,
});

test.each([
  ['STORED_PROCEDURE', 'cleanup_tokens', oracle.expressions.call('cleanup_tokens')],
  ['PLSQL_BLOCK', 'BEGIN something_else; END;', 'BEGIN something_else; END;'],
])(
  'of a %s job the statement that it runs is told, so that deepclean knows its own again',
  async (type, action, command) => {
    expect(await oracle.scheduler.readJob(withJob(type, action), job)).toMatchObject({ command, enabled: true });
  },
);
