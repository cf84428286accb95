import type { Dialect } from './dialect.js';

/** A user as GRANT names it. Some servers know a user together with a host: `name@host`. */
export function granteeOf(user: string, { capabilities, expressions }: Dialect): string {
  const { identifier, literal } = expressions;
  if (capabilities.namespaces) return identifier(user);
  const at = user.lastIndexOf('@');
  const [name, host] = at < 0 ? [user, '%'] : [user.slice(0, at), user.slice(at + 1)];
  return `${literal(name)}@${literal(host)}`;
}
