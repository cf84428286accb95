import type { Connection, ResultRow } from '../../../src/dialects/dialect.js';

/** A connection that answers by pattern, and remembers what it was asked. */
export function fakeConnection(
  answers: readonly (readonly [RegExp, readonly ResultRow[] | Error])[],
): Connection & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    query: (sql) => {
      asked.push(sql);
      const answer = answers.find(([pattern]) => pattern.test(sql))?.[1] ?? [];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    close: () => Promise.resolve(),
    destroy: () => {},
  };
}
