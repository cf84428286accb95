import { all } from '../policy/build.js';
import type { Follower, On, Predicate, Step } from '../policy/types.js';
import type { Schema } from '../schema/types.js';
import { type FoundChild, findKeepers, type Goes } from './children.js';
import { mustFind } from './resolve-step.js';

/** A step whose rows stay as long as rows of other tables refer to them, or to what would go with them. */
export function keptByOthers(step: Step, schema: Schema, goes: Goes): { step: Step; keptBy: readonly FoundChild[] } {
  // A step that takes no row which is referred to has a guard for each key already.
  const keptBy = step.unreferenced ? [] : findKeepers(schema, mustFind(schema, step.table), goes);
  const followers = step.followers?.map((follower) => keptFollower(follower, schema, goes));
  return {
    step: {
      ...step,
      ...(keptBy.length > 0 && { guard: guarded(step.guard, keptBy) }),
      ...(followers && { followers }),
    },
    keptBy,
  };
}

function keptFollower(follower: Follower, schema: Schema, goes: Goes): Follower {
  const keptBy = findKeepers(schema, mustFind(schema, follower.table), goes);
  return keptBy.length === 0 ? follower : { ...follower, guard: guarded(follower.guard, keptBy) };
}

function guarded(guard: Predicate | undefined, keptBy: readonly FoundChild[]): Predicate {
  const own = guard === undefined ? [] : guard.kind === 'all' ? guard.of : [guard];
  const parts = [...own, ...keptBy.map(isNotReferredTo)];
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : all(...parts);
}

/** No row refers to it, by this way: as foreign keys compare, and with NULL referring to nothing. */
function isNotReferredTo({ path }: FoundChild): Predicate {
  const [last, ...nearer] = [...path].reverse();
  if (last === undefined) throw new Error('a keeper without a key');
  const where = rowThatRefers(nearer);
  return { kind: 'noRow', table: last.table.name, on: pairs(last), ...(where && { where }) };
}

function rowThatRefers([first, ...nearer]: FoundChild['path']): Predicate | undefined {
  if (first === undefined) return undefined;
  const where = rowThatRefers(nearer);
  return { kind: 'someRow', table: first.table.name, on: pairs(first), byCollation: true, ...(where && { where }) };
}

const pairs = ({ foreignKey }: FoundChild['path'][number]): On =>
  foreignKey.columns.map((column, at) => [column, foreignKey.referencedColumns[at] ?? column] as const);
