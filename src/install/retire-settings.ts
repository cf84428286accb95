import type { Dialect } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import { supportColumn } from '../dialects/support-column.js';
import { retiredSettings } from '../policy/retired-settings.js';
import type { Deliverable } from '../render/deliverable.js';
import type { ExtraStatement, Installed } from './types.js';

/** Statements that remove the rows of settings which no procedure reads any more, each with what became of it. */
export function retireSettings(
  { names, namespace, settings }: Deliverable,
  { settings: rows }: Installed,
  dialect: Dialect,
): readonly ExtraStatement[] {
  const { literal } = dialect.expressions;
  const is = (column: string, value: string) => `${supportColumn(dialect, column)} = ${literal(value)}`;
  return retiredSettings
    .filter(({ name }) => !settings.includes(name) && rows.has(`${names.procedure}.${name}`))
    .map(({ name, why }) => ({
      title: `remove setting ${names.procedure}.${name}: ${why}`,
      sql: `DELETE FROM ${sqlName(dialect, names.setting, namespace)} WHERE ${is('procedure_name', names.procedure)} AND ${is('name', name)}`,
    }));
}
