import type { PlannedStep } from '../../../../src/plan/types.js';
import { and, type Term } from '../../../../src/policy/prove/term.js';
import type { Judged } from '../judged.js';
import { conditionOf } from '../meaning/expression.js';
import { must, NotUnderstood } from '../only.js';
import { noTwoRows } from '../places.js';
import type { ProcedureStep } from '../procedure.js';
import type { Shape } from '../shape.js';
import { type Delete, type Insert, type Query, type Select, sameText } from '../sql.js';
import type { Subject } from '../subject.js';
import { deletesRows } from './given.js';
import { judged } from './judgement.js';

/** What a batch deletes, in its order, but for lines of lists. */
export const deletesIn = ({ batch }: ProcedureStep): readonly Delete[] =>
  batch.flatMap(({ does }) => (does.kind === 'delete' && rowsOf(does) !== undefined ? [does] : []));

/** The query whose rows FORALL goes through. */
export function rowsOf({ from }: Pick<Delete, 'from'>): Query | undefined {
  const last = from.at(-1);
  return last !== undefined && from.length > 1 && 'query' in last.of ? last.of.query : undefined;
}

/** The DELETE of a step's own table, which comes once. */
export function ownDelete(step: ProcedureStep, { table }: Pick<PlannedStep, 'table'>): Delete {
  const [found, ...more] = deletesIn(step).filter((one) => sameText(one.table, table.name));
  if (found === undefined || more.length > 0) throw new NotUnderstood(`one DELETE of ${table.name}`, more);
  return found;
}

/** By what the step's own DELETE chose its rows. */
export const judgement = (step: ProcedureStep, planned: PlannedStep): Select =>
  judged(must(rowsOf(ownDelete(step, planned)), 'a judgement'));

/** The INSERT that copies the rows which a DELETE takes: it goes through the same rows. */
export function copyOf({ batch }: ProcedureStep, gone: Delete, backup: string): Insert {
  const before = batch.slice(
    0,
    batch.findIndex(({ does }) => does === gone),
  );
  const copies = before.flatMap(({ does }) => (does.kind === 'insert' && sameText(does.table, backup) ? [does] : []));
  return must(copies.at(-1), `a copy in ${backup}`);
}

export const places: Shape['places'] = (rows, subject) => noTwoRows(rows, 'ROWID', subject);

/** Its lines lie within the batch; those whose row was not there have been taken off before. */
export function isOfBatch(line: Term, list: string, subject: Subject, { printed, planned }: Judged): Term {
  return and(inRange(line, list, subject, printed, planned), deletesRows(subject.world));
}

/** A line of the list is one that the judgement of the batch goes along. */
export function inRange(line: Term, list: string, subject: Subject, step: ProcedureStep, planned: PlannedStep): Term {
  const { from } = judgement(step, planned);
  const [source] = from;
  if (source === undefined || !('table' in source.of) || !sameText(source.of.table, list)) {
    throw new NotUnderstood('the list of a batch', from);
  }
  return spans(line, list, subject, step, planned);
}

/** What the batch goes along lies between where it begins and ends; so does what was copied of it, under the same names. */
export function spans(
  row: Term,
  table: string,
  { scope, world }: Subject,
  step: ProcedureStep,
  planned: PlannedStep,
): Term {
  const { from, where } = rangeOf(judgement(step, planned));
  const [source] = from;
  if (where === undefined || source === undefined) throw new NotUnderstood('the range of a batch', where);
  const column = (name: string) => world.column(table, name, row);
  const item = { alias: source.alias, names: world.columnNames(table), column };
  return conditionOf(where, { ...scope, items: [item] }).holds;
}

/** Of a view the range stands inside. */
function rangeOf({ from, where }: Select): Pick<Select, 'from' | 'where'> {
  const [source] = from;
  const inner = source !== undefined && 'query' in source.of ? source.of.query : undefined;
  return inner?.kind === 'select' ? rangeOf(inner) : { from, ...(where && { where }) };
}

/** How a batch takes lines off its list that name no row any more. */
export function offList({ batch }: ProcedureStep, list: string): Delete {
  const [found, ...more] = batch.flatMap(({ does }) =>
    does.kind === 'delete' && rowsOf(does) === undefined && sameText(does.table, list) ? [does] : [],
  );
  if (found === undefined || more.length > 0) throw new NotUnderstood(`one DELETE of ${list}`, more);
  return found;
}
