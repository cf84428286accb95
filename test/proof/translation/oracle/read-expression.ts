import { must, NotUnderstood } from '../only.js';
import type { Expression } from '../sql.js';
import { type Names, nameIn } from './names.js';
import { isCall, readCall } from './read-call.js';
import { readOperation } from './read-operation.js';
import { readQuery } from './read-query.js';
import { separated, take } from './take.js';
import { isNode, type Node, type Part, wordsOf } from './tree.js';

/** An expression as the grammar of PL/SQL found it. */
export function readExpression(node: Node, names: Names): Expression {
  const read = (part: Part): Expression => readExpression(asRule(part, node), names);
  if (isCall(node)) return readCall(node, names);
  switch (node.rule) {
    case 'general_element':
    case 'table_element':
      return readName(node, names);
    case 'quoted_string':
      return { kind: 'literal', value: textIn(node) };
    case 'numeric':
      return { kind: 'literal', value: numberIn(wordsOf(node)) };
    case 'quantified_expression': {
      const { select_only_statement } = take(node, 'EXISTS', '(', 'select_only_statement', ')');
      return { kind: 'exists', query: readQuery(select_only_statement, names) };
    }
    case 'searched_case_expression':
      return readCase(node, names);
    case 'unary_logical_expression': {
      const { NOT, multiset_expression, unary_logical_operation } = take(
        node,
        'NOT?',
        'multiset_expression',
        'unary_logical_operation?',
      );
      const of = readIs(read(multiset_expression), unary_logical_operation);
      return NOT ? { kind: 'not', of } : of;
    }
  }
  const [first, second, third] = node.parts;
  if (node.parts.length === 1) return isNode(first) ? read(first) : readWord(first, node);
  if (first === '(' && node.parts.length === 3 && third === ')') return readInParentheses(asRule(second, node), names);
  if (node.rule === 'constant' && wordsOf(must(first, 'a word')).toUpperCase() === 'TIMESTAMP') {
    return { kind: 'call', name: 'TIMESTAMP', of: [read(must(second, 'a text'))] };
  }
  return readOperation(node, names);
}

export function asRule(part: Part | undefined, node: Node): Node {
  if (!isNode(part)) throw new NotUnderstood(node.rule, wordsOf(node));
  return part;
}

function readWord(word: Part | undefined, node: Node): Expression {
  if (node.rule === 'constant' && String(word).toUpperCase() === 'NULL') return { kind: 'literal', value: null };
  throw new NotUnderstood(node.rule, wordsOf(node));
}

/** An empty text is NULL. */
export function textIn(node: Node): string | null {
  const [, text] = /^'((?:[^']|'')*)'$/s.exec(wordsOf(node)) ?? [];
  if (text === undefined) throw new NotUnderstood('a text', wordsOf(node));
  return text === '' ? null : text.replaceAll("''", "'");
}

function numberIn(words: string): bigint {
  if (!/^\d+$/.test(words)) throw new NotUnderstood('a number', words);
  return BigInt(words);
}

function readInParentheses(inside: Node, names: Names): Expression {
  if (inside.rule === 'subquery') return { kind: 'scalar', query: readQuery(inside, names) };
  const [only, ...more] = inside.rule === 'expressions_' ? separated(inside.parts, inside) : [inside];
  if (more.length > 0) throw new NotUnderstood('values in parentheses', wordsOf(inside));
  return readExpression(must(only, 'a value'), names);
}

function readIs(of: Expression, operation: Node | undefined): Expression {
  if (operation === undefined) return of;
  const { NOT, logical_operation } = take(operation, 'IS', 'NOT?', 'logical_operation');
  take(logical_operation, 'NULL');
  return NOT ? { kind: 'not', of: { kind: 'isNull', of } } : { kind: 'isNull', of };
}

/** A name with points, at whose end a call may stand. */
function readName(node: Node, names: Names): Expression {
  const path = pathIn(node);
  const [name = '', ...more] = path;
  if (more.length === 0 && names.only !== undefined && (name === 'ROWID' || name === 'ROWNUM')) {
    return { kind: 'column', path: [names.only, name] };
  }
  const variable = more.length === 0 ? names.variable(name) : undefined;
  return variable ?? { kind: 'column', path };
}

export function pathIn(node: Node): readonly string[] {
  return node.parts.flatMap((part): readonly string[] => {
    if (!isNode(part)) {
      if (part !== '.') throw new NotUnderstood('a name', wordsOf(node));
      return [];
    }
    if (part.rule === 'general_element') return pathIn(part);
    return [nameIn(wordsOf(part.rule === 'general_element_part' ? take(part, 'id_expression').id_expression : part))];
  });
}

function readCase(node: Node, names: Names): Expression {
  const { case_when_part_expression: arms, case_else_part_expression: last } = take(
    node,
    'CASE',
    'case_when_part_expression*',
    'case_else_part_expression?',
    'END',
  );
  return {
    kind: 'case',
    arms: arms.map((arm) => {
      const [, when, , result, ...more] = arm.parts;
      if (more.length > 0) throw new NotUnderstood('an arm', wordsOf(arm));
      return {
        when: readExpression(asRule(when, arm), names),
        result: readExpression(asRule(result, arm), names),
      };
    }),
    ...(last && { otherwise: readExpression(asRule(last.parts[1], last), names) }),
  };
}
