import { less, times } from '../../../src/policy/prove/term.js';
import { age, bigint, digits, type Engine, microsecondsPer, roundedQuotient, type Type } from './age.js';

/** Microseconds from 1970 to 2000, from which PostgreSQL counts. */
const epoch = 946_684_800_000_000n;

/** From 4714 BC until the year 294276, as the server's own limits are: END_TIMESTAMP lies just below the end of 64 bits. */
const timestamps: Type = { least: -211_813_488_000_000_000n + epoch, most: 9_223_371_331_200_000_000n - 1n + epoch };

const engineOf = (column: string, printed: string): Engine => ({
  column,
  timestamps,
  cutOffs: timestamps,
  perMicrosecond: 1n,
  compare: (question) => {
    const { unit, period } = question;
    const factor = { milliseconds: ' * 1000', seconds: '', minutes: ' / 60' }[unit];
    // A quotient has at least the digits of what is divided, which has six.
    const value =
      unit === 'minutes'
        ? roundedQuotient(age(question), 60_000_000n, 6n)
        : times(1_000_000n / microsecondsPer[unit], age(question));
    return {
      sql: `extract(epoch FROM C - ${printed})${factor} > P`,
      steps: [
        // A wider interval is an error, or wraps round in older releases.
        { what: 'C - S, microseconds of an interval', value: age(question), type: bigint },
        { what: 'the age as numeric, in millionths', value, type: digits(1_000n) },
      ],
      isOver: less(times(1_000_000, period), value),
    };
  },
});

export const postgresql: Readonly<Record<string, Engine>> = {
  timestamp: engineOf('timestamp without time zone', 'S'),
  timestamptz: engineOf('timestamp with time zone', "(S AT TIME ZONE 'UTC')"),
};
