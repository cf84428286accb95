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
} from '../../../../src/policy/prove/term.js';
import { bigint, type Type } from '../../engines/age.js';
import { isNull, isOfRow, type Value, whole } from '../meaning/value.js';
import type { World } from '../meaning/world.js';
import { NotUnderstood } from '../only.js';

const microsecondsPer: Readonly<Record<string, bigint>> = {
  MICROSECOND: 1n,
  MILLISECOND: 1_000n,
  SECOND: 1_000_000n,
  MINUTE: 60_000_000n,
  HOUR: 3_600_000_000n,
  DAY: 86_400_000_000n,
};

const int: Type = { least: -(2n ** 31n), most: 2n ** 31n - 1n };

/** A value that does not fit its type is an error: that it fits is to be shown. */
export function fits({ least, most }: Type, value: Term, isMissing: Term, { duties }: World): void {
  if (isOfRow(value)) throw new NotUnderstood('a number of a row that may not fit', value);
  duties.push(implies(not(isMissing), between(number(least), value, number(most))));
}

/** Between instants and numbers. A text that is compared with an instant is one as well. */
export function ofTimes(name: string, values: readonly Value[], world: World): Value | undefined {
  const [, called, word = ''] = /^(DATEADD|DATEDIFF_BIG) (\w+)$/.exec(name) ?? [];
  const unit = microsecondsPer[word];
  const [one, other, ...more] = values;
  if (unit === undefined || one === undefined || other?.kind !== 'instant' || more.length > 0) return undefined;
  if (called === 'DATEADD') {
    if (one.kind !== 'number' || one.per !== 1n || one.rounded) return undefined;
    const isMissing = or(one.isNull, other.isNull);
    // It takes an INT.
    fits(int, one.of, isMissing, world);
    return { kind: 'instant', isNull: isMissing, of: plus(other.of, times(unit, one.of)) };
  }
  const from = instantOf(one);
  if (from === undefined) return undefined;
  const isMissing = or(isNull(one), other.isNull);
  // The boundaries that lie between.
  const boundaries = (at: Term): Term => (unit === 1n ? at : dividedBy(at, unit));
  const count = minus(boundaries(other.of), boundaries(from));
  // Of what a DATETIME of a row may be, no-overflow.test.ts shows it.
  if (!isOfRow(count)) fits(bigint, count, isMissing, world);
  return whole(count, isMissing);
}

function instantOf(value: Value): Term | undefined {
  if (value.kind === 'instant') return value.of;
  return value.kind === 'text' && value.literal === '19700101' ? '0' : undefined;
}
