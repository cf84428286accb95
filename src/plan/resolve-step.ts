import { all, noRow } from '../policy/build.js';
import type { Predicate, Reason, Step } from '../policy/types.js';
import { findColumn, findTable } from '../schema/find.js';
import type { Schema, Table } from '../schema/types.js';

/**
 * A step as it stands for one schema: without the columns and tables that this version lacks, and with a guard for each
 * live foreign key where the policy asks for rows that nothing refers to.
 */
export function resolveStep(step: Step, schema: Schema): Step {
  const rule = (predicate: Predicate, table: string) => resolve(predicate, table, schema);
  const guards = [
    ...(step.guard ? [rule(step.guard, step.table)] : []),
    ...(step.unreferenced ? referringRows(step, schema) : []),
  ].flatMap((guard) => (guard === true ? [] : guard.kind === 'all' ? guard.of : [guard]));
  const { guard: _, followers, ...rest } = step;
  const present = (followers ?? []).filter(({ table }) => findTable(schema, table) !== undefined);
  return {
    ...rest,
    ...(guards.length > 0 && { guard: joined(guards) }),
    reasons: step.reasons
      .filter(applies(step.table, schema))
      .map((reason) => ({ ...reason, when: certain(rule(reason.when, step.table)) })),
    ...(present.length > 0 && {
      followers: present.map((follower) => ({ ...follower, guard: certain(rule(follower.guard, follower.table)) })),
    }),
  };
}

/** Whether a version of the product can have rows that are dead by a reason. */
const applies = (name: string, schema: Schema) => {
  const table = findTable(schema, name);
  return ({ ifColumn }: Reason): boolean =>
    ifColumn === undefined || table === undefined || findColumn(table, ifColumn) !== undefined;
};

/** Reasons of a step that a schema has no column for, in words. */
export function reasonsLeftOut(step: Step, schema: Schema): readonly string[] {
  return step.reasons
    .filter((reason) => !applies(step.table, schema)(reason))
    .map(({ name, ifColumn }) => `nothing is ${name} here, for lack of a column ${ifColumn}`);
}

/** A rule without what the schema lacks; `true` where nothing of it is left to be asked. */
function resolve(predicate: Predicate, table: string, schema: Schema): Predicate | true {
  switch (predicate.kind) {
    case 'all': {
      const parts = predicate.of.map((part) => resolve(part, table, schema)).filter((part) => part !== true);
      return parts.length === 0 ? true : joined(parts);
    }
    case 'any': {
      const parts = predicate.of.map((part) => resolve(part, table, schema));
      return parts.includes(true) ? true : { kind: 'any', of: parts.filter((part) => part !== true) };
    }
    case 'hasColumn': {
      const live = findTable(schema, table);
      const there = live !== undefined && findColumn(live, predicate.column) !== undefined;
      return resolve(there ? predicate.then : predicate.otherwise, table, schema);
    }
    case 'outlives': {
      const { periods } = predicate;
      return { ...predicate, periods: { ...periods, where: certain(resolve(periods.where, periods.table, schema)) } };
    }
    case 'unless':
      return { ...predicate, rule: certain(resolve(predicate.rule, table, schema)) };
    case 'noRow':
    case 'someRow': {
      if (predicate.kind === 'noRow' && predicate.ifThere && !holds(schema, predicate)) return true;
      const { where, ...row } = predicate;
      const left = where === undefined ? true : resolve(where, predicate.table, schema);
      return left === true ? row : { ...row, where: left };
    }
    default:
      return predicate;
  }
}

/** The table is there, with the columns that are compared. */
function holds(schema: Schema, { table: name, on }: Predicate & { kind: 'noRow' }): boolean {
  const table = findTable(schema, name);
  return table !== undefined && on.every(([theirs]) => findColumn(table, theirs) !== undefined);
}

const joined = (parts: readonly Predicate[]): Predicate => {
  const [only, ...more] = parts;
  return only !== undefined && more.length === 0 ? only : all(...parts);
};

function certain(rule: Predicate | true): Predicate {
  if (rule === true) throw new Error('a rule of which this schema leaves nothing would call every row dead');
  return rule;
}

/** "No row refers to it", once for each live foreign key that the policy does not name itself. */
function referringRows(step: Step, schema: Schema): readonly Predicate[] {
  const own = findTable(schema, step.table);
  return schema.tables
    .filter((table) => table !== own)
    .flatMap((table) =>
      table.foreignKeys
        .filter(({ references }) => references === own?.name)
        .map((key) =>
          noRow(table.name, Object.fromEntries(key.columns.map((c, i) => [c, key.referencedColumns[i] ?? c]))),
        )
        .filter((guard) => !isNamed(guard, step.guard) && !step.reasons.every(({ when }) => isNamed(guard, when))),
    );
}

const isNamed = (guard: Predicate, declared: Predicate | undefined): boolean =>
  declared !== undefined &&
  (declared.kind === 'all' ? declared.of.some((part) => isNamed(guard, part)) : sameRows(guard, declared));

const sameRows = (one: Predicate, other: Predicate): boolean =>
  one.kind === 'noRow' && other.kind === 'noRow' && !other.where && !other.exactly && textOf(one) === textOf(other);

const textOf = ({ table, on }: Predicate & { kind: 'noRow' }): string =>
  JSON.stringify([table, ...on.map((pair) => pair.join(' ')).sort()]).toLowerCase();

/** Why a step is left out whose table is not there. */
export const noSuchTable = 'this schema has no such table';

/** Why a step cannot be taken in a schema, or undefined where it can. */
export function whyLeftOut(step: Step, schema: Schema, looksAt: readonly string[]): string | undefined {
  if (findTable(schema, step.table) === undefined) return noSuchTable;
  if (step.reasons.length === 0) return 'no column of this schema tells what is dead here';
  const absent = looksAt.filter((name) => findTable(schema, name) === undefined);
  return absent.length === 0 ? undefined : `its rule looks at ${absent.join(', ')}, which this schema lacks`;
}

/** The table of that name. @throws Error where the plan should have refused */
export function mustFind(schema: Schema, name: string): Table {
  const table = findTable(schema, name);
  if (table === undefined) throw new Error(`no table ${name} in ${schema.source}`);
  return table;
}
