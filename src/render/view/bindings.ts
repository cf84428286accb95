import type { PlannedStep } from '../../plan/types.js';
import { rulesOf } from '../../policy/visit.js';
import { findColumn } from '../../schema/find.js';
import type { Binding } from '../binding.js';
import type { Context } from './context.js';
import { epochName } from './cut-offs.js';

/** A step's rule where it stands in the procedure, of rows with an alias. */
export function inProcedure(step: PlannedStep, number: number, alias: string, context: Context): Binding {
  const { plan, dialect, qualify } = context;
  const { variable } = dialect.expressions;
  return {
    schema: plan.schema,
    table: step.table,
    alias,
    expressions: dialect.expressions,
    cutOff: variable,
    epoch: (cutOff, unit) => variable(epochName(cutOff, unit)),
    parameter: variable,
    tableName: (table) => qualify(table.name),
    firstSeen: dialect.capabilities.nameCase === 'upper' ? 'FIRST_SEEN' : 'first_seen',
    ...(step.list && { list: qualify(step.list.name), newestUpto: newestUpto(number, context) }),
  };
}

/** The same rule in the backlog view, where settings are columns and nothing was listed but sightings. */
export function inView(step: PlannedStep, alias: string, context: Context): Binding {
  const { list: _, newestUpto: __, ...binding } = inProcedure(step, 0, alias, context);
  return {
    ...binding,
    cutOff: (name) => `c.${name}`,
    epoch: (cutOff, unit) =>
      unit === 'seconds' ? `c.${epochName(cutOff, unit)}` : context.dialect.expressions.epoch(`c.${cutOff}`, unit),
    parameter: (name) => `c.${name}`,
    ...(step.list?.content === 'sightings' && { list: context.qualify(step.list.name) }),
    ...(largestInView(step, context) !== undefined && { newestOfThing: `${alias}.${newestColumn}` }),
  };
}

/** A step's table as the backlog view reads it: each row with the newest of its thing, where the rule asks for that. */
export function tableInView(step: PlannedStep, context: Context): readonly string[] {
  const table = context.qualify(step.table.name);
  const largest = largestInView(step, context);
  return largest === undefined
    ? [table]
    : ['(', `  SELECT n.*, ${largest} AS ${newestColumn}`, `  FROM ${table} n`, ')'];
}

const newestColumn = 'NEWEST';

function largestInView({ rule, table }: PlannedStep, { dialect }: Context): string | undefined {
  const superseded = rulesOf(rule).flatMap(([part]) => (part.kind === 'superseded' ? [part] : []))[0];
  if (superseded === undefined) return undefined;
  const column = (name: string) => `n.${dialect.expressions.identifier(findColumn(table, name)?.name ?? name)}`;
  return dialect.expressions.largestOfThing?.(column(superseded.order), superseded.by.map(column));
}

/** The variable with the largest order that a list of newest rows knows of. */
export const newestUpto = (number: number, { dialect }: Context): string =>
  dialect.expressions.variable(`newest_upto_${number}`);
