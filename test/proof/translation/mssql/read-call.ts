import { type Found, NotUnderstood } from '../only.js';
import type { Expression } from '../sql.js';
import { nameIn, nodeIn, nodeOf, nodesIn, partsOf, typeIn } from './nodes.js';
import { readExpression } from './read-expression.js';

export const isCall = ({ node }: Found): boolean => /(Call|NullIfExpression)$/.test(String(node));

/** A function, which the parser knows by name or as a kind of its own. */
export function readCall(node: Found & { readonly node: string }): Expression {
  switch (node.node) {
    case 'LeftFunctionCall':
      return { kind: 'call', name: 'LEFT', of: allIn(partsOf(node, ['Parameters']).Parameters) };
    case 'NullIfExpression': {
      const { FirstExpression: one, SecondExpression: other } = partsOf(node, ['FirstExpression', 'SecondExpression']);
      return { kind: 'call', name: 'NULLIF', of: [readExpression(one), readExpression(other)] };
    }
    case 'TryCastCall': {
      const { DataType: type, Parameter: of } = partsOf(node, ['DataType', 'Parameter']);
      return { kind: 'cast', of: readExpression(of), type: `${typeIn(type)}, or NULL` };
    }
    case 'FunctionCall':
      return readFunction(node);
    default:
      throw new NotUnderstood('a function', node);
  }
}

const allIn = (parameters: unknown): readonly Expression[] => nodesIn(parameters, 'arguments').map(readExpression);

const aggregates: readonly string[] = ['COUNT', 'MAX', 'MIN', 'SUM'];

function readFunction(node: Found): Expression {
  const {
    FunctionName: name,
    Parameters: parameters,
    OverClause: over,
  } = partsOf(node, ['FunctionName', 'Parameters', 'OverClause']);
  const called = nameIn(name).toUpperCase();
  const [first, ...rest] = nodesIn(parameters, 'arguments');
  if (aggregates.includes(called)) {
    if (rest.length > 0) throw new NotUnderstood(called, node);
    const isAll = first?.node === 'ColumnReferenceExpression' && first.ColumnType === 'Wildcard';
    const of = first === undefined || isAll ? [] : [readExpression(first)];
    return { kind: 'aggregate', name: called.toLowerCase(), of, ...(over !== undefined && { beside: besideIn(over) }) };
  }
  if (over !== undefined) throw new NotUnderstood('OVER', node);
  // The first argument is a word.
  if (/^DATE(ADD|DIFF(_BIG)?)$/.test(called)) {
    const { Value: unit } = nodeOf(first, 'IdentifierLiteral', ['Value', 'QuoteType']);
    return { kind: 'call', name: `${called} ${String(unit).toUpperCase()}`, of: rest.map(readExpression) };
  }
  return { kind: 'call', name: called, of: allIn(parameters) };
}

const besideIn = (over: unknown): readonly Expression[] =>
  allIn(partsOf(nodeIn(over, 'a window'), ['Partitions']).Partitions);
