import { must, NotUnderstood } from '../only.js';
import { asText, type Delete, type Expression, type Insert, type Statement } from '../sql.js';
import { branch } from './conditions.js';
import type { Declared, Made } from './declared.js';
import { type Filling, readFillingOf } from './filling.js';
import { forEach, mustBeCounted, only } from './forall.js';
import type { Names } from './names.js';
import { readDelete, readInsert } from './read-change.js';
import { pathIn, readExpression } from './read-expression.js';
import { type Filled, meet, namesIn, type State } from './state.js';
import { doesNothing, readCallStatement, sequence, statementsIn } from './statements.js';
import { take } from './take.js';
import { type Node, wordsOf } from './tree.js';

const kitCalls = /^CLEANUP_KIT\.(CHECK_ROWS|FOLLOWED|DONE|LISTED)$/;

export function batchReader(declared: Declared, made: Made) {
  let sets = 0;
  return { run };

  /** Goes through statements on each way that leads there; gives where it comes out. */
  function run(statements: readonly Node[], from: readonly State[]): readonly State[] {
    return statements.reduce((states, statement, at) => {
      if (statement.rule === 'forall_statement') mustBeCounted(statement, statements[at + 1]);
      return meet(states.flatMap((state) => runOne(statement, state)));
    }, from);
  }

  function runOne(node: Node, state: State): readonly State[] {
    const names = namesIn(state, declared.isSetOnce);
    switch (node.rule) {
      case 'if_statement': {
        const { condition, seq_of_statements, else_part } = take(
          node,
          'IF',
          'condition',
          'THEN',
          'seq_of_statements',
          'else_part?',
          'END',
          'IF',
        );
        const { holds, fails } = branch(readExpression(condition, names), state);
        const others = else_part ? sequence(take(else_part, 'ELSE', 'seq_of_statements').seq_of_statements) : [];
        return [...run(sequence(seq_of_statements), holds), ...run(others, fails)].map((one) => ({
          ...one,
          isListing: state.isListing,
        }));
      }
      case 'continue_statement':
        take(node, 'CONTINUE');
        return [];
      case 'assignment_statement':
        return [assign(node, state)];
      case 'select_statement':
        return [fill(readFillingOf(node, names, declared.isCollection), state)];
      case 'lock_table_statement': {
        const { lock_mode } = take(
          node,
          'LOCK',
          'TABLE',
          'lock_table_element',
          'IN',
          'lock_mode',
          'MODE',
          'wait_nowait_part',
        );
        take(lock_mode, 'SHARE', 'ROW', 'EXCLUSIVE');
        return [state];
      }
      case 'delete_statement':
        return [make(only(readDelete(node, names), state), state)];
      case 'insert_statement':
        return [make(only(readInsert(node, names), state), state)];
      case 'forall_statement':
        return [make(only(forEach(node, names, state, declared.isCollection), state), state)];
      case 'call_statement':
        return [call(node, state, names)];
      default:
        throw new NotUnderstood(node.rule, wordsOf(node));
    }
  }

  function make(does: Insert | Delete, state: State): State {
    const list = state.isListing ? made.listing : made.batch;
    const statement: Statement = { beside: new Map(), does };
    if (!list.some((one) => asText(one.does) === asText(does))) list.push(statement);
    return state;
  }

  function call(node: Node, state: State, names: Names): State {
    const { name, given } = readCallStatement(node);
    const local = declared.procedures.get(name);
    if (local === undefined) {
      if (!kitCalls.test(name)) throw new NotUnderstood('a call', wordsOf(node));
      return state;
    }
    // Its parameters stand for what is given.
    const collections = new Map<string, Filled>();
    const variables = new Map<string, Expression>();
    if (given.length !== local.parameters.length) throw new NotUnderstood('a call', wordsOf(node));
    for (const [at, parameter] of local.parameters.entries()) {
      const value = readExpression(must(given[at], parameter), { ...names, variable: () => undefined });
      const filled = value.kind === 'column' ? state.collections.get(value.path.join('.')) : undefined;
      if (filled) collections.set(parameter, filled);
      else variables.set(parameter, readExpression(must(given[at], parameter), names));
    }
    run(statementsIn(local.body), [{ ...state, collections, variables }]);
    return state;
  }

  function assign(node: Node, state: State): State {
    const { general_element, expression } = take(node, 'general_element', ':=', 'expression');
    const name = pathIn(general_element).join('.');
    if (declared.isCollection(name)) {
      if (wordsOf(expression).replaceAll(' ', '').toUpperCase() !== 'CLEANUP_KIT.WORDS()') {
        throw new NotUnderstood('what a collection is set to', wordsOf(node));
      }
      return { ...state, collections: new Map([...state.collections, [name, { column: name }]]) };
    }
    doesNothing(expression);
    return set([name], state);
  }

  /** From here on they have other values, of which nothing is known. */
  function set(targets: readonly string[], state: State): State {
    const variables = new Map(state.variables);
    for (const name of targets) {
      if (name === 'V_RUN.SEEN') continue;
      if (!declared.isOfBatch(name)) throw new NotUnderstood('a variable that is set in a batch', name);
      sets += 1;
      variables.set(name, { kind: 'column', path: [name, String(sets)] });
    }
    return { ...state, variables };
  }

  function fill({ into, query }: Filling, state: State): State {
    if (query === undefined) return set(into, state);
    const filled = into.map((column): [string, Filled] => [column, { query, column }]);
    return { ...state, collections: new Map([...state.collections, ...filled]) };
  }
}
