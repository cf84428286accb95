import type { Dialect } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import type { Plan } from '../plan/types.js';
import { viewCutOff } from './view/cut-offs.js';

/** The name of a cut-off's column, by its place in the plan; and that of the clock. */
export const cutOffColumn = (at: number): string => `cut_off_${at}`;
export const nowColumn = 'utc_now';

/**
 * A query for the server's clock in UTC and every cut-off of a plan, in microseconds since 1970: by the expressions of the
 * backlog, with these settings. A cut-off is NULL if nothing is before it.
 */
export function cutOffQuery(
  plan: Plan,
  dialect: Dialect,
  namespace: string | undefined,
  setting: (name: string) => string,
): string {
  const { identifier, literal, epoch, utcNow, fromNothing } = dialect.expressions;
  const context = { plan, dialect, qualify: (name: string) => sqlName(dialect, name, namespace) };
  const microseconds = (instant: string, name: string) => `${epoch(instant, 'microseconds')} AS ${identifier(name)}`;
  const instants = plan.cutOffs.map((cutOff, at) => ({ cutOff: viewCutOff(cutOff, context), name: cutOffColumn(at) }));
  const settings = plan.parameters.map(({ name }) => `${literal(setting(name))} AS ${name}`);
  return [
    `SELECT ${[microseconds('m.utc_now', nowColumn), ...instants.map(({ name }) => microseconds(`m.${name}`, name))].join(', ')}`,
    'FROM (',
    `  SELECT ${['n.utc_now', ...instants.map(({ cutOff, name }) => `${cutOff.viewExpression.join('\n  ')} AS ${name}`)].join(',\n    ')}`,
    '  FROM (',
    `    SELECT ${[...settings, `${utcNow} AS utc_now`].join(', ')}${fromNothing}`,
    '  ) n',
    ') m',
  ].join('\n');
}
