import { formatStamp } from '../model/stamps.js';

/** A length of time in words; the parts add up. */
export interface Span {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly milliseconds?: number;
  readonly microseconds?: number;
}

export const spanMicroseconds = (span: Span): bigint =>
  BigInt(span.microseconds ?? 0) +
  1_000n *
    (BigInt(span.milliseconds ?? 0) +
      1_000n *
        (BigInt(span.seconds ?? 0) +
          60n * (BigInt(span.minutes ?? 0) + 60n * (BigInt(span.hours ?? 0) + 24n * BigInt(span.days ?? 0)))));

/** The stamp that stood on the clock a span before a moment, microseconds. */
export const before = (moment: bigint, span: Span): string => formatStamp(moment - spanMicroseconds(span));

/** The stamp that will stand on the clock a span after a moment, microseconds. */
export const after = (moment: bigint, span: Span): string => formatStamp(moment + spanMicroseconds(span));
