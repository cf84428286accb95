import { less, number, times } from '../../../src/policy/prove/term.js';
import { age, digits, type Engine, microsecondsPer, type Type, years } from './age.js';

export const timestamps = years(-4711, 9999);

/** INTERVAL DAY(9) TO SECOND: days of nine digits, in microseconds. */
export const oneInterval: Type = { least: -(10n ** 9n) * 86_400_000_000n + 1n, most: 10n ** 9n * 86_400_000_000n - 1n };

/** A longer period is cut to this: more than lies between any two dates, so that no rule hangs on it. */
const limits = {
  milliseconds: { largest: 999_999_999_999_999n, divisor: ' / 1000', word: 'SECOND' },
  seconds: { largest: 999_999_999_999n, divisor: '', word: 'SECOND' },
  minutes: { largest: 9_999_999_999n, divisor: '', word: 'MINUTE' },
} as const;

const engineOf = (column: string, printed: string): Engine => ({
  column,
  timestamps,
  cutOffs: timestamps,
  perMicrosecond: 1n,
  compare: (question) => {
    const { period, unit } = question;
    const limit = limits[unit];
    const atLeastZero = `(ite ${less(period, number(0))} 0 ${period})`;
    const cut = `(ite ${less(number(limit.largest), atLeastZero)} ${limit.largest} ${atLeastZero})`;
    return {
      sql: `C - ${printed} > NUMTODSINTERVAL(LEAST(GREATEST(P, 0), ${limit.largest})${limit.divisor}, '${limit.word}')`,
      steps: [
        { what: 'C - S', value: age(question), type: oneInterval },
        { what: 'the period as a number', value: times(1_000, cut), type: digits(38n) },
        { what: 'the period as an interval', value: times(microsecondsPer[unit], cut), type: oneInterval },
      ],
      isOver: less(times(microsecondsPer[unit], cut), age(question)),
    };
  },
});

export const oracle: Readonly<Record<string, Engine>> = {
  TIMESTAMP: engineOf('TIMESTAMP(6)', 'S'),
  DATE: engineOf('DATE', 'CAST(S AS TIMESTAMP)'),
  'TIMESTAMP WITH LOCAL TIME ZONE': engineOf(
    'TIMESTAMP(6) WITH LOCAL TIME ZONE',
    'SYS_EXTRACT_UTC(CAST(S AS TIMESTAMP WITH TIME ZONE))',
  ),
};
