import { NotUnderstood } from '../only.js';
import type { Comparison, Expression } from '../sql.js';
import type { Names } from './names.js';
import { asRule, readExpression } from './read-expression.js';
import { readQuery } from './read-query.js';
import { separated } from './take.js';
import { isNode, type Node, wordsOf } from './tree.js';

const comparisons: readonly string[] = ['=', '<>', '<', '<=', '>', '>='] satisfies Comparison[];
const isComparison = (name: string): name is Comparison => comparisons.includes(name);

/** Two sides with a word or a sign between. */
export function readOperation(node: Node, names: Names): Expression {
  const [first, ...others] = node.parts;
  const last = asRule(others.at(-1), node);
  const sign = others.slice(0, -1).map(wordsOf).join('').replaceAll(' ', '').toUpperCase();
  const left = asRule(first, node);
  const read = (part: Node): Expression => readExpression(part, names);
  if (node.rule === 'logical_expression' && (sign === 'AND' || sign === 'OR')) {
    return { kind: sign === 'AND' ? 'and' : 'or', of: sidesOf(node, sign).map(read) };
  }
  if (node.rule === 'relational_expression' && isComparison(sign)) {
    return { kind: 'compare', by: sign, left: read(left), right: read(last) };
  }
  if (last.rule === 'in_elements') {
    const isIn = readIn(left, last, names);
    if (sign === 'IN') return isIn;
    if (sign === 'NOTIN') return { kind: 'not', of: isIn };
  }
  if (node.rule === 'concatenation' && ['+', '-', '*', '/', '||'].includes(sign)) {
    // For the server "+" and "||" bind alike, for the grammar they do not.
    if (sign === '||' && /^concatenation [+-]$/.test(`${last.rule} ${wordsOf(last.parts[1] ?? '')}`)) {
      throw new NotUnderstood('"+" behind "||"', wordsOf(node));
    }
    return { kind: 'call', name: sign, of: [read(left), read(last)] };
  }
  throw new NotUnderstood(node.rule, wordsOf(node));
}

/** What stands between ANDs, or ORs, in one line; parentheses make it one side. */
function sidesOf(node: Node, sign: string): readonly Node[] {
  const [left, by, right] = node.parts;
  if (node.rule !== 'logical_expression' || node.parts.length !== 3 || wordsOf(by ?? '').toUpperCase() !== sign) {
    return [node];
  }
  return [...sidesOf(asRule(left, node), sign), ...sidesOf(asRule(right, node), sign)];
}

function readIn(left: Node, list: Node, names: Names): Expression {
  const of = readExpression(left, names);
  const inside = list.parts.slice(1, -1);
  const [query] = inside;
  if (isNode(query) && query.rule === 'subquery' && inside.length === 1) {
    return { kind: 'in', of, query: readQuery(query, names) };
  }
  return {
    kind: 'or',
    of: separated(inside, list).map((value) => ({
      kind: 'compare',
      by: '=',
      left: of,
      right: readExpression(value, names),
    })),
  };
}
