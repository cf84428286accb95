import { less, times } from '../../../src/policy/prove/term.js';
import { age, bigint, digits, type Engine, type Type } from './age.js';

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
    const seconds = `extract(epoch FROM C - ${printed})`;
    const unitsPerMicrosecond = question.unit === 'seconds' ? 1_000_000n : 1_000n;
    return {
      sql: question.unit === 'seconds' ? `${seconds} > P` : `${seconds} * 1000 > P`,
      steps: [
        // A wider interval is an error, or wraps round in older releases.
        { what: 'C - S, microseconds of an interval', value: age(question), type: bigint },
        { what: 'the age as numeric, in millionths', value: times(1_000, age(question)), type: digits(1_000n) },
      ],
      isOver: less(times(unitsPerMicrosecond, question.period), age(question)),
    };
  },
});

export const postgresql: Readonly<Record<string, Engine>> = {
  timestamp: engineOf('timestamp without time zone', 'S'),
  timestamptz: engineOf('timestamp with time zone', "(S AT TIME ZONE 'UTC')"),
};
