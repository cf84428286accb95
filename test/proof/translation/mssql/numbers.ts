import { dividedBy, less, minus, or, plus, type Term, times } from '../../../../src/policy/prove/term.js';
import { bigint } from '../../engines/age.js';
import { either, inSameParts, type NumberValue, type Value } from '../meaning/value.js';
import type { World } from '../meaning/world.js';
import { fits } from './times.js';

/** Of whole numbers and decimals, by the server's own rules for digits. */
export function ofNumbers(name: string, values: readonly Value[], world: World): Value | undefined {
  const [one, other] = values;
  if (one?.kind !== 'number' || one.rounded) return undefined;
  const { whole, ...plainly } = one;
  if (name === 'negative' && other === undefined) {
    return { ...plainly, of: `(- ${one.of})`, ...(whole !== undefined && { whole: -whole }) };
  }
  if (other?.kind !== 'number' || other.rounded) return undefined;
  if (name === 'decimal' && other.whole) return { ...one, per: other.whole };
  const isNull = or(one.isNull, other.isNull);
  if (name === '+' || name === '-') {
    const [first, second, per] = inSameParts(one, other);
    const of = name === '+' ? plus(first, second) : minus(first, second);
    fits(bigint, of, isNull, world);
    return { kind: 'number', isNull, of, per };
  }
  if (other.whole === undefined || other.whole <= 0n || one.per !== 1n) return undefined;
  if (name === '*' && other.per === 1n) {
    const of = times(other.whole, one.of);
    fits(bigint, of, isNull, world);
    return { ...plainly, of };
  }
  if (name === '/' && other.per > 1n) return quotient(plainly, other.whole, other.per);
  if (name === '/') return { ...plainly, of: towardsZero(one.of, other.whole) };
  if (name === '%' && other.per === 1n) {
    return { ...plainly, of: minus(one.of, times(other.whole, towardsZero(one.of, other.whole))) };
  }
  return undefined;
}

const towardsZero = (value: Term, divisor: bigint): Term =>
  either(less(value, '0'), `(- ${dividedBy(`(- ${value})`, divisor)})`, dividedBy(value, divisor));

/** A BIGINT divided by a decimal has at least six digits behind the point, and one more than the literal has in all. */
function quotient(value: NumberValue, digits: bigint, per: bigint): NumberValue | undefined {
  if (digits % per !== 0n) return undefined;
  const divisor = digits / per;
  const scale = BigInt(Math.max(6, String(digits).length + 1));
  const isExact = 10n ** scale % divisor === 0n;
  return { ...value, per: divisor, ...(!isExact && { rounded: true }) };
}
