import {
  between,
  dividedBy,
  implies,
  minus,
  not,
  number,
  or,
  plus,
  type Term,
  times,
  yes,
} from '../../../../src/policy/prove/term.js';
import { oneInterval } from '../../engines/oracle.js';
import { isNull, isOfRow, type NumberValue, type Value } from '../meaning/value.js';
import type { World } from '../meaning/world.js';
import { NotUnderstood } from '../only.js';

const microsecondsPer: Readonly<Record<string, bigint>> = {
  SECOND: 1_000_000n,
  MINUTE: 60_000_000n,
  HOUR: 3_600_000_000n,
  DAY: 86_400_000_000n,
};
const perDay = 86_400_000_000n;
const perSecond = 1_000_000n;

/** The Julian day of 1970-01-01. */
const firstDay = 2_440_588n;

export function ofTimes(name: string, values: readonly Value[], world: World): Value | undefined {
  const [one, other, ...more] = values;
  if (one === undefined || more.length > 0) return undefined;
  if (name === 'TIMESTAMP' && one.kind === 'text' && other === undefined) return instantOf(one.literal);
  if (name === 'NUMTODSINTERVAL' && one.kind === 'number' && other?.kind === 'text') {
    return intervalOf(one, microsecondsPer[other.literal ?? ''], world);
  }
  if (name === 'TO_CHAR' && one.kind === 'instant' && other?.kind === 'text') return partOf(one, other.literal);
  if (one.kind !== 'instant' || other === undefined) return undefined;
  const missing = or(isNull(one), isNull(other));
  if (name === '-' && other.kind === 'instant') return { kind: 'span', isNull: missing, of: minus(one.of, other.of) };
  if (other.kind !== 'span' || (name !== '-' && name !== '+')) return undefined;
  return { kind: 'instant', isNull: missing, of: name === '-' ? minus(one.of, other.of) : plus(one.of, other.of) };
}

function instantOf(literal: string | undefined): Value | undefined {
  if (literal === undefined || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(literal)) return undefined;
  return { kind: 'instant', isNull: 'false', of: number(BigInt(Date.parse(`${literal.replace(' ', 'T')}Z`)) * 1_000n) };
}

/** Exact; a longer one than an interval holds would raise an error, so there must be none. */
function intervalOf(value: NumberValue, unit: bigint | undefined, { duties }: World): Value | undefined {
  if (unit === undefined || unit % value.per !== 0n || value.rounded) return undefined;
  const factor = unit / value.per;
  const { least, most } = value.bounds ?? {};
  const isBounded =
    least !== undefined &&
    most !== undefined &&
    least * factor >= oneInterval.least &&
    most * factor <= oneInterval.most;
  const of = times(factor, value.of);
  if (!isBounded) {
    if (isOfRow(value.of)) throw new NotUnderstood('an interval that may be too long', value);
    duties.push(implies(not(value.isNull), between(number(oneInterval.least), of, number(oneInterval.most))));
  }
  return { kind: 'span', isNull: value.isNull, of };
}

/** Days since 4713 BC, seconds of the day, and microseconds of the second, as digits. */
function partOf({ isNull: missing, of }: { readonly isNull: Term; readonly of: Term }, mask: string | undefined) {
  const day = dividedBy(of, perDay);
  const second = dividedBy(of, perSecond);
  const parts: Readonly<Record<string, Term>> = {
    J: plus(day, number(firstDay)),
    SSSSS: minus(second, times(perDay / perSecond, day)),
    FF6: minus(of, times(perSecond, second)),
  };
  const part = parts[mask ?? ''];
  if (part === undefined) return undefined;
  const text: Value = {
    kind: 'text',
    isNull: missing,
    of: part,
    compared: 'exactly',
    digits: { areDigits: yes, number: part },
  };
  return text;
}
