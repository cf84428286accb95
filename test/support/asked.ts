import type { Connection, ResultRow } from '../../src/dialects/dialect.js';

/** A connection that notes what it is asked, and answers with these rows to whatever matches. */
export function asked(answers: readonly (readonly [RegExp, readonly ResultRow[]])[] = []) {
  const queries: string[] = [];
  const connection: Connection = {
    query: async (sql) => {
      queries.push(sql);
      return answers.find(([pattern]) => pattern.test(sql))?.[1] ?? [];
    },
    cancel: async () => undefined,
    close: async () => undefined,
    transaction: (work) => work(),
    destroy: () => undefined,
  };
  return { connection, queries };
}
