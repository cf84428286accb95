import { forEach, implies, same, type Term } from '../../../../src/policy/prove/term.js';
import { sameOrNull } from '../meaning/compare.js';
import { conditionOf } from '../meaning/expression.js';
import { NotUnderstood } from '../only.js';
import type { ProcedureStep } from '../procedure.js';
import type { Shape } from '../shape.js';
import type { Delete, Query } from '../sql.js';
import type { Subject } from '../subject.js';
import { deletesRows, goesOn } from './given.js';
import { expressionIn } from './read-procedure.js';

/** A batch is one statement: WITH judged …, gone AS (DELETE …), and what copies and counts. */
export const shape: Shape = {
  judgement: (step) => {
    const judged = namedIn(step).get('judged');
    if (judged === undefined) throw new NotUnderstood('a batch without a judgement', step);
    return judged;
  },
  reason: 'reason',
  named: namedIn,
  deletes: (step, table) => deletesIn(step).filter((one) => one.table.toUpperCase() === table),
  facts,
  isOfBatch,
  deletesRows,
  goesOn,
};

function namedIn({ batch }: ProcedureStep): ReadonlyMap<string, Query> {
  const [first] = batch;
  return new Map(
    [...(first?.beside ?? [])].flatMap(([name, part]) =>
      part.kind === 'select' || part.kind === 'union' ? [[name, part] as const] : [],
    ),
  );
}

const deletesIn = ({ batch }: ProcedureStep): readonly Delete[] =>
  batch.flatMap(({ beside, does }) =>
    [...beside.values(), does].flatMap((part) => (part.kind === 'delete' ? [part] : [])),
  );

/** No two rows are in the same place. */
function facts(table: string, { vocabulary, world }: Subject): readonly Term[] {
  const [one, other] = [vocabulary.anyRow(table), vocabulary.anyRow(table)];
  const samePlace = sameOrNull(world.column(table, 'ctid', one.name), world.column(table, 'ctid', other.name), world);
  return [forEach(one, forEach(other, implies(samePlace, same(one.name, other.name))))];
}

/** Its lines lie within the batch, and the statement that deleted has marked it. */
const ofBatch = 'l.run_id = v_run.run_id AND l.line >= v_run.place AND l.line < v_run.place + v_run.span AND l.removed';

function isOfBatch(line: Term, list: string, { scope, world }: Subject): Term {
  const item = { alias: 'l', names: world.columnNames(list), column: (name: string) => world.column(list, name, line) };
  return conditionOf(expressionIn(ofBatch), { ...scope, items: [item] }).holds;
}
