import type { Dialect } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import type { Step } from '../policy/types.js';
import { rulesOf } from '../policy/visit.js';
import { findColumn } from '../schema/find.js';
import type { Column, Table } from '../schema/types.js';

/** Queries for keys of a table's rows: each gives the columns of the key under the names of `keyName`. */
export interface NearLine {
  readonly key: readonly Column[];
  /** The rows that have been there for longest. */
  readonly oldest: string;
  /** For each comparison with a cut-off: the rows that pass it next. */
  readonly next: readonly string[];
}

export const keyName = (at: number): string => `k${at}`;

/** Ten years in milliseconds: a longer period ends on no page. */
const longest = 315_360_000_000;

/**
 * Which rows of a table lie next to what divides dead rows from live ones, by a time that is compared with a cut-off;
 * undefined if the table has no key whose values can be handed over. Which of them are dead, the queries do not say.
 */
export function nearLine(
  table: Table,
  rule: Step,
  cutOffs: Readonly<Record<string, bigint>>,
  { dialect, namespace, rows }: { readonly dialect: Dialect; readonly namespace?: string; readonly rows: number },
): NearLine | undefined {
  const { identifier, firstRows } = dialect.expressions;
  const key = table.primaryKey.flatMap((name) => findColumn(table, name) ?? []);
  if (key.length === 0 || key.some(({ family }) => family !== 'text' && family !== 'integer')) return undefined;
  const references = key.map(({ name }) => `t.${identifier(name)}`);
  const columns = references.map((reference, at) => `${reference} AS ${identifier(keyName(at))}`).join(', ');
  const select = `SELECT ${columns} FROM ${sqlName(dialect, table.name, namespace)} t`;
  const ordered = (by: readonly string[]): string => `ORDER BY ${[...by, ...references].join(', ')}`;
  const lines = linesOf(table, rule, dialect);
  const age = ageOf(table, rule, dialect) ?? lines[0]?.passes;
  return {
    key,
    oldest: firstRows(
      age === undefined ? `${select} ${ordered([])}` : `${select} WHERE ${age} IS NOT NULL ${ordered([age])}`,
      rows,
    ),
    next: lines.flatMap(({ passes, cutOff }) => {
      const at = cutOffs[cutOff];
      return at === undefined ? [] : [firstRows(`${select} WHERE ${passes} >= ${at} ${ordered([passes])}`, rows)];
    }),
  };
}

interface Line {
  /** When it passes, in microseconds since 1970, on the clock of the cut-off. */
  readonly passes: string;
  readonly cutOff: string;
}

/** Each comparison of a row's own time with a cut-off, once. */
function linesOf(table: Table, rule: Step, dialect: Dialect): readonly Line[] {
  const all = rulesOf({ table: rule.table, reasons: rule.reasons, ...(rule.guard && { guard: rule.guard }) })
    .filter(([, of]) => of === rule.table)
    .flatMap(([part]): readonly Line[] => {
      if (part.kind === 'before') {
        const passes = instant(table, part.column, dialect);
        return passes === undefined ? [] : [{ passes, cutOff: part.cutOff }];
      }
      if (part.kind === 'periodOver') {
        const [begins, period] = [instant(table, part.stamp, dialect), number(table, part.period, dialect)];
        if (begins === undefined || period === undefined) return [];
        const [most, factor] = part.unit === 'seconds' ? [longest / 1000, 1_000_000] : [longest, 1000];
        const length = `CASE WHEN ${period} BETWEEN 0 AND ${most} THEN ${period} * ${factor} END`;
        return [{ passes: `${begins} + ${length}`, cutOff: part.cutOff }];
      }
      if (part.kind !== 'epochBefore') return [];
      const value = number(table, part.column, dialect);
      return value === undefined ? [] : [{ passes: inMicroseconds(value, part.unit), cutOff: part.cutOff }];
    });
  return [...new Map(all.map((line) => [`${line.passes} ${line.cutOff}`, line])).values()];
}

function ageOf(table: Table, { stamp }: Step, dialect: Dialect): string | undefined {
  if (stamp === undefined) return undefined;
  if (typeof stamp === 'string') return instant(table, stamp, dialect);
  return number(table, stamp.column, dialect);
}

function instant(table: Table, name: string, { expressions }: Dialect): string | undefined {
  const live = findColumn(table, name);
  if (live?.family !== 'timestamp') return undefined;
  return expressions.epoch(expressions.timestamp(`t.${expressions.identifier(live.name)}`, live), 'microseconds');
}

function number(table: Table, name: string, { expressions }: Dialect): string | undefined {
  const live = findColumn(table, name);
  return live?.family === 'integer' ? `t.${expressions.identifier(live.name)}` : undefined;
}

/** What lies beyond all calendars stays out: its product could overflow. */
const inMicroseconds = (value: string, unit: 'milliseconds' | 'nanoseconds'): string =>
  unit === 'nanoseconds'
    ? `${value} / 1000`
    : `CASE WHEN ${value} BETWEEN 0 AND 253402300799000 THEN ${value} * 1000 END`;
