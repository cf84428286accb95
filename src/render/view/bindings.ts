import { supportColumn } from '../../dialects/support-column.js';
import type { PlannedStep } from '../../plan/types.js';
import type { Binding } from '../binding.js';
import type { Context } from './context.js';
import { epochName } from './cut-offs.js';
import { stepBefore } from './windows.js';

/** A step's rule where it stands in the procedure, of rows with an alias. */
export function inProcedure(step: PlannedStep, alias: string, context: Context): Binding {
  const { plan, dialect, qualify } = context;
  const { variable } = dialect.expressions;
  const earlier = stepBefore(step, context);
  return {
    schema: plan.schema,
    table: step.table,
    alias,
    expressions: dialect.expressions,
    cutOff: variable,
    epoch: (cutOff, unit) => variable(epochName(cutOff, unit)),
    parameter: variable,
    beside: {
      newest: newestColumn(context),
      rows: supportColumn(dialect, 'same_rows'),
      staying: supportColumn(dialect, 'staying_rows'),
    },
    tableName: (table) => qualify(table.name),
    ...(dialect.expressions.asOfNow && { asOfNow: dialect.expressions.asOfNow }),
    firstSeen: dialect.capabilities.nameCase === 'upper' ? 'FIRST_SEEN' : 'first_seen',
    ...(step.list && { list: qualify(step.list.name) }),
    ...(step.list?.content === 'keys' && { listedByRun: ofRun('l', context) }),
    ...(step.list?.witness && { witness: `l.${newestColumn(context)}` }),
    ...(earlier && { earlier }),
  };
}

/** The rule where the table is read whole: in the statement that makes the list, and in the backlog view. */
export function whileListing(step: PlannedStep, alias: string, context: Context): Binding {
  const { list: _, listedByRun: __, witness: ___, asOfNow: ____, ...binding } = inProcedure(step, alias, context);
  return binding;
}

/** The same rule in the backlog view, where settings are columns and nothing was listed but sightings. */
export function inView(step: PlannedStep, alias: string, context: Context): Binding {
  const binding = whileListing(step, alias, context);
  return {
    ...binding,
    cutOff: (name) => `c.${name}`,
    epoch: (cutOff, unit) => `c.${epochName(cutOff, unit)}`,
    parameter: (name) => `c.${name}`,
    forecast: true,
    ...(step.list?.content === 'sightings' && { list: context.qualify(step.list.name) }),
  };
}

/** That a row of a list is of this run, where lists are not kept from run to run. */
export const ofRun = (alias: string, { dialect, plan }: Context): string => {
  const { variable } = dialect.expressions;
  return `${alias}.${supportColumn(dialect, 'run_id')} = ${!plan.keepsRunInRow ? `${variable('run')}.run_id` : variable('run_id')}`;
};

/** The column of a list that names the witness of a superseded row. */
export const newestColumn = ({ dialect }: Context): string => supportColumn(dialect, 'newest');
