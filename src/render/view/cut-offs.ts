import { kitName } from '../../plan/kit.js';
import { mustFind } from '../../plan/resolve-step.js';
import { uncertaintyName } from '../../policy/clock.js';
import { timestampsJudgedBy } from '../../policy/columns.js';
import type { CutOff, EpochUnit, LongestPeriod, Parameter } from '../../policy/types.js';
import { rulesOf } from '../../policy/visit.js';
import { findColumn } from '../../schema/find.js';
import { isInSeconds } from '../binding.js';
import type { Context } from './context.js';

export interface CutOffView {
  readonly name: string;
  readonly variable: string;
  readonly expression: readonly string[];
  /** The same instant in the backlog view, where settings are columns. */
  readonly viewExpression: readonly string[];
  readonly meaning: string;
  /** It reads a table. */
  readonly isQuery: boolean;
  /** The same instant in numbers since 1970, for each unit that a rule compares with; seconds have a fraction. */
  readonly epochs: readonly {
    readonly variable: string;
    readonly expression: string;
    /** The same in the backlog view. */
    readonly viewExpression: string;
    readonly name: string;
    readonly isWhole: boolean;
  }[];
}

const viewParameter = (name: string): string => `n.${name}`;

/** Three thousand million seconds are about a hundred years: no token is meant to live so long and no longer. */
const foreverSeconds = 3_155_760_000;

/** The variable, or the column of the backlog view, that holds a cut-off in numbers since 1970. */
export const epochName = (cutOff: string, unit: CutOffUnit): string => `${cutOff}_${shortNames[unit]}`;

type CutOffUnit = EpochUnit | 'seconds';
const shortNames = { nanoseconds: 'ns', milliseconds: 'ms', seconds: 's' } as const;

export function viewCutOff(cutOff: CutOff, context: Context): CutOffView {
  const { dialect, plan } = context;
  const { expressions } = dialect;
  const { clock, less, andLongest } = cutOff;
  const unit = 'hours' in less ? 'hours' : unitOf(plan.parameters, less.parameter);
  const instant = (from: string, parameter: (name: string) => string) => {
    const surely = clock === 'unknown' ? expressions.before(from, parameter(uncertaintyName), 'hours') : from;
    const amount = 'hours' in less ? String(less.hours) : parameter(less.parameter);
    const whole = expressions.before(surely, amount, unit);
    return andLongest === undefined
      ? whole
      : expressions.before(whole, longestSeconds(andLongest, parameter, context), 'seconds');
  };
  const readsByCall = !plan.keepsRunInRow && !dialect.capabilities.kitPackage;
  const inRun = (name: string) => {
    const parameter = plan.parameters.find((one) => one.name === name);
    if (!readsByCall || parameter === undefined) return expressions.variable(name);
    return `${context.qualify(kitName('number', dialect, plan.prefix))}(${expressions.variable('run')}, ${expressions.literal(name)}, ${parameter.default})`;
  };
  const started = !plan.keepsRunInRow ? `${expressions.variable('run')}.started` : expressions.variable('started');
  const inView = (name: string) => expressions.wholeNumber(viewParameter(name));
  return {
    name: cutOff.name,
    variable: expressions.variable(cutOff.name),
    expression: instant(started, inRun).split('\n'),
    viewExpression: instant('n.utc_now', inView).split('\n'),
    meaning: cutOff.meaning,
    isQuery: andLongest !== undefined,
    epochs: epochUnits(cutOff.name, context).map((epoch) => ({
      name: epochName(cutOff.name, epoch),
      variable: expressions.variable(epochName(cutOff.name, epoch)),
      expression: expressions.epoch(expressions.variable(cutOff.name), epoch),
      viewExpression: expressions.epoch(`m.${cutOff.name}`, epoch),
      isWhole: epoch !== 'seconds',
    })),
  };
}

/** The settings that a cut-off is made of. */
export const parametersOf = ({ clock, less, andLongest }: CutOff): readonly string[] => [
  ...(clock === 'unknown' ? [uncertaintyName] : []),
  ...('hours' in less ? [] : [less.parameter]),
  ...(andLongest === undefined ? [] : [andLongest.atLeast.parameter]),
];

/** The units in which a plan's rules compare numbers since 1970 with a cut-off. */
function epochUnits(name: string, { plan, dialect }: Context): readonly CutOffUnit[] {
  const units = plan.steps.flatMap(({ rule }) => [
    ...rulesOf(rule).flatMap(([part]) => (part.kind === 'epochBefore' && part.cutOff === name ? [part.unit] : [])),
    ...timestampsJudgedBy(rule).flatMap(({ table, column, cutOff }) => {
      const live = findColumn(mustFind(plan.schema, table), column);
      return live && cutOff === name && isInSeconds(dialect.expressions, live) ? ['seconds' as const] : [];
    }),
  ]);
  return [...new Set(units)];
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
