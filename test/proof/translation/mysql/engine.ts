import {
  dividedBy,
  forEach,
  implies,
  less,
  minus,
  no,
  not,
  number,
  or,
  plus,
  same,
  type Term,
  times,
} from '../../../../src/policy/prove/term.js';
import { ifKnown, type Truth } from '../../../../src/policy/prove/truth.js';
import type { Engine } from '../meaning/engine.js';
import { sayOnce } from '../meaning/said.js';
import {
  choose,
  either,
  inSameParts,
  isNull,
  type NumberValue,
  type TextValue,
  type Value,
  whole,
} from '../meaning/value.js';
import { isOneOfWords } from '../meaning/words.js';
import type { World } from '../meaning/world.js';
import { NotUnderstood } from '../only.js';

const truth = (value: Truth): Value => ({ kind: 'truth', truth: value });
const nullOf = (...values: readonly Value[]): Term => or(...values.map(isNull));

const microsecondsOf: Readonly<Record<string, bigint>> = {
  SECOND: 1_000_000n,
  MINUTE: 60_000_000n,
  HOUR: 3_600_000_000n,
  DAY: 86_400_000_000n,
};

const isText = (type: string): boolean => /^(var)?char|text/i.test(type);
const isTimestamp = (type: string): boolean => /^(timestamp|datetime)/i.test(type);

/** MySQL and MariaDB. */
export const mysql: Engine = {
  hiddenColumn: () => undefined,
  column,
  canBeUnreadable: (type) => isText(type) || isTimestamp(type),
  comparedAs: () => 'by collation',
  // Bytes decide; a literal takes what it is compared with.
  howTexts: (_, texts) =>
    texts.some(({ compared, literal }) => literal === undefined && compared === 'exactly') ? 'exactly' : 'by collation',
  call: (name, values, { world }) => {
    const result = ofTexts(name, values, world) ?? ofTimes(name, values) ?? ofNumbers(name, values);
    if (result === undefined) throw new NotUnderstood(name, values);
    return result;
  },
  cast: (value, type, { world }) => {
    if (type === 'BINARY' && value.kind === 'text') return { ...value, compared: 'exactly' };
    // Of other text the digits that it begins with.
    if (type === 'SIGNED' && value.kind === 'text' && value.digits) {
      const begins = world.vocabulary.image('digits that it begins with', value.of);
      return whole(either(value.digits.areDigits, value.digits.number, begins), value.isNull);
    }
    throw new NotUnderstood(`a cast to ${type}`, value);
  },
  assigned: (value, type, world) => {
    if (type === 'DATETIME(6)' && value.kind === 'instant') return value;
    if (type === 'DECIMAL(20, 6)' && value.kind === 'number' && 1_000_000n % value.per === 0n && !value.rounded)
      return value;
    if (type === 'BIGINT' && value.kind === 'number' && value.per === 1n && !value.rounded) return value;
    if (type === 'BIGINT' && value.kind === 'text' && value.setting) {
      return world.numberOf(value.setting.name, BigInt(value.setting.preset));
    }
    if (type === 'VARCHAR(255)' && value.kind === 'text') return { ...value, compared: 'by collation' };
    throw new NotUnderstood(`a value of a variable of type ${type}`, value);
  },
};

function column(table: string, name: string, type: string, row: Term, { vocabulary, facts }: World): Value {
  const missing = vocabulary.isNull(table, name, row);
  const of = vocabulary.value(table, name, row);
  if (isText(type)) {
    const digits = { areDigits: vocabulary.isKnown(table, name, row), number: of };
    return { kind: 'text', isNull: missing, of, compared: 'by collation', digits };
  }
  if (/^(tiny|small|medium|big)?int/i.test(type)) return whole(of, missing);
  if (!isTimestamp(type)) return { kind: 'thing', what: `a column of type ${type}` };
  const isZero = not(or(missing, vocabulary.isKnown(table, name, row)));
  // A TIMESTAMP lies behind the first second of 1970, or is the date of zero.
  if (/^timestamp/i.test(type)) {
    sayOnce(facts, `${table}.${name} lies after 1970`, () => {
      const any = vocabulary.anyRow(table);
      const isKnown = vocabulary.isKnown(table, name, any.name);
      return forEach(any, implies(isKnown, less(number(999_999), vocabulary.value(table, name, any.name))));
    });
  }
  return {
    kind: 'instant',
    isNull: missing,
    of,
    ...(isZero !== no && { isZero }),
    isConverted: /^timestamp/i.test(type),
  };
}

function ofTexts(name: string, values: readonly Value[], world: World): Value | undefined {
  const { vocabulary } = world;
  const [one, other] = values;
  if (name === 'COALESCE' && one && other && values.length === 2) return choose(not(isNull(one)), one, other);
  if (values.length !== 2 || !one || !other) return undefined;
  const whether = (subject: TextValue, property: Term): Value => truth(ifKnown(not(subject.isNull), property));
  const place = (isThere: Term, what: string, subject: TextValue): Value => {
    const at = vocabulary.image(what, subject.of);
    return whole(either(isThere, either(less(at, '1'), '1', at), '0'), nullOf(one, other));
  };
  if (one.kind === 'text' && other.kind === 'text') {
    const pattern = other.literal;
    if (name === 'CONCAT' && pattern === '/' && one.suffix === undefined) return { ...one, suffix: '/' };
    if (name === 'LOCATE' && one.literal && other.compared === 'exactly') {
      return place(vocabulary.property(`contains '${one.literal}'`, other.of), `place of '${one.literal}'`, other);
    }
    if (name === 'FIND_IN_SET' && one.compared === 'exactly' && other.compared === 'exactly') {
      return place(isOneOfWords(vocabulary, one.of, other.of), 'place among words', one);
    }
    // The end of a text is also before a line feed at its end.
    const hasLineFeed = (text: TextValue): Term => vocabulary.property('is up to 18 digits and a line feed', text.of);
    const matchesDigits = (text: TextValue): Term => or(text.digits?.areDigits ?? no, hasLineFeed(text));
    if (name === '~' && pattern === '^[0-9]{1,18}$' && one.digits) return whether(one, matchesDigits(one));
    if (name === '~' && pattern === '[^0-9]' && one.digits) {
      const tooMany = vocabulary.property('is no digit, or more than 18', one.of);
      return whether(one, not(or(one.digits.areDigits, `(and ${tooMany} ${not(matchesDigits(one))})`)));
    }
    if (name === '~' && pattern !== undefined) return whether(one, vocabulary.property(`matches ${pattern}`, one.of));
  }
  if (name === 'LEFT' && one.kind === 'text' && one.compared === 'exactly' && other.kind === 'number' && other.whole) {
    return { ...one, bytes: other.whole };
  }
  return undefined;
}

function ofTimes(name: string, values: readonly Value[]): Value | undefined {
  const [one, other] = values;
  if (name === 'UNIX_TIMESTAMP' && one?.kind === 'instant' && one.isConverted && values.length === 1) {
    return { kind: 'number', isNull: one.isNull, of: either(one.isZero ?? no, '0', one.of), per: 1_000_000n };
  }
  if (name === 'NULLIF' && one?.kind === 'number' && other?.kind === 'number' && !one.rounded) {
    const [first, second] = inSameParts(one, other);
    return { ...one, isNull: or(one.isNull, same(first, second)) };
  }
  const interval = microsecondsOf[name.replace('- INTERVAL ', '')];
  if (
    interval !== undefined &&
    one?.kind === 'instant' &&
    !one.isZero &&
    other?.kind === 'number' &&
    other.per === 1n
  ) {
    return { kind: 'instant', isNull: nullOf(one, other), of: minus(one.of, times(interval, other.of)) };
  }
  if (name !== 'TIMESTAMPDIFF MICROSECOND' || other?.kind !== 'instant' || other.isZero) return undefined;
  if (one?.kind === 'text' && one.literal === '1970-01-01') return whole(other.of, other.isNull);
  return undefined;
}

function ofNumbers(name: string, values: readonly Value[]): Value | undefined {
  const [one, other] = values;
  if (one?.kind !== 'number' || other?.kind !== 'number' || one.rounded || other.rounded) return undefined;
  const missing = nullOf(one, other);
  if (name === 'decimal' && other.whole) return { ...one, per: other.whole };
  const [first, second, per] = inSameParts(one, other);
  if (name === '+' || name === '-') {
    return { kind: 'number', isNull: missing, of: name === '+' ? plus(first, second) : minus(first, second), per };
  }
  const { whole: _, ...plainly } = one;
  if (name === '*' && /^\d+$/.test(other.of)) return byFactor(plainly, BigInt(other.of), other.per);
  // Towards zero; what is divided lies after 1970.
  if (name === 'DIV' && other.whole && one.per === 1n) {
    const down = `(- ${dividedBy(`(- ${one.of})`, other.whole)})`;
    return whole(either(less(one.of, '0'), down, dividedBy(one.of, other.whole)), one.isNull);
  }
  // With four digits behind the point more than the six of what is divided, as the server has by default.
  if (name === '/' && other.whole && one.per === 1_000_000n)
    return { ...plainly, per: one.per * other.whole, rounded: true };
  return undefined;
}

/** Exact, as decimals are. */
function byFactor(value: NumberValue, factor: bigint, per: bigint): NumberValue {
  if (value.per % factor === 0n && per === 1n) return { ...value, per: value.per / factor };
  return { ...value, of: factor === 1n ? value.of : times(factor, value.of), per: value.per * per };
}
