import type { PlannedStep } from '../../../../src/plan/types.js';
import { NotUnderstood } from '../only.js';
import type { ProcedureStep } from '../procedure.js';
import type { Delete, Expression, Query } from '../sql.js';
import { contentOf, judgedInto, reasonsOf } from './content.js';
import { parted } from './flow.js';

/** What a batch deletes of tables, in its order; what it deletes of its own judgement is part of that. */
export const deletesIn = ({ batch }: ProcedureStep): readonly Delete[] =>
  batch.flatMap(({ does }) => (does.kind === 'delete' && !does.table.startsWith('@') ? [does] : []));

export const deletesOf = (step: ProcedureStep, table: string): readonly Delete[] =>
  deletesIn(step).filter((one) => one.table.toUpperCase() === table);

/** Without a key no row can be told from another, so one statement judges, copies and deletes. */
export const isOneStatement = (step: ProcedureStep): boolean => judgedInto(step) === undefined;

/** The query that judges rows: of what the table variable holds, or of what the one statement deletes and copies. */
export function judgement(step: ProcedureStep, { table }: PlannedStep): Query {
  const into = judgedInto(step);
  if (into !== undefined) return reasonsOf(step, into, 'REASON');
  const [deletes, ...more] = deletesOf(step, table.name.toUpperCase());
  if (deletes === undefined || more.length > 0) throw new NotUnderstood('one statement that judges', deletes);
  const conditions = deletes.where === undefined ? [] : parted(deletes.where);
  const [range, rule] = [conditions.filter(isOfBatch), conditions.filter((one) => !isOfBatch(one))];
  const reason: Expression = {
    kind: 'case',
    arms: [{ when: { kind: 'and', of: rule }, result: reasonIn(deletes) }],
  };
  return {
    kind: 'select',
    columns: [{ name: 'REASON', value: reason }],
    from: deletes.from,
    where: { kind: 'and', of: range },
  };
}

/** Which rows a batch is about. */
const isOfBatch = (condition: Expression): boolean =>
  condition.kind === 'compare' &&
  condition.right.kind === 'column' &&
  /^@(from|upto)_\d+$/.test(condition.right.path.join());

/** The reason that is copied with each row that a statement deletes. */
export function reasonIn({ copies }: Delete): Expression {
  const output = copies?.query.kind === 'select' ? copies.query.columns[copies.columns.indexOf('REASON')] : undefined;
  if (output?.name === undefined) throw new NotUnderstood('a reason', copies);
  return output.value;
}

export function named(step: ProcedureStep): ReadonlyMap<string, Query> {
  const into = judgedInto(step);
  return new Map(into === undefined ? [] : [[into, contentOf(step, into)]]);
}
