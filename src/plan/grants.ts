import type { Plan } from './types.js';

/** A privilege on a table, as every dialect names it. */
export interface TableGrant {
  readonly privilege: 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';
  /** Plain name of the table. */
  readonly on: string;
}

/** What a caller of the cleanup procedure must be allowed, on the product's tables and on deepclean's own. */
export function neededGrants(plan: Plan): readonly TableGrant[] {
  const { names } = plan;
  const grant = (on: string, ...privileges: TableGrant['privilege'][]): TableGrant[] =>
    privileges.map((privilege) => ({ privilege, on }));
  return [
    ...plan.backups.flatMap(({ source }) => grant(source.name, 'SELECT', 'DELETE')),
    ...(plan.backup === 'none' ? [] : plan.backups.flatMap(({ name }) => grant(name, 'SELECT', 'INSERT', 'DELETE'))),
    ...grant(names.setting, 'SELECT', 'UPDATE'),
    ...[names.run, names.runStep, names.runReason].flatMap((table) => grant(table, 'SELECT', 'INSERT', 'UPDATE')),
  ];
}
