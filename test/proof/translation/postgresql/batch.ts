import type { Term } from '../../../../src/policy/prove/term.js';
import { conditionOf } from '../meaning/expression.js';
import { noTwoRows } from '../places.js';
import type { ProcedureStep } from '../procedure.js';
import type { Shape } from '../shape.js';
import type { Delete, Query } from '../sql.js';
import type { Subject } from '../subject.js';
import { expressionIn } from './read-procedure.js';

/** The queries of a batch, by their names. */
export function namedIn({ batch }: ProcedureStep): ReadonlyMap<string, Query> {
  const [first] = batch;
  return new Map(
    [...(first?.beside ?? [])].flatMap(([name, part]) =>
      part.kind === 'select' || part.kind === 'union' ? [[name, part] as const] : [],
    ),
  );
}

export const deletesIn = ({ batch }: ProcedureStep): readonly Delete[] =>
  batch.flatMap(({ beside, does }) =>
    [...beside.values(), does].flatMap((part) => (part.kind === 'delete' ? [part] : [])),
  );

export const places: Shape['places'] = (rows, subject) => noTwoRows(rows, 'ctid', subject);

/** Its lines lie within the batch, and the statement that deleted has marked it. */
const ofBatch = 'l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span AND l.removed';

export function isOfBatch(line: Term, list: string, { scope, world }: Subject): Term {
  const item = { alias: 'l', names: world.columnNames(list), column: (name: string) => world.column(list, name, line) };
  return conditionOf(expressionIn(ofBatch), { ...scope, items: [item] }).holds;
}

/** What a batch deletes rows of a table by. */
export const deletesOf = (step: ProcedureStep, table: string): readonly Delete[] =>
  deletesIn(step).filter((one) => one.table.toUpperCase() === table);
