import { resolveStep, whyLeftOut } from '../../../src/plan/resolve-step.js';
import { tablesLookedAtBy } from '../../../src/policy/columns.js';
import {
  type Row as EvaluatedRow,
  evaluate,
  type Facts,
  noMoment,
  reasonOfDeath,
} from '../../../src/policy/evaluate.js';
import type { CutOff, Policy, Step } from '../../../src/policy/types.js';
import { readWordList } from '../../../src/policy/word-list.js';
import { findTable } from '../../../src/schema/find.js';
import type { Schema } from '../../../src/schema/types.js';
import type { ModelResult } from '../model/options.js';
import type { Row } from '../model/rows.js';
import { microsecondsPerHour, microsecondsPerMinute, microsecondsPerSecond, parseStamp } from '../model/stamps.js';
import type { Clocks, RandomStart } from './scenario.js';

/** What a policy's rules are compared with when a run begins, of a step's table or of any other. */
export function factsAtStart(
  policy: Policy,
  { database, settings, sightings = [] }: RandomStart,
  clocks: Clocks,
  schema: Schema,
): (step: Pick<Step, 'table'>) => Facts {
  const parameter = (name: string): string => {
    const declared = policy.parameters.find((one) => one.name === name);
    if (declared === undefined) throw new Error(`no parameter ${name}`);
    return String(settings[name] ?? declared.default);
  };
  const tables: Record<string, readonly EvaluatedRow[]> = Object.fromEntries(
    Object.entries(database).map(([table, rows]) => [table, rows.map((row) => evaluated(row, table, schema))]),
  );
  const surely = clocks.utcNow - BigInt(settings.clock_uncertainty_hours ?? 0) * microsecondsPerHour;
  const cutOffs = Object.fromEntries(
    policy.cutOffs.map((cutOff) => {
      const start = cutOff.clock === 'unknown' ? surely : clocks.utcNow;
      return [cutOff.name, instantOf(cutOff, policy, parameter, start, tables)];
    }),
  );
  return (step) => ({
    cutOffs,
    enabled: Object.fromEntries(
      policy.parameters.filter(({ kind }) => kind === 'word').map(({ name }) => [name, parameter(name) === 'yes']),
    ),
    lists: Object.fromEntries(
      policy.parameters
        .filter(({ kind }) => kind === 'list')
        .map(({ name }) => [name, readWordList(parameter(name)) ?? []]),
    ),
    tables,
    sightings: (columns, row) =>
      sightings.find((one) => one.table === step.table && columns.every((column) => one.row[column] === row[column]))
        ?.firstSeen,
  });
}

/** The steps of a policy that a schema has tables for, as they stand there. */
export const stepsIn = (policy: Policy, schema: Schema): readonly Step[] =>
  policy.steps
    .map((declared) => resolveStep(declared, schema))
    .filter((step) => whyLeftOut(step, schema, tablesLookedAtBy(step)) === undefined);

/** Dead rows by table and reason, as the policy's data says, evaluated in memory. */
export function deadByPolicy(policy: Policy, start: RandomStart, clocks: Clocks, schema: Schema): ModelResult['dead'] {
  const dead: Record<string, Record<string, number>> = {};
  const count = (table: string, reason: string): void => {
    dead[table] = { ...dead[table], [reason]: (dead[table]?.[reason] ?? 0) + 1 };
  };
  const factsOf = factsAtStart(policy, start, clocks, schema);
  const left: Record<string, readonly EvaluatedRow[]> = { ...factsOf({ table: '' }).tables };
  for (const step of stepsIn(policy, schema)) {
    const facts: Facts = { ...factsOf(step), tables: { ...left } };
    const gone = (left[step.table] ?? []).filter((row) => {
      const reason = reasonOfDeath(step, row, facts);
      if (reason !== undefined) count(step.table, reason);
      return reason !== undefined;
    });
    takeOut(step.table, gone, left, schema);
    for (const { table, on, guard, name } of step.followers ?? []) {
      const after: Facts = { ...facts, tables: { ...left } };
      const following = (left[table] ?? []).filter(
        (row) =>
          gone.some((parent) => on.every(([theirs, ours]) => row[theirs] !== null && row[theirs] === parent[ours])) &&
          evaluate(guard, table, row, after) === true,
      );
      for (const _ of following) count(table, name);
      left[table] = (left[table] ?? []).filter((row) => !following.includes(row));
    }
  }
  return dead;
}

/** Removes rows, and those that hang on them by a foreign key of the product: a later step may ask for such rows. */
function takeOut(
  table: string,
  gone: readonly EvaluatedRow[],
  left: Record<string, readonly EvaluatedRow[]>,
  schema: Schema,
): void {
  if (gone.length === 0) return;
  left[table] = (left[table] ?? []).filter((row) => !gone.includes(row));
  for (const [child, rows] of Object.entries(left)) {
    // Rows are named as the product names its columns, the live schema as its server folds names.
    const keys = (findTable(schema, child)?.foreignKeys ?? [])
      .filter(({ references }) => references.toUpperCase() === table)
      .map(({ columns, referencedColumns }) =>
        columns.map((column, at) => [column.toUpperCase(), (referencedColumns[at] ?? column).toUpperCase()] as const),
      );
    const hangs = (row: EvaluatedRow): boolean =>
      keys.some((pairs) =>
        gone.some((parent) => pairs.every(([ours, theirs]) => row[ours] !== null && row[ours] === parent[theirs])),
      );
    if (keys.length > 0 && child !== table) takeOut(child, rows.filter(hangs), left, schema);
  }
}

/** Stamps as microseconds. */
function evaluated(row: Row, name: string, schema: Schema): EvaluatedRow {
  const columns = findTable(schema, name)?.columns ?? [];
  const families = new Map(columns.map((column) => [column.name.toUpperCase(), column.family]));
  const all = Object.fromEntries([...families.keys()].map((column) => [column, row[column] ?? null]));
  return Object.fromEntries(
    Object.entries(all).map(([column, value]) => [
      column,
      families.get(column) === 'timestamp' && value !== null ? (parseStamp(value) ?? noMoment) : value,
    ]),
  );
}

const unitMicroseconds: Readonly<Record<string, bigint>> = {
  minutes: microsecondsPerMinute,
  hours: microsecondsPerHour,
  days: 24n * microsecondsPerHour,
};

function instantOf(
  { less, andLongest }: CutOff,
  policy: Policy,
  parameter: (name: string) => string,
  start: bigint,
  tables: Readonly<Record<string, readonly EvaluatedRow[]>>,
): bigint {
  const declared = 'parameter' in less ? policy.parameters.find(({ name }) => name === less.parameter) : undefined;
  const unit = declared?.kind === 'number' ? declared.unit : 'hours';
  const amount = 'hours' in less ? BigInt(less.hours) : BigInt(parameter(less.parameter));
  const instant = start - amount * (unitMicroseconds[unit] ?? 0n);
  if (andLongest === undefined) return instant;
  const stated = (tables[andLongest.table] ?? []).flatMap((row) =>
    andLongest.columns.map((column) => row[column]).filter((value) => typeof value === 'bigint'),
  );
  // For ever: nothing was ever before it.
  if (stated.some((seconds) => seconds < 0n || seconds > 3_155_760_000n)) return -(2n ** 62n);
  const floor = BigInt(parameter(andLongest.atLeast.parameter)) * 3600n;
  const longest = stated.reduce((most, seconds) => (seconds > most ? seconds : most), floor);
  return instant - longest * microsecondsPerSecond;
}
