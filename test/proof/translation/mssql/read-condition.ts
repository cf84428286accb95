import { type Found, NotUnderstood } from '../only.js';
import type { Comparison, Expression } from '../sql.js';
import { nodeOf, nodesIn, partsOf } from './nodes.js';
import { readExpression } from './read-expression.js';
import { readQuery } from './read-query.js';

const comparisons: Readonly<Record<string, Comparison>> = {
  Equals: '=',
  NotEqualToBrackets: '<>',
  LessThan: '<',
  LessThanOrEqualTo: '<=',
  GreaterThan: '>',
  GreaterThanOrEqualTo: '>=',
};

export const isCondition = ({ node }: Found): boolean => /^(Boolean|(In|Like|Exists)Predicate$)/.test(String(node));

const negated = (of: Expression, isNegated: unknown): Expression => (isNegated === true ? { kind: 'not', of } : of);

export function readCondition(node: Found & { readonly node: string }): Expression {
  const both = ['FirstExpression', 'SecondExpression'];
  switch (node.node) {
    case 'BooleanParenthesisExpression':
      return readExpression(partsOf(node, ['Expression']).Expression);
    case 'BooleanNotExpression':
      return { kind: 'not', of: readExpression(partsOf(node, ['Expression']).Expression) };
    case 'BooleanBinaryExpression': {
      const { BinaryExpressionType: type, ...of } = partsOf(node, ['BinaryExpressionType', ...both]);
      const parts = [readExpression(of.FirstExpression), readExpression(of.SecondExpression)];
      return { kind: type === 'And' ? 'and' : 'or', of: parts };
    }
    case 'BooleanComparisonExpression': {
      const { ComparisonType: type, ...of } = partsOf(node, ['ComparisonType', ...both]);
      const by = comparisons[String(type)];
      if (by === undefined) throw new NotUnderstood(String(type), node);
      return {
        kind: 'compare',
        by,
        left: readExpression(of.FirstExpression),
        right: readExpression(of.SecondExpression),
      };
    }
    case 'BooleanIsNullExpression': {
      const { IsNot: isNot, Expression: of } = partsOf(node, ['IsNot', 'Expression']);
      return negated({ kind: 'isNull', of: readExpression(of) }, isNot);
    }
    case 'BooleanTernaryExpression': {
      const { TernaryExpressionType: type, ...of } = partsOf(node, [
        'TernaryExpressionType',
        ...both,
        'ThirdExpression',
      ]);
      if (type !== 'Between') throw new NotUnderstood(String(type), node);
      const value = readExpression(of.FirstExpression);
      const compare = (by: Comparison, other: unknown): Expression => ({
        kind: 'compare',
        by,
        left: value,
        right: readExpression(other),
      });
      return { kind: 'and', of: [compare('>=', of.SecondExpression), compare('<=', of.ThirdExpression)] };
    }
    case 'InPredicate': {
      const { Expression: of, NotDefined: not, Values: values } = partsOf(node, ['Expression', 'NotDefined', 'Values']);
      const left = readExpression(of);
      const equal = nodesIn(values, 'a list').map(
        (value): Expression => ({ kind: 'compare', by: '=', left, right: readExpression(value) }),
      );
      return negated({ kind: 'or', of: equal }, not);
    }
    case 'LikePredicate': {
      const { NotDefined: not, ...of } = partsOf(node, ['NotDefined', ...both]);
      const like = [readExpression(of.FirstExpression), readExpression(of.SecondExpression)];
      return negated({ kind: 'call', name: 'LIKE', of: like }, not);
    }
    case 'ExistsPredicate': {
      const { Subquery: query } = partsOf(node, ['Subquery']);
      return { kind: 'exists', query: readQuery(nodeOf(query, 'ScalarSubquery', ['QueryExpression']).QueryExpression) };
    }
    default:
      throw new NotUnderstood('a condition', node);
  }
}
