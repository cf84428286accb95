import type { A_Const, A_Expr, CaseExpr, ColumnRef, FuncCall, Node, SubLink } from 'libpg-query';
import { must, NotUnderstood, only } from '../only.js';
import type { Comparison, Expression } from '../sql.js';
import { readQuery } from './read-query.js';

/** An expression as PostgreSQL's own parser read it. */
export function readExpression(node: Node): Expression {
  if ('ColumnRef' in node) return { kind: 'column', path: columnPath(node.ColumnRef) };
  if ('A_Const' in node) return readConstant(node.A_Const);
  if ('A_Expr' in node) return readOperation(node.A_Expr);
  if ('BoolExpr' in node) {
    const { boolop, args } = only(node.BoolExpr, ['boolop', 'args', 'location']);
    const of = must(args, 'arguments').map(readExpression);
    if (boolop === 'NOT_EXPR') return { kind: 'not', of: single(of) };
    return { kind: boolop === 'AND_EXPR' ? 'and' : 'or', of };
  }
  if ('NullTest' in node) {
    const { arg, nulltesttype } = only(node.NullTest, ['arg', 'nulltesttype', 'location']);
    const isNull: Expression = { kind: 'isNull', of: readExpression(must(arg, 'argument')) };
    return nulltesttype === 'IS_NULL' ? isNull : { kind: 'not', of: isNull };
  }
  if ('BooleanTest' in node) {
    const { arg, booltesttype } = only(node.BooleanTest, ['arg', 'booltesttype', 'location']);
    if (booltesttype !== 'IS_NOT_TRUE') throw new NotUnderstood(String(booltesttype), node);
    return { kind: 'not', of: { kind: 'isTrue', of: readExpression(must(arg, 'argument')) } };
  }
  if ('CaseExpr' in node) return readCase(node.CaseExpr);
  if ('CoalesceExpr' in node) {
    const { args } = only(node.CoalesceExpr, ['args', 'location']);
    return { kind: 'call', name: 'coalesce', of: must(args, 'arguments').map(readExpression) };
  }
  if ('TypeCast' in node) {
    const { arg, typeName } = only(node.TypeCast, ['arg', 'typeName', 'location']);
    return { kind: 'cast', of: readExpression(must(arg, 'argument')), type: lastName(must(typeName?.names, 'a type')) };
  }
  if ('FuncCall' in node) return readCall(node.FuncCall);
  if ('SubLink' in node) return readSubquery(node.SubLink);
  throw new NotUnderstood('an expression', node);
}

/** A name without the schema before it. */
export const lastName = (names: readonly Node[]): string => textOf(must(names.at(-1), 'a name'));

export function textOf(node: Node): string {
  if (!('String' in node)) throw new NotUnderstood('a name', node);
  return must(node.String.sval, 'a name');
}

export const columnPath = (column: ColumnRef): readonly string[] =>
  must(only(column, ['fields', 'location']).fields, 'a name').map(textOf);

const single = <Item>(items: readonly Item[]): Item => {
  const [only, ...more] = items;
  if (only === undefined || more.length > 0) throw new NotUnderstood('a list where one is meant', items);
  return only;
};

function readConstant(constant: A_Const): Expression {
  const { sval, ival, fval, isnull, boolval } = only(constant, [
    'sval',
    'ival',
    'fval',
    'isnull',
    'boolval',
    'location',
  ]);
  if (isnull) return { kind: 'literal', value: null };
  if (sval) return { kind: 'literal', value: sval.sval ?? '' };
  if (ival) return { kind: 'literal', value: BigInt(ival.ival ?? 0) };
  if (fval && /^\d+$/.test(fval.fval ?? '')) return { kind: 'literal', value: BigInt(fval.fval ?? '') };
  if (boolval) return { kind: 'literal', value: boolval.boolval ?? false };
  throw new NotUnderstood('a constant', constant);
}

const comparisons: readonly string[] = ['=', '<>', '<', '<=', '>', '>='] satisfies Comparison[];
const isComparison = (name: string): name is Comparison => comparisons.includes(name);
const operators = ['+', '-', '*', '/', '||', '~', '->>'];

function readOperation(operation: A_Expr): Expression {
  const { kind, name, lexpr, rexpr } = only(operation, [
    'kind',
    'name',
    'lexpr',
    'rexpr',
    'location',
    'rexpr_list_start',
    'rexpr_list_end',
  ]);
  const operator = lastName(must(name, 'an operator'));
  const left = readExpression(must(lexpr, 'a left side'));
  const right = must(rexpr, 'a right side');
  if (kind === 'AEXPR_IN' && operator === '=' && 'List' in right) {
    const words = must(right.List.items, 'words').map(readExpression);
    return { kind: 'or', of: words.map((word) => ({ kind: 'compare', by: '=', left, right: word })) };
  }
  if (kind === 'AEXPR_OP_ANY' && operator === '=') {
    return { kind: 'call', name: 'is any of', of: [left, readExpression(right)] };
  }
  if (kind === 'AEXPR_NOT_DISTINCT') return { kind: 'sameOrNull', left, right: readExpression(right) };
  if (kind === 'AEXPR_OP' && isComparison(operator)) {
    return { kind: 'compare', by: operator, left, right: readExpression(right) };
  }
  if (kind === 'AEXPR_OP' && operators.includes(operator)) {
    return { kind: 'call', name: operator, of: [left, readExpression(right)] };
  }
  throw new NotUnderstood('an operator', operation);
}

function readCase(found: CaseExpr): Expression {
  const { args, defresult } = only(found, ['args', 'defresult', 'location']);
  const arms = must(args, 'arms').map((arm) => {
    if (!('CaseWhen' in arm)) throw new NotUnderstood('an arm', arm);
    const { expr, result } = only(arm.CaseWhen, ['expr', 'result', 'location']);
    return { when: readExpression(must(expr, 'a condition')), result: readExpression(must(result, 'a result')) };
  });
  return { kind: 'case', arms, ...(defresult && { otherwise: readExpression(defresult) }) };
}

const aggregates = ['max', 'count', 'sum', 'row_number'];

function readCall(found: FuncCall): Expression {
  const { funcname, args, agg_filter, over } = only(found, [
    'funcname',
    'args',
    'funcformat',
    'agg_filter',
    'over',
    'agg_star',
    'location',
  ]);
  const name = lastName(must(funcname, 'a function'));
  const of = (args ?? []).map(readExpression);
  if (!aggregates.includes(name)) {
    if (agg_filter || over) throw new NotUnderstood('an aggregate', found);
    return { kind: 'call', name, of };
  }
  const beside = over && only(over, ['partitionClause', 'orderClause', 'frameOptions', 'location']);
  // Up to which row a window reaches matters to none but the number of a row.
  if (beside?.orderClause && name !== 'row_number') throw new NotUnderstood('an ordered window', found);
  return {
    kind: 'aggregate',
    name,
    of,
    ...(agg_filter && { filter: readExpression(agg_filter) }),
    ...(beside && { beside: (beside.partitionClause ?? []).map(readExpression) }),
  };
}

function readSubquery(found: SubLink): Expression {
  const { subLinkType, subselect } = only(found, ['subLinkType', 'subselect', 'location']);
  const query = readQuery(must(subselect, 'a query'));
  if (subLinkType === 'EXISTS_SUBLINK') return { kind: 'exists', query };
  if (subLinkType === 'EXPR_SUBLINK') return { kind: 'scalar', query };
  throw new NotUnderstood('a subquery', found);
}
