import type { TableGrant } from '../../plan/grants.js';

/** One line per set of privileges, with the tables it is needed on. */
export function grantLines(grants: readonly TableGrant[]): readonly string[] {
  const privileges = new Map<string, string[]>();
  for (const { privilege, on } of grants) privileges.set(on, [...(privileges.get(on) ?? []), privilege]);
  const tables = new Map<string, string[]>();
  for (const [table, granted] of privileges) {
    const words = granted.join(', ');
    tables.set(words, [...(tables.get(words) ?? []), table]);
  }
  return [...tables].map(([words, names]) => `${words} on ${names.join(', ')}`);
}
