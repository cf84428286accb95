import type { Term } from '../../../src/policy/prove/term.js';
import { atMost, less, minus, number, plus, times } from '../../../src/policy/prove/term.js';

/** A value that an engine has on its way to an answer, and the least and largest that its type holds. */
export interface Step {
  readonly what: string;
  readonly value: Term;
  readonly type: Type;
}

export interface Type {
  readonly least: bigint;
  readonly most: bigint;
}

/** How an engine finds out that an age is longer than a period: as its SQL says, with the steps that it takes. */
export interface Comparison {
  /** As the dialect prints it, of timestamp S, cut-off C and period P. */
  readonly sql: string;
  readonly steps: readonly Step[];
  readonly isOver: Term;
}

/** What an engine is asked: all in its own smallest unit of time, counted from 1970; the period in its own unit. */
export interface Question {
  readonly timestamp: Term;
  readonly cutOff: Term;
  readonly period: Term;
  readonly unit: Unit;
}

export type Unit = keyof typeof microsecondsPer;

export const microsecondsPer = { milliseconds: 1_000n, seconds: 1_000_000n, minutes: 60_000_000n } as const;

export interface Engine {
  /** Type of the column, in the dialect's words. */
  readonly column: string;
  /** Timestamps that such a column holds, and dates that a cut-off can be. */
  readonly timestamps: Type;
  readonly cutOffs: Type;
  /** Parts of a microsecond that the engine tells apart. */
  readonly perMicrosecond: bigint;
  compare(question: Question): Comparison;
}

export const bigint: Type = { least: -(2n ** 63n), most: 2n ** 63n - 1n };
export const digits = (count: bigint): Type => ({ least: -(10n ** count) + 1n, most: 10n ** count - 1n });

/** Microseconds since 1970 of the beginning of a year, by the calendar that all engines count back with. */
export function yearsBegin(year: number): bigint {
  const date = new Date(0);
  date.setUTCFullYear(year, 0, 1);
  return BigInt(date.getTime()) * 1_000n;
}

/** From the beginning of one year to the end of another. */
export const years = (first: number, last: number): Type => ({
  least: yearsBegin(first),
  most: yearsBegin(last + 1) - 1n,
});

export const scaled = ({ least, most }: Type, factor: bigint): Type => ({
  least: least * factor,
  most: (most + 1n) * factor - 1n,
});

/** `value / divisor`, rounded half away from zero to so many digits, in units of the last digit. */
export function roundedQuotient(value: Term, divisor: bigint, fractionDigits: bigint): Term {
  const scale = 10n ** fractionDigits;
  const half = number(divisor / 2n);
  const up = `(div ${plus(times(scale, value), half)} ${divisor})`;
  const down = `(- (div ${plus(times(-scale, value), half)} ${divisor}))`;
  return `(ite ${less(value, number(0))} ${down} ${up})`;
}

export const within = ({ least, most }: Type, value: Term): Term =>
  `(and ${atMost(number(least), value)} ${atMost(value, number(most))})`;

export const age = ({ cutOff, timestamp }: Question): Term => minus(cutOff, timestamp);
