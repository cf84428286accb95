import type { Plan, PlannedChild, PlannedStep } from '../../plan/types.js';
import type { On, Predicate } from '../../policy/types.js';
import { partsOf } from '../../policy/visit.js';
import { findColumn, findTable } from '../../schema/find.js';
import type { Schema, Table } from '../../schema/types.js';

/** Rows of one table that lead to rows of another: with the first, the second are copied. */
export interface Edge {
  readonly from: Table;
  /** Columns of the first, and of the second; names of the live schema. */
  readonly columns: readonly string[];
  readonly to: Table;
  readonly toColumns: readonly string[];
  /** What the rows that are found lead to. */
  readonly next: readonly Edge[];
}

/** From the rows that a step cleans to all that its rule asks, to what goes with them, and to what keeps them. */
export function edgesOf(step: PlannedStep, schema: Schema): readonly Edge[] {
  const { table, rule, children, keptBy, followers } = step;
  const { history, guard, reasons } = rule;
  return [
    ...(history === undefined ? [] : within(table, history.of)),
    ...[...(guard === undefined ? [] : [guard]), ...reasons.map(({ when }) => when)].flatMap((one) =>
      asked(one, table, schema),
    ),
    ...[...children, ...keptBy].flatMap(({ path }) => below(table, path)),
    ...followers.map(({ table: to, on, guard: kept }): Edge => {
      return { ...edge(table, to, on), next: asked(kept, to, schema) };
    }),
  ];
}

/** Tables of which every row counts, whichever row is judged. */
export function askedWhole({ steps, cutOffs, schema }: Plan): readonly Table[] {
  const names = [
    ...cutOffs.flatMap(({ andLongest }) => andLongest?.table ?? []),
    ...steps.flatMap(({ rule }) => [rule.guard, ...rule.reasons.map(({ when }) => when)].flatMap(periodsIn)),
  ];
  return [...new Set(names)].flatMap((name) => findTable(schema, name) ?? []);
}

function periodsIn(rule: Predicate | undefined): readonly string[] {
  if (rule === undefined) return [];
  const own = rule.kind === 'outlives' ? [rule.periods.table] : [];
  return [...own, ...partsOf(rule, '').flatMap(([part]) => periodsIn(part))];
}

function asked(rule: Predicate, table: Table, schema: Schema): readonly Edge[] {
  switch (rule.kind) {
    case 'noRow':
    case 'someRow': {
      const to = findTable(schema, rule.table);
      if (to === undefined || !rule.on.every(isThere(to, table))) return [];
      return [{ ...edge(table, to, rule.on), next: rule.where === undefined ? [] : asked(rule.where, to, schema) }];
    }
    case 'superseded':
    case 'alone':
      return within(table, rule.by);
    default:
      return partsOf(rule, table.name).flatMap(([part]) =>
        rule.kind === 'outlives' ? [] : asked(part, table, schema),
      );
  }
}

const isThere =
  (to: Table, from: Table) =>
  ([theirs, ours]: On[number]): boolean =>
    findColumn(to, theirs) !== undefined && findColumn(from, ours) !== undefined;

/** Rows of the same table that are judged together. */
const within = (table: Table, names: readonly string[]): readonly Edge[] => [
  edge(
    table,
    table,
    names.map((name) => [name, name] as const),
  ),
];

/** Down a path of foreign keys; `path` begins with the table that is farthest away. */
function below(table: Table, path: PlannedChild['path']): readonly Edge[] {
  const link = path.at(-1);
  if (link === undefined) return [];
  const { columns, referencedColumns } = link.foreignKey;
  const pairs = columns.map((own, at) => [own, referencedColumns[at] ?? ''] as const);
  return [{ ...edge(table, link.table, pairs), next: below(link.table, path.slice(0, -1)) }];
}

function edge(from: Table, to: Table, on: On): Edge {
  const live = (table: Table, name: string): string => findColumn(table, name)?.name ?? name;
  return {
    from,
    columns: on.map(([, ours]) => live(from, ours)),
    to,
    toColumns: on.map(([theirs]) => live(to, theirs)),
    next: [],
  };
}
