import { less, number, times } from '../../../src/policy/prove/term.js';
import { age, digits, type Engine, type Type, years } from './age.js';

const timestamps = years(-4711, 9999);

/** INTERVAL DAY(9) TO SECOND: days of nine digits, in microseconds. */
const interval: Type = { least: -(10n ** 9n) * 86_400_000_000n + 1n, most: 10n ** 9n * 86_400_000_000n - 1n };

const limits = {
  seconds: { printed: '999999999999', largest: 999_999_999_999n, divisor: '', microseconds: 1_000_000n },
  milliseconds: { printed: '99999999999990', largest: 99_999_999_999_990n, divisor: ' / 1000', microseconds: 1_000n },
};

const engineOf = (column: string, printed: string): Engine => ({
  column,
  timestamps,
  cutOffs: timestamps,
  perMicrosecond: 1n,
  compare: (question) => {
    const limit = limits[question.unit];
    const { period } = question;
    const atLeastZero = `(ite ${less(period, number(0))} 0 ${period})`;
    const cut = `(ite ${less(number(limit.largest), atLeastZero)} ${limit.largest} ${atLeastZero})`;
    return {
      sql: `C - ${printed} > NUMTODSINTERVAL(LEAST(GREATEST(P, 0), ${limit.printed})${limit.divisor}, 'SECOND')`,
      steps: [
        { what: 'C - S', value: age(question), type: interval },
        { what: 'the period as a number', value: times(1_000, cut), type: digits(38n) },
        { what: 'the period as an interval', value: times(limit.microseconds, cut), type: interval },
      ],
      isOver: less(times(limit.microseconds, cut), age(question)),
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
