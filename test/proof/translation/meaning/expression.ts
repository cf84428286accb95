import { and, forEach, implies, no, not, or, thereIs } from '../../../../src/policy/prove/term.js';
import { anyOne, certain, everyOne, type Truth } from '../../../../src/policy/prove/truth.js';
import { NotUnderstood } from '../only.js';
import { asText, type Expression, type Query } from '../sql.js';
import { aggregateOf, largestAsNumber } from './aggregate.js';
import { compare, sameOrNull } from './compare.js';
import { open } from './query.js';
import { lookUp, type Scope } from './scope.js';
import { choose, isNull, literalNumber, negated, truthOf, type Value } from './value.js';

export const conditionOf = (expression: Expression, scope: Scope): Truth => truthOf(meaningOf(expression, scope));

const truth = (value: Truth): Value => ({ kind: 'truth', truth: value });

/** What an expression is, where it stands. */
export function meaningOf(expression: Expression, scope: Scope): Value {
  const within = (part: Expression): Value => meaningOf(part, scope);
  switch (expression.kind) {
    case 'column':
      return lookUp(expression.path, scope);
    case 'literal':
      return literal(expression.value, scope);
    case 'and':
      return truth(everyOne(expression.of.map((part) => conditionOf(part, scope))));
    case 'or':
      return truth(anyOne(expression.of.map((part) => conditionOf(part, scope))));
    case 'not':
      return truth(negated(conditionOf(expression.of, scope)));
    case 'isTrue':
      return truth(certain(conditionOf(expression.of, scope).holds));
    case 'isNull':
      return truth(certain(isNull(within(expression.of))));
    case 'compare':
      return truth(compare(expression.by, within(expression.left), within(expression.right), scope.world));
    case 'sameOrNull':
      return truth(certain(sameOrNull(within(expression.left), within(expression.right), scope.world)));
    case 'case':
      return caseOf(expression, scope);
    case 'call':
      return scope.world.engine.call(expression.name, expression.of.map(within), scope);
    case 'cast':
      return scope.world.engine.cast(within(expression.of), expression.type, {
        ...scope,
        // Which text it is that is read as a number.
        digits: scope.digits.includes(asText(expression.of)) ? ['these'] : [],
      });
    case 'exists': {
      const found = open(expression.query, scope).map(({ rows, holds }) =>
        rows.reduceRight((condition, row) => thereIs(row, condition), holds),
      );
      return truth(certain(or(...found)));
    }
    case 'in':
      return truth(isIn(within(expression.of), expression.query, scope));
    case 'scalar': {
      const [only, ...more] = open(expression.query, scope);
      if (only === undefined || more.length > 0 || only.rows.length > 0) {
        throw new NotUnderstood('a query for one value', expression.query);
      }
      return only.column(only.names[0] ?? '');
    }
    case 'aggregate':
      return aggregateOf(expression, scope);
  }
}

/** Unknown if no row has the value and some row, or the value itself, is NULL. */
function isIn(value: Value, query: Query, scope: Scope): Truth {
  const found = open(query, scope).map(({ rows, holds, names, column }) => {
    const isIt = compare('=', value, column(names[0] ?? ''), scope.world);
    return {
      holds: rows.reduceRight((condition, row) => thereIs(row, condition), and(holds, isIt.holds)),
      fails: rows.reduceRight((condition, row) => forEach(row, condition), implies(holds, isIt.fails)),
    };
  });
  return anyOne(found);
}

function literal(value: string | bigint | boolean | null, { world }: Scope): Value {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'bigint') return literalNumber(value);
  if (typeof value === 'boolean') return truth(certain(value ? 'true' : no));
  return { kind: 'text', isNull: no, of: world.vocabulary.text(value), compared: 'exactly', literal: value };
}

/** The first arm whose condition holds; the conditions of those before it do not hold, or are unknown. */
function caseOf({ arms, otherwise }: Expression & { kind: 'case' }, scope: Scope): Value {
  const last: Value = otherwise === undefined ? { kind: 'null' } : plain(meaningOf(otherwise, scope), scope);
  return arms.reduceRight<Value>((rest, { when, result }) => {
    const within: Scope = { ...scope, digits: [...scope.digits, ...saidToBeDigits(when)] };
    return choose(conditionOf(when, scope).holds, plain(meaningOf(result, within), scope), rest);
  }, last);
}

const plain = (value: Value, scope: Scope): Value =>
  value.kind === 'largest' ? largestAsNumber(value.rows, scope) : value;

/** Texts of which a condition says that they match an expression of digits: the only ones that may be read as a number. */
function saidToBeDigits(condition: Expression): readonly string[] {
  if (condition.kind === 'and') return condition.of.flatMap(saidToBeDigits);
  if (condition.kind !== 'call' || condition.name !== '~') return [];
  const [text, pattern] = condition.of;
  const areDigits = pattern?.kind === 'literal' && pattern.value === '^[0-9]{1,18}$';
  return areDigits && text ? [asText(text)] : [];
}

export const isKnown = (...values: readonly Value[]) => and(...values.map((value) => not(isNull(value))));
