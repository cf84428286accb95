import type { Dialect } from '../dialects/dialect.js';

/** A plain name as it stands in SQL, with its namespace where there is one. */
export function sqlName(dialect: Dialect, name: string, namespace: string | undefined): string {
  const { identifier } = dialect.expressions;
  return namespace === undefined ? identifier(name) : `${identifier(namespace)}.${identifier(name)}`;
}
