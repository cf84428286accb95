import type { Predicate } from '../policy/types.js';

/** A guard in words, for the reader of the SQL. */
export function describeGuard(guard: Predicate): string {
  switch (guard.kind) {
    case 'all':
      return guard.of.map(describeGuard).join(', and ');
    case 'isNotNull':
      return `it has a ${guard.column}`;
    case 'before':
      return `its ${guard.column} is before the ${guard.cutOff.replaceAll('_', ' ')}`;
    case 'noRow':
      return `no row of ${guard.table} has its ${guard.on.map(([, ours]) => ours).join(' and ')}`;
    default:
      throw new Error(`a guard of kind ${guard.kind} has no words yet`);
  }
}
