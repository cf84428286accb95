import { type Found, must, NotUnderstood, only } from '../only.js';
import type { Comparison, Expression } from '../sql.js';
import { readQuery } from './read-query.js';

const isFound = (value: unknown): value is Found =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function found(value: unknown, what: string): Found {
  if (!isFound(value)) throw new NotUnderstood(what, value);
  return value;
}

export function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new NotUnderstood(what, value);
  return value;
}

/** What the parser leaves empty or notes for itself. */
export const parts = (value: Found, names: readonly string[]): Found =>
  only(
    Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null)),
    [...names, 'type', 'loc', 'parentheses', 'tableList', 'columnList'],
    { collate: null, suffix: null },
  );

const comparisons: readonly string[] = ['=', '<>', '<', '<=', '>', '>='] satisfies Comparison[];
const isComparison = (name: string): name is Comparison => comparisons.includes(name);

/** An expression as node-sql-parser read it. */
export function readExpression(value: unknown): Expression {
  const node = found(value, 'an expression');
  // A subquery for one value.
  if (isFound(node.ast)) return { kind: 'scalar', query: readQuery(node) };
  switch (node.type) {
    case 'column_ref': {
      const { table, column } = parts(node, ['table', 'column', 'db']);
      return { kind: 'column', path: [table, column].filter((name) => typeof name === 'string') };
    }
    case 'number':
      return readNumber(node.value);
    case 'single_quote_string':
      return { kind: 'literal', value: String(node.value).replaceAll("''", "'") };
    case 'null':
      return { kind: 'literal', value: null };
    case 'bool':
      return { kind: 'literal', value: node.value === true };
    case 'unary_expr': {
      const { operator, expr } = parts(node, ['operator', 'expr']);
      if (operator === 'NOT EXISTS') return { kind: 'not', of: { kind: 'exists', query: readQuery(expr) } };
      if (operator !== 'NOT') throw new NotUnderstood(String(operator), node);
      return { kind: 'not', of: readExpression(expr) };
    }
    case 'binary_expr':
      return readOperation(node);
    case 'case':
      return readCase(node);
    case 'cast': {
      const { expr, target } = parts(node, ['keyword', 'expr', 'symbol', 'target']);
      const [type, ...more] = list(target, 'a type');
      if (more.length > 0) throw new NotUnderstood('a cast', node);
      return {
        kind: 'cast',
        of: readExpression(expr),
        type: String(parts(found(type, 'a type'), ['dataType']).dataType),
      };
    }
    case 'interval':
      throw new NotUnderstood('an interval that is not taken from an instant', node);
    case 'function':
      return readCall(node);
    case 'aggr_func':
      return readAggregate(node);
    default:
      throw new NotUnderstood('an expression', node);
  }
}

function readNumber(value: unknown): Expression {
  const [, before = '', behind = ''] = /^(\d+)(?:\.(\d+))?$/.exec(String(value)) ?? [];
  if (before === '') throw new NotUnderstood('a number', value);
  const whole: Expression = { kind: 'literal', value: BigInt(before + behind) };
  if (behind === '') return whole;
  return { kind: 'call', name: 'decimal', of: [whole, { kind: 'literal', value: 10n ** BigInt(behind.length) }] };
}

const isJoined = (node: Found): boolean =>
  node.type === 'binary_expr' && (node.operator === 'AND' || node.operator === 'OR');

/**
 * AND binds closer than OR. The parser does not know that (it reads "a AND b OR c" as "a AND (b OR c)"), but keeps the order of
 * the parts and their parentheses.
 */
function readJoined(node: Found): Expression {
  const alternatives: Expression[][] = [[]];
  for (const part of inOrder(node, true)) {
    if (part === 'OR') alternatives.push([]);
    else if (part !== 'AND') alternatives.at(-1)?.push(readExpression(part));
  }
  return either(
    alternatives.map((of) => either(of, 'and')),
    'or',
  );
}

const either = (of: readonly Expression[], kind: 'and' | 'or'): Expression =>
  of.length === 1 && of[0] !== undefined ? of[0] : { kind, of };

function inOrder(value: unknown, isOutermost: boolean): readonly unknown[] {
  const node = found(value, 'a condition');
  if (!isJoined(node) || (node.parentheses === true && !isOutermost)) return [node];
  const { operator, left, right } = parts(node, ['operator', 'left', 'right']);
  return [...inOrder(left, false), operator, ...inOrder(right, false)];
}

function readOperation(node: Found): Expression {
  const { operator, left, right } = parts(node, ['operator', 'left', 'right']);
  const name = String(operator);
  if (isJoined(node)) return readJoined(node);
  const one = readExpression(left);
  if (isComparison(name)) return { kind: 'compare', by: name, left: one, right: readExpression(right) };
  if (name === '<=>') return { kind: 'sameOrNull', left: one, right: readExpression(right) };
  if (name === 'IS' || name === 'IS NOT') return readIs(name, one, found(right, 'a right side'));
  if (name === 'IN' || name === 'BETWEEN') {
    const values = list(parts(found(right, 'a list'), ['value']).value, 'values').map(readExpression);
    const compare = (by: Comparison, other: Expression): Expression => ({
      kind: 'compare',
      by,
      left: one,
      right: other,
    });
    if (name === 'IN') return { kind: 'or', of: values.map((other) => compare('=', other)) };
    const [least, most] = values;
    return { kind: 'and', of: [compare('>=', must(least, 'the least')), compare('<=', must(most, 'the most'))] };
  }
  if (name === 'REGEXP') return { kind: 'call', name: '~', of: [one, readExpression(right)] };
  if (name === 'NOT REGEXP') return { kind: 'not', of: { kind: 'call', name: '~', of: [one, readExpression(right)] } };
  const other = found(right, 'a right side');
  if (name === '-' && other.type === 'interval') {
    const { expr, unit } = parts(other, ['expr', 'unit']);
    return { kind: 'call', name: `- INTERVAL ${String(unit).toUpperCase()}`, of: [one, readExpression(expr)] };
  }
  if (['+', '-', '*', '/', 'DIV'].includes(name)) return { kind: 'call', name, of: [one, readExpression(right)] };
  throw new NotUnderstood(name, node);
}

function readIs(name: string, of: Expression, right: Found): Expression {
  const isNull: Expression = { kind: 'isNull', of };
  if (right.type === 'null') return name === 'IS' ? isNull : { kind: 'not', of: isNull };
  if (right.type === 'bool' && right.value === true && name === 'IS NOT') {
    return { kind: 'not', of: { kind: 'isTrue', of } };
  }
  throw new NotUnderstood(name, right);
}

/** CASE x WHEN y compares; CASE WHEN asks. */
function readCase(node: Found): Expression {
  const { expr, args } = parts(node, ['expr', 'args']);
  const of = isFound(expr) ? readExpression(expr) : undefined;
  const all = list(args, 'arms').map((arm) => parts(found(arm, 'an arm'), ['cond', 'result']));
  const arms = all.flatMap(({ type, cond, result }) => {
    if (type !== 'when') return [];
    const asked = readExpression(cond);
    const when: Expression = of === undefined ? asked : { kind: 'compare', by: '=', left: of, right: asked };
    return [{ when, result: readExpression(result) }];
  });
  const last = all.find(({ type }) => type === 'else');
  return { kind: 'case', arms, ...(last && { otherwise: readExpression(last.result) }) };
}

function nameOf(name: unknown): string {
  const [only, ...more] = list(found(name, 'a name').name, 'a name');
  if (more.length > 0) throw new NotUnderstood('a name', name);
  return String(found(only, 'a name').value).toUpperCase();
}

function readCall(node: Found): Expression {
  const { name, args } = parts(node, ['name', 'args']);
  const called = nameOf(name);
  const [first, ...rest] = args === undefined ? [] : list(found(args, 'arguments').value, 'arguments');
  if (called === 'EXISTS') return { kind: 'exists', query: readQuery(first) };
  // Its first argument is a word.
  if (called === 'TIMESTAMPDIFF') {
    const { value: unit } = parts(found(first, 'a unit'), ['value']);
    return { kind: 'call', name: `${called} ${String(unit)}`, of: rest.map(readExpression) };
  }
  const of = [first, ...rest].filter((part) => part !== undefined).map(readExpression);
  const [one, two, three] = of;
  if (called === 'IF' && one && two && three)
    return { kind: 'case', arms: [{ when: one, result: two }], otherwise: three };
  // The bytes of a hash are the same if and only if those of the text are.
  const hashed = called === 'UNHEX' && one?.kind === 'call' && one.name === 'SHA2' ? one.of : [];
  if (hashed[0] !== undefined && hashed[1]?.kind === 'literal' && hashed[1].value === 256n)
    return { kind: 'cast', of: hashed[0], type: 'BINARY' };
  return { kind: 'call', name: called, of };
}

function readAggregate(node: Found): Expression {
  const { name, args, over } = parts(node, ['name', 'args', 'over']);
  const { expr } = parts(found(args, 'arguments'), ['expr']);
  const of = found(expr, 'an argument').type === 'star' ? [] : [readExpression(expr)];
  const called = String(name).toLowerCase();
  if (over === undefined) return { kind: 'aggregate', name: called, of };
  const { as_window_specification: window } = parts(found(over, 'a window'), ['as_window_specification']);
  const { window_specification: specified } = parts(found(window, 'a window'), ['window_specification']);
  const {
    partitionby,
    orderby,
    window_frame_clause: frame,
  } = parts(found(specified, 'a window'), ['partitionby', 'orderby', 'window_frame_clause']);
  // An order alone makes a window end at its own row.
  if (orderby !== undefined || frame !== undefined) mustBeWhole(found(frame, 'a frame'));
  const beside = list(partitionby, 'a partition').map((by) =>
    readExpression(parts(found(by, 'a column'), ['expr']).expr),
  );
  return { kind: 'aggregate', name: called, of, beside };
}

/** All rows of a partition are looked at, whatever their order. */
function mustBeWhole(frame: Found): void {
  const { type, operator, left, right } = parts(frame, ['type', 'operator', 'left', 'right']);
  const unit = parts(found(left, 'a unit'), ['type', 'value']).value;
  const ends = list(parts(found(right, 'ends'), ['type', 'value']).value, 'an end').map(
    (end) => parts(found(end, 'an end'), ['type', 'value']).value,
  );
  const said = JSON.stringify([type, operator, unit, ...ends]);
  if (said !== JSON.stringify(['binary_expr', 'BETWEEN', 'rows', 'UNBOUNDED PRECEDING', 'UNBOUNDED FOLLOWING']))
    throw new NotUnderstood('a window', said);
}
