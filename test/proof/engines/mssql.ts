import { dividedBy, less, minus, times } from '../../../src/policy/prove/term.js';
import { bigint, digits, type Engine, scaled, years } from './age.js';

/** Tenths of a microsecond. */
const ticks = 10n;
const dateTime2 = scaled(years(1, 9999), ticks);

/** DATEDIFF_BIG counts the boundaries of microseconds that lie between two times, not the time between them. */
const dateTime2Engine: Engine = {
  column: 'datetime2(7)',
  timestamps: dateTime2,
  cutOffs: dateTime2,
  perMicrosecond: ticks,
  compare: ({ timestamp, cutOff, period, unit }) => {
    const boundaries = minus(dividedBy(cutOff, ticks), dividedBy(timestamp, ticks));
    const [printed, perUnit] = unit === 'seconds' ? ['1000000.0', 1_000_000n] : ['1000.0', 1_000n];
    return {
      sql: `DATEDIFF_BIG(MICROSECOND, S, C) / ${printed} > P`,
      steps: [
        { what: 'DATEDIFF_BIG(MICROSECOND, S, C)', value: boundaries, type: bigint },
        // By the server's rules NUMERIC(26, 6) and NUMERIC(29, 9): every digit of the quotient fits.
        { what: 'the quotient, in its last digit', value: times(1_000, boundaries), type: digits(26n) },
        { what: 'P beside it', value: times(1_000_000_000, period), type: digits(38n) },
      ],
      isOver: less(times(perUnit, period), boundaries),
    };
  },
};

export const mssql: Readonly<Record<string, Engine>> = { DATETIME2: dateTime2Engine };
