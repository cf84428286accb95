import { mustFind } from '../../plan/resolve-step.js';
import type { CutOff, EpochUnit, LongestPeriod, Parameter } from '../../policy/types.js';
import { rulesOf } from '../../policy/visit.js';
import { findColumn } from '../../schema/find.js';
import type { Column, Table } from '../../schema/types.js';
import type { Context } from './context.js';

export interface CutOffView {
  readonly name: string;
  readonly variable: string;
  readonly expression: readonly string[];
  /** The same instant in the backlog view, where settings are columns. */
  readonly viewExpression: readonly string[];
  readonly meaning: string;
  /** The same instant in whole numbers since 1970, for each unit that a rule compares with. */
  readonly epochs: readonly { readonly variable: string; readonly expression: string; readonly name: string }[];
}

const viewParameter = (name: string): string => `n.${name}`;

/** Three thousand million seconds are about a hundred years: no token is meant to live so long and no longer. */
const foreverSeconds = 3_155_760_000;

/** The variable, or the column of the backlog view, that holds a cut-off in whole numbers since 1970. */
export const epochName = (cutOff: string, unit: EpochUnit): string =>
  `${cutOff}_${unit === 'nanoseconds' ? 'ns' : 'ms'}`;

export function viewCutOff(cutOff: CutOff, context: Context): CutOffView {
  const { dialect, plan } = context;
  const { expressions } = dialect;
  const { less, andLongest } = cutOff;
  const unit = 'hours' in less ? 'hours' : unitOf(plan.parameters, less.parameter);
  const instant = (from: string, parameter: (name: string) => string) => {
    const amount = 'hours' in less ? String(less.hours) : parameter(less.parameter);
    const whole = expressions.before(from, amount, unit);
    return andLongest === undefined
      ? whole
      : expressions.before(whole, longestSeconds(andLongest, parameter, context), 'seconds');
  };
  const inView = (name: string) => expressions.wholeNumber(viewParameter(name));
  return {
    name: cutOff.name,
    variable: expressions.variable(cutOff.name),
    expression: instant(expressions.variable(cutOff.from === 'data' ? 'clock' : 'started'), expressions.variable).split(
      '\n',
    ),
    viewExpression: instant(cutOff.from === 'data' ? 'n.clock' : 'n.utc_now', inView).split('\n'),
    meaning: cutOff.meaning,
    epochs: epochUnits(cutOff.name, context).map((epoch) => ({
      name: epochName(cutOff.name, epoch),
      variable: expressions.variable(epochName(cutOff.name, epoch)),
      expression: expressions.epoch(expressions.variable(cutOff.name), epoch),
    })),
  };
}

/** The units in which a plan's rules compare whole numbers with a cut-off. */
function epochUnits(name: string, { plan }: Context): readonly EpochUnit[] {
  const rules = plan.steps.flatMap(({ rule }) => rulesOf(rule).map(([part]) => part));
  return [
    ...new Set(rules.flatMap((rule) => (rule.kind === 'epochBefore' && rule.cutOff === name ? [rule.unit] : []))),
  ];
}

/** A scalar: the longest period that any row states, or NULL where one means for ever. */
function longestSeconds(
  { table: name, columns, atLeast }: LongestPeriod,
  parameter: (name: string) => string,
  { plan, dialect, qualify }: Context,
): string {
  const table = mustFind(plan.schema, name);
  const { identifier, largest } = dialect.expressions;
  const live = columns.flatMap((column) => findColumn(table, column) ?? []).map((column) => identifier(column.name));
  const [source, floor] = [qualify(table.name), `${parameter(atLeast.parameter)} * 3600`];
  if (live.length === 0) return floor;
  const all = live.map((column) => `SELECT a.${column} AS seconds FROM ${source} a`);
  // The least period may be a column of the query around it, so it stands outside of the one that aggregates.
  return [
    '(SELECT CASE',
    '    WHEN x.is_for_ever = 1 THEN NULL',
    `    WHEN x.longest > ${floor} THEN x.longest`,
    `    ELSE ${floor}`,
    '  END',
    '  FROM (',
    `    SELECT ${largest('p.seconds')} AS longest,`,
    `      MAX(CASE WHEN p.seconds < 0 OR p.seconds > ${foreverSeconds} THEN 1 ELSE 0 END) AS is_for_ever`,
    '    FROM (',
    `      ${all.join(' UNION ALL\n      ')}`,
    '    ) p',
    '  ) x)',
  ].join('\n');
}

function unitOf(parameters: readonly Parameter[], name: string): 'minutes' | 'hours' | 'days' {
  const parameter = parameters.find((one) => one.name === name);
  if (parameter?.kind !== 'number') throw new Error(`no number parameter ${name}`);
  if (parameter.unit !== 'minutes' && parameter.unit !== 'hours' && parameter.unit !== 'days') {
    throw new Error(`${name} is no length of time`);
  }
  return parameter.unit;
}

/** One scalar subquery per column; the newest of them all. False where no rule needs the data's own clock. */
export function newestStamp(
  { plan, dialect, qualify }: Context,
  place: 'procedure' | 'view',
  zone: string,
): string | false {
  const stamps = plan.clock.map(({ table, column }) => {
    const live = mustHave(table, column);
    const newest = dialect.expressions.stamp(
      dialect.expressions.largest(`t.${dialect.expressions.identifier(live.name)}`),
      live,
      place,
      zone,
    );
    return `(SELECT ${newest} FROM ${qualify(table.name)} t)`;
  });
  const [first] = stamps;
  if (first === undefined) return false;
  return stamps.length === 1 ? first : dialect.expressions.greatest(stamps);
}

function mustHave(table: Table, name: string): Column {
  const column = findColumn(table, name);
  if (column === undefined) throw new Error(`${table.name} has no column ${name}`);
  return column;
}
