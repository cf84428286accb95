import { must, NotUnderstood } from '../only.js';
import type { Expression } from '../sql.js';
import { type Names, nameIn } from './names.js';
import { pathIn, readExpression } from './read-expression.js';
import { separated, take } from './take.js';
import { isNode, type Node, type Part, wordsOf } from './tree.js';

const functions = ['string_function', 'numeric_function', 'other_function'];

/** A function that the grammar knows by its name, or a name with arguments behind it. */
export const isCall = (node: Node): boolean =>
  functions.includes(node.rule) || (node.rule === 'general_element' && argumentsOf(node).length > 0);

/** Arguments of the last part of a name; only that may have some. */
function argumentsOf(node: Node): readonly Node[] {
  const last = node.parts.at(-1);
  if (!isNode(last) || last.rule !== 'general_element_part') return [];
  return last.parts.flatMap((part) => (isNode(part) && part.rule === 'function_argument' ? [part] : []));
}

export function readCall(node: Node, names: Names): Expression {
  if (node.rule === 'general_element') return readNamed(node, names);
  const [word, ...rest] = node.parts;
  const name = nameIn(wordsOf(must(word, 'a name')));
  const last = rest.at(-1);
  const over = isNode(last) && last.rule === 'over_clause' ? last : undefined;
  const inside = over ? rest.slice(0, -1) : rest;
  if (['MAX', 'COUNT', 'SUM'].includes(name)) return readAggregate(name, insideOf(inside, node), over, node, names);
  if (over !== undefined) throw new NotUnderstood('a window', wordsOf(node));
  if (name === 'CAST') {
    const { concatenation, type_spec } = take(node, 'CAST', '(', 'concatenation', 'AS', 'type_spec', ')');
    return { kind: 'cast', of: readExpression(concatenation, names), type: wordsOf(type_spec).toUpperCase() };
  }
  const given = separated(insideOf(inside, node), node).flatMap((part) =>
    part.rule === 'expressions_' ? separated(part.parts, part) : [part],
  );
  return callOf(
    name,
    given.map((part) => readExpression(part, names)),
  );
}

/** What stands between the parentheses of a call. */
function insideOf(parts: readonly Part[], node: Node): readonly Part[] {
  if (parts[0] !== '(' || parts.at(-1) !== ')') throw new NotUnderstood('a call', wordsOf(node));
  return parts.slice(1, -1);
}

function readNamed(node: Node, names: Names): Expression {
  const [given, ...more] = argumentsOf(node);
  if (given === undefined || more.length > 0) throw new NotUnderstood('a call', wordsOf(node));
  const { argument } = take(given, '(', 'argument,*', ')');
  const of = argument.map((one) => readExpression(take(one, 'expression').expression, names));
  const name = pathIn(withoutArguments(node)).join('.');
  const [index, ...others] = of;
  const element = index !== undefined && others.length === 0 ? names.element(name, index) : undefined;
  return element ?? callOf(name, of);
}

/** The name alone. */
function withoutArguments(node: Node): Node {
  const last = node.parts.at(-1);
  if (!isNode(last)) throw new NotUnderstood('a call', wordsOf(node));
  const parts = last.parts.filter((part) => !isNode(part) || part.rule !== 'function_argument');
  return { ...node, parts: [...node.parts.slice(0, -1), { ...last, parts }] };
}

function readAggregate(
  name: string,
  inside: readonly Part[],
  over: Node | undefined,
  node: Node,
  names: Names,
): Expression {
  const [only, ...more] = inside;
  if (only === undefined || more.length > 0) throw new NotUnderstood('an aggregate', wordsOf(node));
  const of = isNode(only) ? [readExpression(only, names)] : [];
  if (!isNode(only) && only !== '*') throw new NotUnderstood('an aggregate', wordsOf(node));
  return { kind: 'aggregate', name: name.toLowerCase(), of, ...(over && { beside: besideOf(over, names) }) };
}

/** All rows of a partition; none is ordered, so none reaches up to a row only. */
function besideOf(over: Node, names: Names): readonly Expression[] {
  const { query_partition_clause } = take(over, 'OVER', '(', 'query_partition_clause', ')');
  const { expressions_ } = take(query_partition_clause, 'PARTITION', 'BY', 'expressions_');
  return separated(expressions_.parts, expressions_).map((by) => readExpression(by, names));
}

/** What has a form of its own in all databases. */
function callOf(name: string, of: readonly Expression[]): Expression {
  const [one, other, third, fourth] = of;
  if (name === 'REGEXP_LIKE' && of.length === 2) return { kind: 'call', name: '~', of };
  if (name === 'TO_NUMBER' && one && of.length === 1) return { kind: 'cast', of: one, type: 'NUMBER' };
  // Two NULLs are the same.
  if (name === 'DECODE' && one && other && third && fourth && of.length === 4) {
    return {
      kind: 'case',
      arms: [{ when: { kind: 'sameOrNull', left: one, right: other }, result: third }],
      otherwise: fourth,
    };
  }
  return { kind: 'call', name, of };
}
