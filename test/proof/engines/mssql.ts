import { dividedBy, less, minus, times } from '../../../src/policy/prove/term.js';
import { bigint, digits, type Engine, microsecondsPer, roundedQuotient, scaled, years } from './age.js';

/** Tenths of a microsecond. */
const ticks = 10n;
const dateTime2 = scaled(years(1, 9999), ticks);

/** NUMERIC of a BIGINT divided by such a literal, by the server's own rules for digits. */
const quotientOf = {
  milliseconds: { precision: 26n, scale: 6n },
  seconds: { precision: 29n, scale: 9n },
  minutes: { precision: 30n, scale: 10n },
} as const;

/** DATEDIFF_BIG counts the boundaries of microseconds that lie between two times, not the time between them. */
const dateTime2Engine: Engine = {
  column: 'datetime2(7)',
  timestamps: dateTime2,
  cutOffs: dateTime2,
  perMicrosecond: ticks,
  compare: ({ timestamp, cutOff, period, unit }) => {
    const boundaries = minus(dividedBy(cutOff, ticks), dividedBy(timestamp, ticks));
    const { precision, scale } = quotientOf[unit];
    const quotient = roundedQuotient(boundaries, microsecondsPer[unit], scale);
    return {
      sql: `DATEDIFF_BIG(MICROSECOND, S, C) / ${microsecondsPer[unit]}.0 > P`,
      steps: [
        { what: 'DATEDIFF_BIG(MICROSECOND, S, C)', value: boundaries, type: bigint },
        { what: 'the quotient, in its last digit', value: quotient, type: digits(precision) },
        { what: 'P beside it', value: times(10n ** scale, period), type: digits(38n) },
      ],
      isOver: less(times(10n ** scale, period), quotient),
    };
  },
};

export const mssql: Readonly<Record<string, Engine>> = { DATETIME2: dateTime2Engine };
