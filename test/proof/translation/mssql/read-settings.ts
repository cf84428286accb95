import { type Found, NotUnderstood } from '../only.js';
import type { Expression } from '../sql.js';
import { nodeIn, partsOf } from './nodes.js';
import { readExpression } from './read-expression.js';
import { readFrom, readWhere } from './read-query.js';
import { setsIn } from './variables.js';

export interface Setting {
  readonly name: string;
  readonly preset: string;
}

/**
 * What is read of the settings table, one row of which is one setting of a cleanup: its value, else a preset. A CHECK refuses
 * an empty number or word; an empty list has no words, and its preset has none either. What begins with a minus is passed
 * over: a number that the CHECK refuses as well, or a list, of which nothing goes then.
 */
export function settingsIn(statement: Found, cleanup: string): readonly (readonly [string, Setting])[] {
  const { FromClause: from, WhereClause: where } = partsOf(nodeIn(statement.QueryExpression, 'a query'), [
    'SelectElements',
    'FromClause',
    'WhereClause',
  ]);
  const [source, ...more] = readFrom(from);
  const { where: condition }: { readonly where?: Expression } = readWhere(where);
  const [ofCleanup, notNegative, ...others] = condition?.kind === 'and' ? condition.of : [];
  const isMeant =
    isCompared('=', ofCleanup, (left) => columnOf(left) === 'PROCEDURE_NAME', cleanup) &&
    isCompared('<>', notNegative, isBeginning, '-') &&
    others.length === 0;
  if (source?.alias !== 'CLEANUP_SETTING' || more.length > 0 || !isMeant) throw new NotUnderstood('settings', where);
  return setsIn(statement).map(({ variable, value }) => [variable, settingOf(readExpression(value))]);
}

const isCompared = (
  by: '=' | '<>',
  condition: Expression | undefined,
  isMeant: (left: Expression) => boolean,
  text: string,
): boolean =>
  condition?.kind === 'compare' && condition.by === by && isMeant(condition.left) && textOf(condition.right) === text;

const isBeginning = (value: Expression): boolean =>
  value.kind === 'call' &&
  value.name === 'LEFT' &&
  columnOf(withoutBlanks(value.of[0])) === 'VALUE' &&
  value.of[1]?.kind === 'literal' &&
  value.of[1].value === 1n;

/** LTRIM of it: a number may have blanks before its sign. */
const withoutBlanks = (value: Expression | undefined): Expression | undefined =>
  value?.kind === 'call' && value.name === 'LTRIM' ? value.of[0] : undefined;

/** ISNULL(NULLIF(MAX(CASE NAME WHEN name THEN VALUE ELSE '' END), ''), preset) */
function settingOf(value: Expression): Setting {
  const [found, preset] = argumentsOf('ISNULL', value);
  const [largest, nothing] = argumentsOf('NULLIF', found);
  const [one] = largest?.kind === 'aggregate' && largest.name === 'max' && !largest.beside ? largest.of : [];
  const [arm, ...more] = one?.kind === 'case' ? one.arms : [];
  const isRead =
    arm?.when.kind === 'compare' &&
    arm.when.by === '=' &&
    columnOf(arm.when.left) === 'NAME' &&
    columnOf(arm.result) === 'VALUE' &&
    one?.kind === 'case' &&
    textOf(one.otherwise) === '' &&
    textOf(nothing) === '' &&
    more.length === 0;
  const [name, other] = [isRead && arm.when.kind === 'compare' ? textOf(arm.when.right) : undefined, textOf(preset)];
  if (name === undefined || other === undefined) throw new NotUnderstood('a setting', value);
  return { name, preset: other };
}

const argumentsOf = (name: string, value: Expression | undefined): readonly Expression[] =>
  value?.kind === 'call' && value.name === name && value.of.length === 2 ? value.of : [];

const columnOf = (value: Expression | undefined): string | undefined =>
  value?.kind === 'column' ? value.path.at(-1) : undefined;

const textOf = (value: Expression | undefined): string | undefined =>
  value?.kind === 'literal' && typeof value.value === 'string' ? value.value : undefined;
