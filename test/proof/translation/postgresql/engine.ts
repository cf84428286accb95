import {
  and,
  between,
  dividedBy,
  implies,
  less,
  minus,
  no,
  not,
  number,
  or,
  plus,
  type Term,
  times,
} from '../../../../src/policy/prove/term.js';
import { ifKnown, type Truth } from '../../../../src/policy/prove/truth.js';
import type { Engine } from '../meaning/engine.js';
import { choose, inSameParts, isNull, type NumberValue, type TextValue, type Value, whole } from '../meaning/value.js';
import { isOneOfWords } from '../meaning/words.js';
import type { World } from '../meaning/world.js';
import { NotUnderstood } from '../only.js';

const truth = (value: Truth): Value => ({ kind: 'truth', truth: value });
const known = (...values: readonly Value[]): Term => and(...values.map((value) => not(isNull(value))));
const nullOf = (...values: readonly Value[]): Term => or(...values.map(isNull));

/** Beyond this a double has no whole numbers: PostgreSQL multiplies an interval by one. */
const exactDouble = 2n ** 53n;

const intervals: Readonly<Record<string, bigint>> = {
  '1 second': 1_000_000n,
  '1 minute': 60_000_000n,
  '1 hour': 3_600_000_000n,
  // Of a timestamp without a zone: always 24 hours.
  '1 day': 86_400_000_000n,
};

const digitsOnly = '^[0-9]{1,18}$';

export const postgresql: Engine = {
  hiddenColumn: (name) => (name === 'ctid' || name === 'xmin' ? name : undefined),
  column,
  canBeUnreadable: (type) => isText(type),
  comparedAs: (type) => (isPadded(type) ? 'padded' : 'exactly'),
  // A character(n) decides: the blanks at the end of either count for nothing.
  howTexts: (compared) => (compared.includes('padded') ? 'padded' : 'exactly'),
  call: (name, values, { world }) => call(name, values, world),
  cast: (value, type, { digits }) => {
    if (type === 'int8' && value.kind === 'number' && value.per === 1n && !value.rounded) return value;
    if (type === 'int8' && value.kind === 'text' && value.digits && digits.includes('these')) {
      return whole(value.digits.number, or(value.isNull, not(value.digits.areDigits)));
    }
    const interval = type === 'interval' && value.kind === 'text' ? intervals[value.literal ?? ''] : undefined;
    if (interval !== undefined) return { kind: 'span', isNull: no, of: number(interval) };
    throw new NotUnderstood(`a cast to ${type}`, value);
  },
  assigned: (value, type) => {
    if (type === 'timestamp' && value.kind === 'instant') return value;
    if (type === 'bigint' && value.kind === 'number' && value.per === 1n && !value.rounded) return value;
    if (type === 'text' && value.kind === 'text') return value;
    throw new NotUnderstood(`a value of a variable of type ${type}`, value);
  },
};

/** Of these PostgreSQL compares all but the last kind to the last character: their collations are deterministic. */
const isText = (type: string): boolean => /^(character varying|varchar|text)/.test(type) || isPadded(type);
const isPadded = (type: string): boolean => /^(character|char|bpchar)\b(?! varying)/.test(type);

function column(table: string, name: string, type: string, row: Term, { vocabulary }: World): Value {
  const isNullTerm = vocabulary.isNull(table, name, row);
  const of = vocabulary.value(table, name, row);
  if (isText(type)) return text(isPadded(type) ? 'padded' : 'exactly');
  if (/^(smallint|integer|bigint|int[248])$/.test(type)) return whole(of, isNullTerm);
  if (/^timestamp(\(\d\))?( without time zone)?$/.test(type)) return { kind: 'instant', isNull: isNullTerm, of };
  if (/^bool/.test(type)) {
    const is = vocabulary.rowIs(name, table, row);
    return truth(ifKnown(not(isNullTerm), is));
  }
  return { kind: 'thing', what: `a column of type ${type}` };

  function text(compared: TextValue['compared']): TextValue {
    const areDigits = vocabulary.isKnown(table, name, row);
    return { kind: 'text', isNull: isNullTerm, of, compared, digits: { areDigits, number: of } };
  }
}

function call(name: string, values: readonly Value[], world: World): Value {
  const { vocabulary } = world;
  const [one, other] = values;
  if (name === 'coalesce' && one && other && values.length === 2) return choose(not(isNull(one)), one, other);
  if (name === 'cleanup_number' && values.length === 3) {
    const preset = values[2];
    if (
      other?.kind === 'text' &&
      other.literal !== undefined &&
      preset?.kind === 'number' &&
      preset.whole !== undefined
    ) {
      return world.numberOf(other.literal, preset.whole);
    }
  }
  if (one?.kind === 'number' && values.length === 1 && name === 'floor' && !one.rounded) {
    return whole(one.per === 1n ? one.of : dividedBy(one.of, one.per), one.isNull);
  }
  if (values.length !== 2 || !one || !other) throw new NotUnderstood(name, values);
  if (name === '->>' && one.kind === 'thing' && one.what === 'settings' && other.kind === 'text') {
    if (other.literal !== undefined) return world.setting(other.literal);
  }
  // Exact since PostgreSQL 14: a decimal number of seconds.
  if (name === 'extract' && one.kind === 'text' && one.literal === 'epoch') {
    if (other.kind === 'instant' || other.kind === 'span') {
      return { kind: 'number', isNull: other.isNull, of: other.of, per: 1_000_000n };
    }
  }
  if (one.kind === 'text' && other.kind === 'text' && other.literal !== undefined) {
    const found = ofText(name, one, other.literal);
    if (found) return found;
  }
  if (name === 'is any of' && one.kind === 'text' && other.kind === 'words') {
    return truth(ifKnown(known(one, other), isOneOfWords(vocabulary, one.of, other.of)));
  }
  const result = arithmetic(name, one, other, world);
  if (result === undefined) throw new NotUnderstood(name, values);
  return result;

  function ofText(what: string, subject: TextValue, literal: string): Value | undefined {
    const whether = (property: string): Value =>
      truth(ifKnown(known(subject), vocabulary.property(property, subject.of)));
    if (what === '||' && literal === '/' && subject.suffix === undefined) return { ...subject, suffix: literal };
    if (what === 'starts_with' && subject.suffix === '/' && literal.endsWith('/')) {
      return whether(`is beneath '${literal.slice(0, -1)}'`);
    }
    if (subject.suffix !== undefined) return undefined;
    if (what === '~' && literal === digitsOnly && subject.digits)
      return truth(ifKnown(known(subject), subject.digits.areDigits));
    if (what === '~') return whether(`matches ${literal}`);
    if (what === 'string_to_array' && literal === ',') return { kind: 'words', isNull: subject.isNull, of: subject.of };
    if (what === 'strpos' && literal !== '') {
      const place = vocabulary.image(`place of '${literal}'`, subject.of);
      const isThere = vocabulary.property(`contains '${literal}'`, subject.of);
      return whole(`(ite ${isThere} (ite ${less(place, '1')} 1 ${place}) 0)`, subject.isNull);
    }
    return undefined;
  }
}

function arithmetic(name: string, one: Value, other: Value, world: World): Value | undefined {
  const isNullTerm = nullOf(one, other);
  const both = one.kind === 'number' && other.kind === 'number' ? ([one, other] as const) : undefined;
  if (both?.some(({ rounded }) => rounded)) return undefined;
  if (name === '-' && one.kind === 'instant' && other.kind === 'instant') {
    return { kind: 'span', isNull: isNullTerm, of: minus(one.of, other.of) };
  }
  if (name === '-' && one.kind === 'instant' && other.kind === 'span') {
    return { kind: 'instant', isNull: isNullTerm, of: minus(one.of, other.of) };
  }
  if (name === '*' && one.kind === 'number' && one.per === 1n && other.kind === 'span') {
    if (!/^\d+$/.test(other.of)) return undefined;
    const of = times(BigInt(other.of), one.of);
    world.duties.push(implies(not(one.isNull), between(number(-exactDouble), of, number(exactDouble))));
    return { kind: 'span', isNull: isNullTerm, of };
  }
  if (!both) return undefined;
  const [first, second, per] = inSameParts(...both);
  if (name === '+' || name === '-') {
    return { kind: 'number', isNull: isNullTerm, of: name === '+' ? plus(first, second) : minus(first, second), per };
  }
  const factor = both[1].whole;
  if (factor === undefined || factor <= 0n) return undefined;
  if (name === '*') return byFactor(both[0], factor);
  // Whole numbers would be divided without a rest.
  if (name === '/' && both[0].per > 1n) return { ...both[0], per: both[0].per * factor, rounded: true };
  return undefined;
}

/** Exact, as numbers of any length are. */
function byFactor(value: NumberValue, factor: bigint): NumberValue {
  const { whole: _, ...plainly } = value;
  return value.per % factor === 0n
    ? { ...plainly, per: value.per / factor }
    : { ...plainly, of: times(factor, value.of) };
}
