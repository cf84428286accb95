import type { Connection, Dialect, NeededGrant, ServerFacts } from '../dialects/dialect.js';
import { granteeOf } from '../dialects/grantee.js';
import type { Problem } from '../errors.js';
import type { Deliverable } from '../render/deliverable.js';

/** Privileges that the connected user lacks for installing and for cleaning, one problem for each place. */
export async function grantProblems(
  connection: Connection,
  dialect: Dialect,
  deliverables: readonly Deliverable[],
  server: ServerFacts,
  namespace: string | undefined,
): Promise<readonly Problem[]> {
  const { catalog } = dialect;
  const needed: readonly NeededGrant[] = [
    ...[...catalog.installPrivileges, ...(catalog.callPrivileges ?? [])].map((privilege) => ({ privilege, on: '*' })),
    ...deliverables.flatMap(({ grants, names }) => [
      ...grants,
      { privilege: 'SELECT', on: names.object },
      { privilege: 'SELECT', on: names.signature },
    ]),
  ];
  const missing = await catalog.missingGrants(connection, needed, namespace);
  return missing.map((grant) => ({
    what: `User ${server.user} lacks ${grant}`,
    next: `Have an administrator run: GRANT ${grant} TO ${granteeOf(server.user, dialect)};`,
  }));
}
