import {
  and,
  atMost,
  forEach,
  less,
  no,
  not,
  or,
  same,
  type Term,
  thereIs,
} from '../../../../src/policy/prove/term.js';
import { ifKnown, type Truth } from '../../../../src/policy/prove/truth.js';
import { NotUnderstood } from '../only.js';
import type { Comparison } from '../sql.js';
import {
  type FoundRow,
  inSameParts,
  isNull,
  type NumberValue,
  negated,
  type Rows,
  type TextValue,
  unknown,
  type Value,
} from './value.js';
import type { World } from './world.js';

const turned: Readonly<Record<Comparison, Comparison>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** What SQL says of two values. */
export function compare(by: Comparison, one: Value, other: Value, world: World): Truth {
  if (one.kind === 'null' || other.kind === 'null') return unknown;
  if (one.kind === 'largest') return compareLargest(turned[by], other, one.rows);
  if (other.kind === 'largest') return compareLargest(by, one, other.rows);
  if (one.kind === 'count') return compareCount(by, one.rows, other, world);
  if (other.kind === 'count') return compareCount(turned[by], other.rows, one, world);
  const known = and(not(isNull(one)), not(isNull(other)));
  if (one.kind === 'text' && other.kind === 'text') return ifKnown(known, compareTexts(by, one, other, world));
  if (one.kind === 'number' && other.kind === 'number') {
    if ((one.rounded && other.per !== 1n) || (other.rounded && one.per !== 1n)) {
      throw new NotUnderstood('a quotient beside a fraction', [one, other]);
    }
    const [first, second] = inSameParts(one, other);
    return ifKnown(known, inOrder(by, first, second));
  }
  if ([one, other].some((value) => value.kind === 'instant' && value.isZero)) {
    throw new NotUnderstood('a date of zero beside another', [one, other]);
  }
  if (one.kind === other.kind && (one.kind === 'instant' || one.kind === 'span')) {
    return ifKnown(known, inOrder(by, one.of, (other as typeof one).of));
  }
  throw new NotUnderstood(`"${by}"`, [one, other]);
}

function inOrder(by: Comparison, one: Term, other: Term): Term {
  switch (by) {
    case '=':
      return same(one, other);
    case '<>':
      return not(same(one, other));
    case '<':
      return less(one, other);
    case '<=':
      return atMost(one, other);
    case '>':
      return less(other, one);
    case '>=':
      return atMost(other, one);
  }
}

function compareTexts(by: Comparison, one: TextValue, other: TextValue, world: World): Term {
  if (one.bytes !== undefined && by === '=') return beginsLike(one, other, world);
  if ([one, other].some(({ prefix, bytes }) => prefix !== undefined || bytes !== undefined)) {
    throw new NotUnderstood('a part of a text', [one, other]);
  }
  if (one.suffix !== undefined || other.suffix !== undefined) return endsAlike(by, one, other, world);
  // Whichever order it is: only that both sides of a claim mean the same.
  if (by !== '=' && by !== '<>') {
    const before = (first: Term, second: Term): Term => world.vocabulary.property('comes before', first, second);
    const [first, second] = by === '<' || by === '>=' ? [one.of, other.of] : [other.of, one.of];
    return by === '<' || by === '>' ? before(first, second) : not(before(first, second));
  }
  const how = [one, other].map(({ compared }) => compared);
  const seen = (text: Term): Term => world.seenAs(world.engine.howTexts(how, [one, other]), text);
  const areSame = same(seen(one.of), seen(other.of));
  return by === '=' ? areSame : not(areSame);
}

/** Texts with the same behind them: what is before it decides, if they are compared to the last character. */
function endsAlike(by: Comparison, one: TextValue, other: TextValue, world: World): Term {
  const end = one.suffix ?? other.suffix ?? '';
  const before = ({ suffix, literal, of }: TextValue): Term | undefined => {
    if (suffix !== undefined) return suffix === end ? of : undefined;
    return literal?.endsWith(end) ? world.vocabulary.text(literal.slice(0, -end.length)) : undefined;
  };
  const [first, second] = [before(one), before(other)];
  const isExact = world.engine.howTexts([one.compared, other.compared], [one, other]) === 'exactly';
  const mayBeEmpty = [one, other].some(({ isEmpty = no }) => isEmpty !== no);
  if (mayBeEmpty || first === undefined || second === undefined || !isExact || (by !== '=' && by !== '<>')) {
    throw new NotUnderstood('texts with something behind them', [one, other]);
  }
  return by === '=' ? same(first, second) : not(same(first, second));
}

/** So many bytes of a path with a slash behind it are a folder with a slash behind it. */
function beginsLike(text: TextValue, other: TextValue, world: World): Term {
  const { literal = '' } = other;
  const isExact = world.engine.howTexts([text.compared, other.compared], [text, other]) !== 'by collation';
  const isFolder = text.prefix === undefined && text.suffix === '/' && literal.endsWith('/');
  if (!isFolder || BigInt(Buffer.byteLength(literal)) !== text.bytes || !isExact) {
    throw new NotUnderstood('the beginning of a text', [text, other]);
  }
  return and(not(text.isEmpty ?? no), world.vocabulary.property(`is beneath '${literal.slice(0, -1)}'`, text.of));
}

const exists = ({ rows, holds }: FoundRow, condition: Term): Term =>
  rows.reduceRight((found, row) => thereIs(row, found), and(holds, condition));

const some = (rows: Rows, condition: (value: NumberValue) => Term): Term =>
  or(
    ...rows().map((found) => {
      if (found.value.kind !== 'number') throw new NotUnderstood('the largest of what is no number', found.value);
      return exists(found, and(not(found.value.isNull), condition(found.value)));
    }),
  );

/** A value beside the largest of some rows; there is none of no rows. */
function compareLargest(by: Comparison, value: Value, rows: Rows): Truth {
  if (value.kind !== 'number') throw new NotUnderstood('the largest beside', value);
  const reached = (how: Comparison): Term =>
    some(rows, (found) => {
      const [one, other] = inSameParts(value, found);
      return inOrder(how, one, other);
    });
  const known = and(
    not(value.isNull),
    some(rows, () => 'true'),
  );
  switch (by) {
    case '<':
    case '<=':
      return ifKnown(known, reached(by));
    case '>':
      return negated(ifKnown(known, reached('<=')));
    case '>=':
      return negated(ifKnown(known, reached('<')));
    case '=':
      return ifKnown(known, and(reached('<='), not(reached('<'))));
    case '<>':
      return negated(ifKnown(known, and(reached('<='), not(reached('<')))));
  }
}

/** How many rows there are, beside none or one; any other number is left open, for rows that hang on no other. */
function compareCount(by: Comparison, rows: Rows, number: Value, world: World): Truth {
  const there = rows();
  if (number.kind === 'number' && number.whole === 0n && by === '=') {
    const none = not(or(...there.map((found) => exists(found, 'true'))));
    return { holds: none, fails: not(none) };
  }
  if (number.kind === 'number' && number.whole === 1n && by === '=') {
    const [one, ...more] = there;
    const [other] = rows();
    const [row, ...joined] = one?.rows ?? [];
    const [second] = other?.rows ?? [];
    if (!one || !other || !row || !second || more.length > 0 || joined.length > 0)
      throw new NotUnderstood('a count', there);
    const others = forEach(second, or(not(other.holds), same(second.name, row.name)));
    const single = thereIs(row, and(one.holds, others));
    return { holds: single, fails: not(single) };
  }
  return world.leftOpen('a count beside a number', number);
}

/** Also the same where both are NULL. */
export function sameOrNull(one: Value, other: Value, world: World): Term {
  return or(and(isMissing(one), isMissing(other)), compare('=', one, other, world).holds);
}

/** The largest of no rows is NULL as well. */
const isMissing = (value: Value): Term =>
  value.kind === 'largest' ? not(some(value.rows, () => 'true')) : isNull(value);
