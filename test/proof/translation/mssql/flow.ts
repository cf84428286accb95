import type { Found } from '../only.js';
import type { Expression } from '../sql.js';
import { nodeIn, nodesIn, partsOf } from './nodes.js';
import { readExpression } from './read-expression.js';

/** A statement that has no others in it, and the conditions of the IFs and loops that it stands in. */
export interface Simple {
  readonly statement: Found & { readonly node: string };
  readonly within: readonly Expression[];
  /** It stands in a CATCH. */
  readonly handles: boolean;
}

/** A procedure's statements in the order of its text. */
export function simpleStatements(
  list: unknown,
  within: readonly Expression[] = [],
  handles = false,
): readonly Simple[] {
  return nodesIn(nodeIn(list, 'statements').Statements, 'statements').flatMap((one) => simple(one, within, handles));
}

function simple(statement: Simple['statement'], within: readonly Expression[], handles: boolean): readonly Simple[] {
  switch (statement.node) {
    case 'BeginEndBlockStatement':
      return simpleStatements(partsOf(statement, ['StatementList']).StatementList, within, handles);
    case 'IfStatement': {
      const {
        Predicate: asked,
        ThenStatement: then,
        ElseStatement: otherwise,
      } = partsOf(statement, ['Predicate', 'ThenStatement', 'ElseStatement']);
      const condition = readExpression(asked);
      const failed: Expression = { kind: 'not', of: { kind: 'isTrue', of: condition } };
      return [
        ...simple(nodeIn(then, 'a statement'), [...within, condition], handles),
        ...(otherwise === undefined ? [] : simple(nodeIn(otherwise, 'a statement'), [...within, failed], handles)),
      ];
    }
    case 'WhileStatement': {
      const { Predicate: asked, Statement: then } = partsOf(statement, ['Predicate', 'Statement']);
      return simple(nodeIn(then, 'a statement'), [...within, readExpression(asked)], handles);
    }
    case 'TryCatchStatement': {
      const { TryStatements: tried, CatchStatements: caught } = partsOf(statement, [
        'TryStatements',
        'CatchStatements',
      ]);
      return [...simpleStatements(tried, within, handles), ...simpleStatements(caught, within, true)];
    }
    default:
      return [{ statement, within, handles }];
  }
}

/** All that holds where a statement stands. */
export const conditionsOf = ({ within }: Simple): readonly Expression[] => within.flatMap(parted);

export const parted = (condition: Expression): readonly Expression[] =>
  condition.kind === 'and' ? condition.of.flatMap(parted) : [condition];

/** What a variable is there compared with: the literals of = and IN. */
export function comparedWith(variable: string, simple: Simple): readonly (string | bigint)[] | undefined {
  const found = conditionsOf(simple).flatMap((condition) => {
    const of = condition.kind === 'or' ? condition.of : [condition];
    const values = of.map((one) => literalOf(variable, one));
    const known = values.filter((value) => value !== undefined);
    return known.length === values.length ? [known] : [];
  });
  const [first, ...more] = found;
  return first?.filter((value) => more.every((values) => values.includes(value)));
}

function literalOf(variable: string, condition: Expression): string | bigint | undefined {
  if (condition.kind !== 'compare' || condition.by !== '=') return undefined;
  const { left, right } = condition;
  if (left.kind !== 'column' || left.path.join() !== variable || right.kind !== 'literal') return undefined;
  return typeof right.value === 'string' || typeof right.value === 'bigint' ? right.value : undefined;
}
