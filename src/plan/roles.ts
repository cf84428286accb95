import type { Dialect, NeededGrant } from '../dialects/dialect.js';
import { supportColumn } from '../dialects/support-column.js';
import { grantsToRestore, neededGrants } from './grants.js';
import { kitObjects } from './kit.js';
import type { Plan } from './types.js';

/** Who works with deepclean: who installs it, who calls its procedures, and who only looks. */
export const roles = ['installer', 'runner', 'reader'] as const;
export type Role = (typeof roles)[number];

/** What an account of a role must be allowed, no more. `restores`: a runner puts back what was deleted, too. */
export function grantsOfRole(
  role: Role,
  plans: readonly Plan[],
  dialect: Dialect,
  { restores = false }: { readonly restores?: boolean } = {},
): readonly NeededGrant[] {
  const needs: Readonly<Record<Role, (plan: Plan) => readonly NeededGrant[]>> = {
    installer: (plan) => toInstall(plan, dialect),
    runner: (plan) => [...toRun(plan, dialect), ...(restores ? toRestore(plan, dialect) : [])],
    reader: (plan) => toRead(plan, dialect),
  };
  const grants = plans.flatMap(needs[role]);
  return [...new Map(grants.map((grant) => [`${grant.privilege} ${grant.kind} ${grant.on}`, grant])).values()];
}

const onAll = (privileges: readonly string[]): readonly NeededGrant[] =>
  privileges.map((privilege) => ({ privilege, on: '*' }));

/** What it makes is its own. On the product's tables it must be allowed what its procedures do, to try them. */
function toInstall(plan: Plan, { catalog }: Dialect): readonly NeededGrant[] {
  const everywhere = [...catalog.installPrivileges, ...(catalog.callPrivileges ?? [])];
  const products = new Set([
    ...plan.backups.map(({ source }) => source.name),
    ...plan.lookedAt.map(({ name }) => name),
  ]);
  const onTables = neededGrants(plan).filter(
    ({ on, privilege }) => products.has(on) && !everywhere.includes(privilege),
  );
  return [...onAll(everywhere), ...onTables];
}

const execute = (on: string): NeededGrant => ({ privilege: 'EXECUTE', on, kind: 'procedure' });

function toRun(plan: Plan, dialect: Dialect): readonly NeededGrant[] {
  const { names, procedureRights, prefix } = plan;
  const asCaller = procedureRights === 'caller';
  // Who calls by hand, or with `deepclean run`, also reads the settings and asks a run to stop.
  const settings = ['SELECT', 'UPDATE'].map((privilege) => ({ privilege, on: names.setting }));
  return [
    ...toConnect(dialect),
    execute(names.procedure),
    ...(names.dryRun === undefined ? [] : [execute(names.dryRun)]),
    ...(asCaller && plan.backup === 'deleted-rows' ? [execute(names.proof)] : []),
    ...(asCaller ? kitRoutines(dialect, prefix) : []),
    ...neededGrants(plan),
    ...(asCaller ? [] : settings),
    backlogOf(plan, dialect),
  ];
}

const kitRoutines = (dialect: Dialect, prefix: string): readonly NeededGrant[] =>
  kitObjects(dialect, prefix).flatMap(({ name, kind }) =>
    kind === 'procedure' || kind === 'function' ? [{ privilege: 'EXECUTE', on: name, kind }] : [],
  );

const toRestore = (plan: Plan, dialect: Dialect): readonly NeededGrant[] =>
  plan.backup !== 'deleted-rows'
    ? []
    : [execute(plan.names.restore), ...grantsToRestore(plan), ...toRestoreInParts(plan, dialect)];

/**
 * What `deepclean restore` itself does for a part of a run, with its caller's rights on every server: it looks up
 * what is selected, and gives these copies another run's number. Of a copy it may change nothing else: what it changed would
 * come back as the product's.
 */
function toRestoreInParts(plan: Plan, dialect: Dialect): readonly NeededGrant[] {
  const { names, backups, lookedAt, procedureRights } = plan;
  const grant = (on: string, ...privileges: string[]): NeededGrant[] =>
    privileges.map((privilege) => ({ privilege, on }));
  const parents = backups.flatMap(({ source }) => source.foreignKeys.map(({ references }) => references));
  const read = [...backups.map(({ source }) => source.name), ...parents, ...lookedAt.map(({ name }) => name)];
  return [
    ...[...new Set(read)].flatMap((name) => grant(name, 'SELECT')),
    ...backups.flatMap(({ name }) => grant(name, 'SELECT', `UPDATE (${supportColumn(dialect, 'run_id')})`)),
    ...grant(names.run, 'SELECT', 'INSERT'),
    ...[names.runStep, names.runReason].flatMap((name) => grant(name, 'SELECT', 'INSERT', 'UPDATE')),
    ...(procedureRights === 'owner' ? grant(names.lock, 'SELECT') : []),
  ];
}

function toRead(plan: Plan, dialect: Dialect): readonly NeededGrant[] {
  const { names, procedureRights, backups, lookedAt, steps } = plan;
  const select = (on: string): NeededGrant => ({ privilege: 'SELECT', on });
  const sightings = steps.flatMap(({ list }) => (list?.content === 'sightings' ? [list.name] : []));
  const counted = [...backups.map(({ source }) => source.name), ...lookedAt.map(({ name }) => name), ...sightings];
  return [
    ...toConnect(dialect),
    ...[names.setting, names.lock, names.run, names.runStep, names.runReason].map(select),
    ...[names.runError, names.runRest, names.runProof].map(select),
    backlogOf(plan, dialect),
    // The backlog counts with its caller's rights there, too.
    ...(procedureRights === 'caller' ? counted.map(select) : []),
  ];
}

/** What counts the backlog; before `deepclean run`, too. */
const backlogOf = ({ names }: Plan, { capabilities }: Dialect): NeededGrant =>
  capabilities.backlog === 'function'
    ? { privilege: 'EXECUTE', on: names.backlog, kind: 'function' }
    : { privilege: 'SELECT', on: names.backlog };

/** Without these a caller sees no objects at all, or not enough of them. */
const toConnect = ({ catalog }: Dialect): readonly NeededGrant[] => [
  ...onAll(catalog.installPrivileges.filter((privilege) => privilege === 'USAGE')),
  ...onAll(catalog.callPrivileges ?? []),
];
