import type { Dialect } from '../dialects/dialect.js';
import type { BackupTable } from '../plan/types.js';

/**
 * What keeps a row of a backup, by its alias, from coming back, as pairs that a row `t` of the source shares: those of each
 * unique key; without one, all columns.
 */
export function takenPlaces(
  { source, columns }: BackupTable,
  { expressions, capabilities }: Dialect,
  alias: string,
): readonly (readonly string[])[] {
  const { identifier, same } = expressions;
  const pair = (name: string) => [`t.${identifier(name)}`, `${alias}.${identifier(name)}`] as const;
  const equal = (names: readonly string[]) => names.map((name) => pair(name).join(' = '));
  const equalOrNull = (names: readonly string[]) => names.map((name) => same(...pair(name)));
  const unique = source.indexes.filter((index) => index.unique).map((index) => index.columns);
  const keys = [
    ...(source.primaryKey.length > 0 ? [equal(source.primaryKey)] : []),
    ...unique.map(capabilities.nullsMeetInKeys ? equalOrNull : equal),
  ];
  return keys.length > 0 ? keys : [columns.map((one) => same(...pair(one.name), one))];
}
