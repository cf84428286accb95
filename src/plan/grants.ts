import type { Plan } from './types.js';

/** A privilege on a table, as every dialect names it. */
export interface TableGrant {
  readonly privilege: 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';
  /** Plain name of the table. */
  readonly on: string;
}

const grant = (on: string, ...privileges: TableGrant['privilege'][]): TableGrant[] =>
  privileges.map((privilege) => ({ privilege, on }));

/** What a caller of the cleanup procedure must be allowed, on the product's tables and on deepclean's own. */
export function neededGrants(plan: Plan): readonly TableGrant[] {
  const { names } = plan;
  if (plan.procedureRights === 'owner') return grantsOnLog(plan);
  if (plan.procedureRights === 'chain') return grantsBesideChain(plan);
  return [
    ...plan.backups.flatMap(({ source }) => grant(source.name, 'SELECT', 'DELETE')),
    ...plan.lookedAt.flatMap(({ name }) => grant(name, 'SELECT')),
    ...plan.steps.flatMap(({ list }) => (list ? grant(list.name, 'SELECT', 'INSERT', 'DELETE') : [])),
    ...plan.steps.flatMap(({ batchKeys }) => (batchKeys ? grant(batchKeys.name, 'SELECT', 'INSERT', 'DELETE') : [])),
    ...(plan.backup === 'none' ? [] : plan.backups.flatMap(({ name }) => grant(name, 'SELECT', 'INSERT', 'DELETE'))),
    ...grant(names.setting, 'SELECT', 'UPDATE'),
    ...kitGrants(plan),
    ...[names.run, names.runStep, names.runReason].flatMap((table) => grant(table, 'SELECT', 'INSERT', 'UPDATE')),
  ];
}

/** For a caller who reads what became of his call. */
const grantsOnLog = ({ names }: Plan): readonly TableGrant[] =>
  [names.run, names.runStep, names.runReason, names.runRest, names.runProof].flatMap((table) => grant(table, 'SELECT'));

/** What statements touch that the kit puts together, as it knows no table by name. */
const grantsBesideChain = (plan: Plan): readonly TableGrant[] => [
  ...plan.steps.flatMap(({ list }) => (list?.content === 'keys' ? grant(list.name, 'SELECT', 'DELETE') : [])),
  ...(plan.backup === 'none' ? [] : plan.backups.flatMap(({ name }) => grant(name, 'SELECT', 'DELETE'))),
  ...grantsOnLog(plan),
];

const kitGrants = ({ names, steps, keepsFactsInTable }: Plan): readonly TableGrant[] => [
  ...grant(names.lock, 'SELECT', 'INSERT', 'UPDATE'),
  ...grant(names.position, 'SELECT', 'INSERT', 'UPDATE', 'DELETE'),
  ...grant(names.runError, 'INSERT'),
  ...grant(names.runRest, 'SELECT', 'INSERT', 'UPDATE'),
  ...grant(names.runProof, 'SELECT', 'INSERT'),
  ...(keepsFactsInTable ? grant(names.fact, 'SELECT', 'INSERT', 'DELETE') : []),
  // A list whose rows are followed notes which of them the run removed.
  ...steps.flatMap(({ list, followers }) => (list && followers.length > 0 ? grant(list.name, 'UPDATE') : [])),
];

/** What a caller of the restore procedure must be allowed; rows are asked for their parents, wherever those are. */
export function grantsToRestore(plan: Plan): readonly TableGrant[] {
  const { names, backups, keepsFactsInTable, keepsRunInRow } = plan;
  if (plan.procedureRights !== 'caller') return grantsOnLog(plan);
  const sources = new Set(backups.map(({ source }) => source.name));
  const parents = new Set(backups.flatMap(({ source }) => source.foreignKeys.map(({ references }) => references)));
  return [
    ...[...sources].flatMap((name) => grant(name, 'SELECT', 'INSERT')),
    ...[...parents].filter((name) => !sources.has(name)).flatMap((name) => grant(name, 'SELECT')),
    ...backups.flatMap(({ name }) => grant(name, 'SELECT')),
    ...(keepsRunInRow ? grant(names.setting, 'SELECT') : []),
    ...[names.run, names.runStep].flatMap((table) => grant(table, 'SELECT', 'INSERT', 'UPDATE')),
    ...[names.runReason, names.runRest, names.runProof].flatMap((table) => grant(table, 'SELECT')),
    ...(keepsFactsInTable
      ? grant(names.fact, 'SELECT', 'INSERT', 'DELETE')
      : grant(names.lock, 'SELECT', 'INSERT', 'UPDATE')),
  ];
}

/** What a caller of the proof must be allowed: it reads the log and the copies. */
export const grantsToProve = ({ names, backups }: Plan): readonly TableGrant[] => [
  ...[names.runStep, ...backups.map(({ name }) => name)].flatMap((table) => grant(table, 'SELECT')),
  ...grant(names.runProof, 'INSERT'),
];
