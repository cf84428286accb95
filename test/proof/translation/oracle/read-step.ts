import { must, NotUnderstood } from '../only.js';
import type { ProcedureStep } from '../procedure.js';
import type { Expression } from '../sql.js';
import { batchReader } from './batch-reader.js';
import type { Declared, Made } from './declared.js';
import type { Names } from './names.js';
import { readExpression } from './read-expression.js';
import { atFirst } from './state.js';
import { sequence, statementsIn } from './statements.js';
import { take } from './take.js';
import { type Node, wordsOf } from './tree.js';

/** A step of a procedure: what opens it is given its table, and each turn of its loop is a batch. */
export function stepOf(given: readonly Node[], loop: Node, declared: Declared): ProcedureStep {
  const [, table, , enabledBy] = given.map((one) => wordsOf(one).replaceAll("'", ''));
  const { seq_of_statements } = take(loop, 'LOOP', 'seq_of_statements', 'END', 'LOOP');
  const [next, exit, batch, ...more] = sequence(seq_of_statements);
  const isAsMeant = /^CLEANUP_KIT \. next_batch \( v_run \)$/i.test(wordsOf(next ?? '')) && more.length === 0;
  if (!isAsMeant || exit === undefined || batch === undefined) throw new NotUnderstood('a step', wordsOf(loop));
  const { condition } = take(exit, 'EXIT', 'WHEN', 'condition');
  const made: Made = { listing: [], batch: [] };
  const failed = /^CLEANUP_KIT \. failed \( v_run , SQLCODE , SQLERRM( , .*)? \)$/i;
  batchReader(declared, made).run(statementsIn(batch, [failed]), [atFirst]);
  return { table: must(table, 'a table'), exits: [leaves(condition), ...unless(enabledBy)], ...made };
}

const noNames: Names = { variable: () => undefined, element: () => undefined };
const leaves = (condition: Node): Expression => readExpression(condition, noNames);

/** The kit has no batch for a table that a setting leaves alone; without a row it is left alone. */
function unless(setting: string | undefined): readonly Expression[] {
  if (setting === undefined) return [];
  const word: Expression = {
    kind: 'call',
    name: 'CLEANUP_KIT.WORD_OF',
    of: [
      { kind: 'column', path: ['V_RUN'] },
      { kind: 'literal', value: setting },
      { kind: 'literal', value: 'no' },
    ],
  };
  const isYes: Expression = { kind: 'compare', by: '=', left: word, right: { kind: 'literal', value: 'yes' } };
  return [{ kind: 'not', of: { kind: 'isTrue', of: isYes } }];
}
