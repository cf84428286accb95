import { dividedBy, less, minus, not, number, or, plus, times } from '../../../../src/policy/prove/term.js';
import { choose, either, inSameParts, isNull, type NumberValue, type Value, whole } from '../meaning/value.js';

/** A NUMBER has 38 digits and more: sums and products of the product's numbers are exact. */
export function ofNumbers(name: string, values: readonly Value[]): Value | undefined {
  const [one, other, ...more] = values;
  if (one === undefined || more.length > 0) return undefined;
  if (name === 'NVL' && other !== undefined) return choose(not(isNull(one)), one, other);
  if (name === 'FLOOR' && one.kind === 'number' && other === undefined && !one.rounded) {
    return whole(one.per === 1n ? one.of : dividedBy(one.of, one.per), one.isNull);
  }
  if (one.kind !== 'number' || other?.kind !== 'number' || one.rounded || other.rounded) return undefined;
  if (name === 'LEAST' || name === 'GREATEST') return chosen(name, one, other);
  const missing = or(one.isNull, other.isNull);
  const [first, second, per] = inSameParts(one, other);
  if (name === '+' || name === '-') {
    return { kind: 'number', isNull: missing, of: name === '+' ? plus(first, second) : minus(first, second), per };
  }
  const factor = other.whole;
  if (factor === undefined || factor <= 0n) return undefined;
  if (name === '*')
    return one.per % factor === 0n
      ? plainly(one, one.of, one.per / factor)
      : plainly(one, times(factor, one.of), one.per);
  // By tens only: any other quotient is rounded.
  if (name === '/' && /^10*$/.test(String(factor))) {
    return { ...plainly(one, one.of, one.per * factor), ...(one.bounds && { bounds: one.bounds }) };
  }
  return undefined;
}

const plainly = ({ isNull: missing }: NumberValue, of: string, per: bigint): NumberValue => ({
  kind: 'number',
  isNull: missing,
  of,
  per,
});

/** The smaller or the larger of a value and a number; NULL if the value is. */
function chosen(name: 'LEAST' | 'GREATEST', one: NumberValue, { whole: limit }: NumberValue): Value | undefined {
  if (limit === undefined || one.per !== 1n) return undefined;
  const isLess = less(one.of, number(limit));
  const { least, most } = one.bounds ?? {};
  const isLeast = name === 'LEAST';
  const cut = (bound: bigint): bigint => ((isLeast ? bound < limit : bound > limit) ? bound : limit);
  // One end is where it is cut, unless the value ends before; the other is the value's own, if it has one.
  const bounds = {
    ...(!(isLeast && least === undefined) && { least: least === undefined ? limit : cut(least) }),
    ...(!(!isLeast && most === undefined) && { most: most === undefined ? limit : cut(most) }),
  };
  const of = isLeast ? either(isLess, one.of, number(limit)) : either(isLess, number(limit), one.of);
  return { kind: 'number', isNull: one.isNull, of, per: 1n, bounds };
}
