import { less, minus, times } from '../../../src/policy/prove/term.js';
import { age, bigint, digits, type Engine, type Question, roundedQuotient, years } from './age.js';

/** MySQL has years from 1000 on and takes earlier ones all the same; an age is counted in a BIGINT of microseconds. */
const dateTime = years(0, 9999);

/**
 * A quotient has div_precision_increment digits after the point, which a session may set to anything from 0 on; to how many it
 * is rounded must not matter.
 */
const asWritten = (fractionDigits: bigint): Engine => ({
  column: 'datetime(6)',
  timestamps: dateTime,
  cutOffs: dateTime,
  perMicrosecond: 1n,
  compare: (question) => {
    const [divisor, printed] = question.unit === 'seconds' ? [1_000_000n, '1000000'] : [1_000n, '1000'];
    const quotient = roundedQuotient(age(question), divisor, fractionDigits);
    return {
      sql: `TIMESTAMPDIFF(MICROSECOND, S, C) / ${printed} > P`,
      steps: [
        { what: 'TIMESTAMPDIFF(MICROSECOND, S, C)', value: age(question), type: bigint },
        { what: 'the quotient', value: quotient, type: digits(65n) },
        { what: 'P beside it', value: times(10n ** fractionDigits, question.period), type: digits(65n) },
      ],
      isOver: less(times(10n ** fractionDigits, question.period), quotient),
    };
  },
});

/** A TIMESTAMP is read as seconds since 1970 with their fraction, exact decimals; MariaDB has them until 2106. */
const converted: Engine = {
  column: 'timestamp(6)',
  timestamps: { least: 1_000_000n, most: 2n ** 32n * 1_000_000n - 1n },
  cutOffs: dateTime,
  perMicrosecond: 1n,
  compare: (question: Question) => {
    const [seconds, scaledPeriod] =
      question.unit === 'seconds'
        ? [age(question), times(1_000_000, question.period)]
        : [times(1_000, age(question)), times(1_000_000, question.period)];
    const difference = 'C - NULLIF(UNIX_TIMESTAMP(S), 0)';
    return {
      sql: question.unit === 'seconds' ? `${difference} > P` : `(${difference}) * 1000 > P`,
      steps: [
        { what: 'C in DECIMAL(20, 6)', value: question.cutOff, type: digits(20n) },
        { what: 'the difference, in millionths', value: minus(question.cutOff, question.timestamp), type: digits(65n) },
        { what: 'the product', value: seconds, type: digits(65n) },
        { what: 'P beside it', value: scaledPeriod, type: digits(65n) },
      ],
      isOver: less(scaledPeriod, seconds),
    };
  },
};

export const mysql: Readonly<Record<string, Engine>> = {
  'DATETIME, quotients of whole numbers': asWritten(0n),
  'DATETIME, quotients with four digits': asWritten(4n),
  'DATETIME, quotients with six digits': asWritten(6n),
  TIMESTAMP: converted,
};
