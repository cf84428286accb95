import { type Found, NotUnderstood } from '../only.js';
import type { Expression } from '../sql.js';
import { nameIn, nodeIn, nodesIn, partsOf, pathIn } from './nodes.js';
import { isCall, readCall } from './read-call.js';
import { isCondition, readCondition } from './read-condition.js';
import { readQuery } from './read-query.js';

/** An expression or a condition as Microsoft's parser read it. */
export function readExpression(value: unknown): Expression {
  const { Collation: collation, ...node } = nodeIn(value, 'an expression');
  const plain = readPlain({ ...node, node: node.node });
  if (collation === undefined) return plain;
  return { kind: 'call', name: 'COLLATE', of: [plain, { kind: 'literal', value: nameIn(collation) }] };
}

const operators: Readonly<Record<string, string>> = {
  Add: '+',
  Subtract: '-',
  Multiply: '*',
  Divide: '/',
  Modulo: '%',
};

function readPlain(node: Found & { readonly node: string }): Expression {
  if (isCondition(node)) return readCondition(node);
  if (isCall(node)) return readCall(node);
  switch (node.node) {
    case 'ParenthesisExpression':
      return readExpression(partsOf(node, ['Expression']).Expression);
    case 'ColumnReferenceExpression':
      return { kind: 'column', path: pathIn(partsOf(node, ['MultiPartIdentifier']).MultiPartIdentifier) };
    case 'VariableReference':
    case 'GlobalVariableExpression':
      return { kind: 'column', path: [String(partsOf(node, ['Name']).Name)] };
    case 'IntegerLiteral':
    case 'NumericLiteral':
      return readNumber(String(partsOf(node, ['Value']).Value));
    case 'StringLiteral': {
      const { Value: text, IsNational: isNational } = partsOf(node, ['Value', 'IsNational']);
      const literal: Expression = { kind: 'literal', value: String(text) };
      return isNational === true ? { kind: 'call', name: 'N', of: [literal] } : literal;
    }
    case 'NullLiteral':
      partsOf(node, ['Value']);
      return { kind: 'literal', value: null };
    case 'UnaryExpression': {
      const { UnaryExpressionType: type, Expression: of } = partsOf(node, ['UnaryExpressionType', 'Expression']);
      if (type !== 'Negative') throw new NotUnderstood(String(type), node);
      return { kind: 'call', name: 'negative', of: [readExpression(of)] };
    }
    case 'BinaryExpression': {
      const {
        BinaryExpressionType: type,
        FirstExpression: left,
        SecondExpression: right,
      } = partsOf(node, ['BinaryExpressionType', 'FirstExpression', 'SecondExpression']);
      const name = operators[String(type)];
      if (name === undefined) throw new NotUnderstood(String(type), node);
      return { kind: 'call', name, of: [readExpression(left), readExpression(right)] };
    }
    case 'SearchedCaseExpression':
    case 'SimpleCaseExpression':
      return readCase(node);
    case 'ScalarSubquery':
      return { kind: 'scalar', query: readQuery(partsOf(node, ['QueryExpression']).QueryExpression) };
    default:
      throw new NotUnderstood('an expression', node);
  }
}

function readNumber(text: string): Expression {
  const [, before = '', behind = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (before === '') throw new NotUnderstood('a number', text);
  const whole: Expression = { kind: 'literal', value: BigInt(before + behind) };
  if (behind === '') return whole;
  return { kind: 'call', name: 'decimal', of: [whole, { kind: 'literal', value: 10n ** BigInt(behind.length) }] };
}

/** CASE x WHEN y compares; CASE WHEN asks. */
function readCase(node: Found): Expression {
  const {
    InputExpression: input,
    WhenClauses: clauses,
    ElseExpression: last,
  } = partsOf(node, ['InputExpression', 'WhenClauses', 'ElseExpression']);
  const of = input === undefined ? undefined : readExpression(input);
  const arms = nodesIn(clauses, 'arms').map((clause) => {
    const { WhenExpression: when, ThenExpression: result } = partsOf(clause, ['WhenExpression', 'ThenExpression']);
    const asked = readExpression(when);
    const condition: Expression = of === undefined ? asked : { kind: 'compare', by: '=', left: of, right: asked };
    return { when: condition, result: readExpression(result) };
  });
  return { kind: 'case', arms, ...(last !== undefined && { otherwise: readExpression(last) }) };
}
