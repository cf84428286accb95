import { must, NotUnderstood } from '../only.js';
import { take } from './take.js';
import { isNode, type Node, wordsOf } from './tree.js';

/** The statements between BEGIN and END; after an error nothing is done but what `mayFollow` names. */
export function statementsIn(body: Node, mayFollow: readonly RegExp[] = []): readonly Node[] {
  const { seq_of_statements, exception_handler } = take(
    body,
    'BEGIN',
    'seq_of_statements',
    'EXCEPTION?',
    'exception_handler*',
    'END',
    'label_name?',
  );
  for (const handler of exception_handler) {
    const { seq_of_statements: handles } = take(handler, 'WHEN', 'exception_name', 'THEN', 'seq_of_statements');
    for (const statement of sequence(handles)) {
      const words = wordsOf(statement);
      if (!mayFollow.some((pattern) => pattern.test(words))) throw new NotUnderstood('what follows an error', words);
    }
  }
  return sequence(seq_of_statements);
}

/** Each statement by the rule that says what it is. */
export function sequence(node: Node): readonly Node[] {
  return node.parts.flatMap((part, at): readonly Node[] => {
    if (at % 2 === 1) {
      if (part !== ';') throw new NotUnderstood('the end of a statement', wordsOf(node));
      return [];
    }
    if (!isNode(part) || part.rule !== 'statement') throw new NotUnderstood('a statement', wordsOf(part));
    return [what(part)];
  });
}

const wrappings = ['statement', 'sql_statement', 'data_manipulation_language_statements', 'block'];

export function what(node: Node): Node {
  if (!wrappings.includes(node.rule)) return node;
  const [only, ...more] = node.parts;
  if (!isNode(only) || more.length > 0) throw new NotUnderstood('a statement', wordsOf(node));
  return what(only);
}

/** A call, by its name and arguments as they stand there. */
export interface Call {
  readonly name: string;
  readonly given: readonly Node[];
}

export function readCallStatement(node: Node): Call {
  const { routine_name, function_argument } = take(node, 'routine_name', 'function_argument?');
  const given = function_argument ? take(function_argument, '(', 'argument,*', ')').argument : [];
  return {
    name: wordsOf(routine_name).replaceAll(' ', '').toUpperCase(),
    given: given.map((one) => must(take(one, 'expression').expression, 'a value')),
  };
}

/** Calls of functions of the server's own; any other may do anything. */
const harmless = ['CHR', 'HEXTORAW', 'ORA_HASH', 'ROWIDTOCHAR', 'TO_TIMESTAMP'];

/** Refuses an expression that is only copied, not understood, if it calls what may do something. */
export function doesNothing(node: Node): void {
  const calls =
    node.rule === 'general_element_part' &&
    node.parts.some((part) => isNode(part) && part.rule === 'function_argument');
  const [name] = node.parts;
  if (calls && !harmless.includes(wordsOf(name ?? '').toUpperCase())) throw new NotUnderstood('a call', wordsOf(node));
  for (const part of node.parts) if (isNode(part)) doesNothing(part);
}
