import type { CutOff, Parameter } from '../../policy/types.js';
import type { Column, Table } from '../../schema/types.js';
import type { Context } from './context.js';

export interface CutOffView {
  readonly name: string;
  readonly variable: string;
  readonly expression: string;
  /** The same instant in the backlog view, where settings are columns. */
  readonly viewExpression: string;
  readonly meaning: string;
}

const viewParameter = (name: string): string => `n.${name}`;

export function viewCutOff(cutOff: CutOff, { dialect, plan }: Context): CutOffView {
  const { expressions } = dialect;
  const { less } = cutOff;
  const unit = 'hours' in less ? 'hours' : unitOf(plan.parameters, less.parameter);
  const amount = (parameter: (name: string) => string) =>
    'hours' in less ? String(less.hours) : parameter(less.parameter);
  const from = cutOff.from === 'data' ? 'clock' : 'started';
  return {
    name: cutOff.name,
    variable: `v_${cutOff.name}`,
    expression: expressions.before(
      `v_${from}`,
      amount((name) => `v_${name}`),
      unit,
    ),
    viewExpression: expressions.before(
      cutOff.from === 'data' ? 'n.clock' : 'n.utc_now',
      amount((name) => expressions.wholeNumber(viewParameter(name))),
      unit,
    ),
    meaning: cutOff.meaning,
  };
}

function unitOf(parameters: readonly Parameter[], name: string): 'minutes' | 'hours' | 'days' {
  const parameter = parameters.find((one) => one.name === name);
  if (parameter?.kind !== 'number') throw new Error(`no number parameter ${name}`);
  if (parameter.unit !== 'minutes' && parameter.unit !== 'hours' && parameter.unit !== 'days') {
    throw new Error(`${name} is no length of time`);
  }
  return parameter.unit;
}

/** One scalar subquery per column; the newest of them all. */
export function newestStamp({ plan, dialect, qualify }: Context, place: 'procedure' | 'view', zone: string): string {
  const stamps = plan.clock.map(({ table, column }) => {
    const live = mustHave(table, column);
    const newest = dialect.expressions.stamp(`max(t.${dialect.expressions.identifier(live.name)})`, live, place, zone);
    return `(SELECT ${newest} FROM ${qualify(table.name)} t)`;
  });
  const [first] = stamps;
  if (first === undefined) throw new Error(`policy ${plan.policy.name} has no clock`);
  return stamps.length === 1 ? first : `greatest(${stamps.join(', ')})`;
}

function mustHave(table: Table, name: string): Column {
  const column = table.columns.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (column === undefined) throw new Error(`${table.name} has no column ${name}`);
  return column;
}
