import { and, no, not, number, or, type Term, times, yes } from '../../../../src/policy/prove/term.js';
import type { Truth } from '../../../../src/policy/prove/truth.js';
import { NotUnderstood } from '../only.js';

/** What an expression is, for rows that are not known yet: terms for the solver, with the type that the engine gives it. */
export type Value =
  | { readonly kind: 'null' }
  | { readonly kind: 'truth'; readonly truth: Truth }
  | NumberValue
  /** Microseconds between two instants. */
  | { readonly kind: 'span'; readonly isNull: Term; readonly of: Term }
  | InstantValue
  | TextValue
  /** Words in one text, with commas between. */
  | { readonly kind: 'words'; readonly isNull: Term; readonly of: Term }
  /** The largest of a value, or how many there are, in rows that are found anew each time they are asked for. */
  | { readonly kind: 'largest' | 'count'; readonly rows: Rows }
  /** Something that only some functions know how to read; `of` says which it is. */
  | { readonly kind: 'thing'; readonly what: string; readonly isNull?: Term; readonly of?: Term };

/** An exact fraction: `of` whole parts, `per` of which are one. */
export interface NumberValue {
  readonly kind: 'number';
  readonly isNull: Term;
  readonly of: Term;
  readonly per: bigint;
  /** A literal. */
  readonly whole?: bigint;
  /** What `of` lies between, if the SQL sees to it. */
  readonly bounds?: { readonly least?: bigint; readonly most?: bigint };
  /** The engine rounds this quotient: compared with a whole number, as is proven in quotients.test.ts, that makes no difference. */
  readonly rounded?: true;
}

/** Microseconds since 1970. */
export interface InstantValue {
  readonly kind: 'instant';
  readonly isNull: Term;
  readonly of: Term;
  /** It is MySQL's date of zero, which is no NULL. */
  readonly isZero?: Term;
  /** The server keeps it as an instant, whatever zone a session has. */
  readonly isConverted?: boolean;
}

export interface TextValue {
  readonly kind: 'text';
  readonly isNull: Term;
  readonly of: Term;
  /** How the engine compares it: `padded` text without the blanks at its end. */
  readonly compared: 'exactly' | 'padded' | 'by collation';
  readonly literal?: string;
  /** A setting, and what it is without a row. */
  readonly setting?: { readonly name: string; readonly preset: string };
  /** So many bytes of its beginning. */
  readonly bytes?: bigint;
  /** What stands before it, and what is appended to it. */
  readonly prefix?: string;
  readonly suffix?: string;
  /** How many characters it may have. */
  readonly longest?: number;
  /** It is not of the code page of its collation. */
  readonly isUnicode?: boolean;
  /** It is NULL, which a database took for an empty text as it put something beside it. */
  readonly isEmpty?: Term;
  /** Up to 18 digits, and the number that they are. */
  readonly digits?: { readonly areDigits: Term; readonly number: Term };
}

export type Rows = () => readonly FoundRow[];

/** Any of the rows that meet a condition, and a value of it. */
export interface FoundRow {
  readonly rows: readonly { readonly name: Term; readonly sort: Term }[];
  readonly holds: Term;
  readonly value: Value;
}

export const unknown: Truth = { holds: no, fails: no };
export const negated = ({ holds, fails }: Truth): Truth => ({ holds: fails, fails: holds });

export const whole = (of: Term, isNull: Term = no): NumberValue => ({ kind: 'number', isNull, of, per: 1n });
export const literalNumber = (value: bigint): NumberValue => ({ ...whole(number(value)), whole: value });

export function truthOf(value: Value): Truth {
  if (value.kind === 'null') return unknown;
  if (value.kind === 'truth') return value.truth;
  throw new NotUnderstood('a condition', value);
}

export function isNull(value: Value): Term {
  if (value.kind === 'null') return yes;
  if (value.kind === 'truth') return and(not(value.truth.holds), not(value.truth.fails));
  if ('isNull' in value && value.isNull !== undefined) return value.isNull;
  throw new NotUnderstood('IS NULL', value);
}

export const either = (condition: Term, one: Term, other: Term): Term =>
  one === other || condition === yes ? one : condition === no ? other : `(ite ${condition} ${one} ${other})`;

/** It names a row that no quantifier in it binds. */
export function isOfRow(term: Term): boolean {
  const names = (pattern: RegExp) => new Set([...term.matchAll(pattern)].map(([, name]) => name));
  const bound = names(/\(\((\|any \d+\|) /g);
  return [...names(/(\|any \d+\|)/g)].some((name) => !bound.has(name));
}

/** Nothing was put beside it or taken away from it. */
export const isWhole = ({ prefix, suffix, bytes }: TextValue): boolean =>
  prefix === undefined && suffix === undefined && bytes === undefined;

/** Both numbers in the same parts. */
export function inSameParts(one: NumberValue, other: NumberValue): readonly [Term, Term, bigint] {
  const per = one.per * (other.per / greatestDivisor(one.per, other.per));
  const inParts = (value: NumberValue): Term => (value.per === per ? value.of : times(per / value.per, value.of));
  return [inParts(one), inParts(other), per];
}

const greatestDivisor = (one: bigint, other: bigint): bigint =>
  other === 0n ? one : greatestDivisor(other, one % other);

type MayBeNull = Extract<Value, { readonly isNull: Term }>;
const hasNull = (value: Value): value is MayBeNull => 'isNull' in value && value.kind !== 'thing';

/** The one value if a condition is met, else the other: as CASE and COALESCE choose. */
export function choose(condition: Term, one: Value, other: Value): Value {
  if (one.kind === 'null' && other.kind === 'null') return one;
  if (one.kind === 'null' && hasNull(other)) return { ...other, isNull: or(condition, other.isNull) };
  if (other.kind === 'null' && hasNull(one)) return { ...one, isNull: or(not(condition), one.isNull) };
  if (one.kind === 'number' && other.kind === 'number' && !one.rounded && !other.rounded) {
    const [first, second, per] = inSameParts(one, other);
    return {
      kind: 'number',
      isNull: either(condition, one.isNull, other.isNull),
      of: either(condition, first, second),
      per,
    };
  }
  if (one.kind === 'text' && other.kind === 'text' && isWhole(one) && isWhole(other)) {
    const { compared } = one.literal === undefined ? one : other;
    const [first, second] = [one, other].map(({ longest, literal }) => longest ?? literal?.length);
    return {
      kind: 'text',
      isNull: either(condition, one.isNull, other.isNull),
      of: either(condition, one.of, other.of),
      compared,
      ...(first !== undefined && second !== undefined && { longest: Math.max(first, second) }),
      ...((one.isUnicode || other.isUnicode) && { isUnicode: true }),
    };
  }
  if (one.kind === 'truth' && other.kind === 'truth') {
    return {
      kind: 'truth',
      truth: {
        holds: either(condition, one.truth.holds, other.truth.holds),
        fails: either(condition, one.truth.fails, other.truth.fails),
      },
    };
  }
  throw new NotUnderstood('a choice', [one, other]);
}
