import type { PlannedStep } from '../../../../src/plan/types.js';
import type { Term } from '../../../../src/policy/prove/term.js';
import type { Judged } from '../judged.js';
import { conditionOf } from '../meaning/expression.js';
import { must, NotUnderstood } from '../only.js';
import type { ProcedureStep } from '../procedure.js';
import type { Delete, Insert, Query } from '../sql.js';
import type { Subject } from '../subject.js';
import { expressionIn } from './read-procedure.js';

/** What copies the rows of a step. */
export function copyOf({ batch }: ProcedureStep, { backup }: PlannedStep): Insert {
  const inserts = batch.flatMap(({ does }) => (does.kind === 'insert' ? [does] : []));
  const [copy, ...more] = inserts.filter(({ table }) => table.toUpperCase() === backup.name.toUpperCase());
  if (copy === undefined || more.length > 0) throw new NotUnderstood('one copy of the rows', inserts);
  return copy;
}

/** The query that it copies from: rows with their reason. */
export function judgement(step: ProcedureStep, planned: PlannedStep): Query {
  const { query } = copyOf(step, planned);
  const [first] = query.kind === 'select' ? query.from : [];
  if (first === undefined || !('query' in first.of)) throw new NotUnderstood('a judgement', query);
  return first.of.query;
}

/** What a batch deletes, in its order. */
export const deletesIn = ({ batch }: ProcedureStep): readonly Delete[] =>
  batch.flatMap(({ does }) => (does.kind === 'delete' ? [does] : []));

export const deletesOf = (step: ProcedureStep, table: string): readonly Delete[] =>
  deletesIn(step).filter((one) => one.table.toUpperCase() === table);

/** Its lines lie within the batch; those whose row was not there have been taken off before. */
export function isOfBatch(line: Term, list: string, { scope, world }: Subject, { reading, planned }: Judged): Term {
  const item = { alias: 'l', names: world.columnNames(list), column: (name: string) => world.column(list, name, line) };
  const { column } = { column: undefined, ...planned.walk };
  const step = reading.plan.steps.indexOf(planned) + 1;
  const ofBatch = `l.RUN_ID = v_run_id AND l.${must(column, 'a column').name} BETWEEN v_from_${step} AND v_upto_${step}`;
  return conditionOf(expressionIn(ofBatch), { ...scope, items: [item] }).holds;
}
