import type { Connection, Dialect, NeededGrant, ServerFacts } from '../dialects/dialect.js';
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
    ...deliverables.flatMap(({ grants, names }) => [...grants, { privilege: 'SELECT', on: names.object }]),
  ];
  const missing = await catalog.missingGrants(connection, needed, namespace);
  return missing.map((grant) => ({
    what: `User ${server.user} lacks ${grant}`,
    next: `Have an administrator run: GRANT ${grant} TO ${grantee(server.user, dialect)};`,
  }));
}

/** Some servers know a user together with a host: `name@host`. */
function grantee(user: string, dialect: Dialect): string {
  const { identifier } = dialect.expressions;
  const at = user.lastIndexOf('@');
  if (dialect.capabilities.namespaces || at < 0) return identifier(user);
  const { literal } = dialect.expressions;
  return `${literal(user.slice(0, at))}@${literal(user.slice(at + 1))}`;
}
