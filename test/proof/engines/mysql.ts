import { less, times } from '../../../src/policy/prove/term.js';
import { age, bigint, digits, type Engine, microsecondsPer, roundedQuotient, years } from './age.js';

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
    const divisor = microsecondsPer[question.unit];
    const quotient = roundedQuotient(age(question), divisor, fractionDigits);
    const period = times(10n ** fractionDigits, question.period);
    return {
      // A date without a month or a day is NULL, and so is its age.
      sql: `TIMESTAMPDIFF(MICROSECOND, IF(MONTH(S) * DAYOFMONTH(S) > 0, S, NULL), C) / ${divisor} > P`,
      steps: [
        { what: 'TIMESTAMPDIFF(MICROSECOND, S, C)', value: age(question), type: bigint },
        { what: 'the quotient', value: quotient, type: digits(65n) },
        { what: 'P beside it', value: period, type: digits(65n) },
      ],
      isOver: less(period, quotient),
    };
  },
});

/**
 * A TIMESTAMP is read as seconds since 1970 with their fraction, exact decimals; MariaDB has them until 2106. Only minutes
 * take a quotient, which has these digits more than the fraction of six.
 */
const converted = (fractionDigits: bigint): Engine => ({
  column: 'timestamp(6)',
  timestamps: { least: 1_000_000n, most: 2n ** 32n * 1_000_000n - 1n },
  cutOffs: dateTime,
  perMicrosecond: 1n,
  compare: (question) => {
    const difference = 'C - NULLIF(UNIX_TIMESTAMP(S), 0)';
    const sql = { milliseconds: `(${difference}) * 1000`, seconds: difference, minutes: `(${difference}) / 60` };
    const scale = 10n ** (6n + fractionDigits);
    const value =
      question.unit === 'minutes'
        ? roundedQuotient(age(question), 60_000_000n, 6n + fractionDigits)
        : times(scale / microsecondsPer[question.unit], age(question));
    return {
      sql: `${sql[question.unit]} > P`,
      steps: [
        { what: 'C in DECIMAL(20, 6)', value: question.cutOff, type: digits(20n) },
        { what: 'the difference, in millionths', value: age(question), type: digits(65n) },
        { what: 'the age in the unit of P', value, type: digits(65n) },
        { what: 'P beside it', value: times(scale, question.period), type: digits(65n) },
      ],
      isOver: less(times(scale, question.period), value),
    };
  },
});

export const mysql: Readonly<Record<string, Engine>> = {
  'DATETIME, quotients of whole numbers': asWritten(0n),
  'DATETIME, quotients with four digits': asWritten(4n),
  'TIMESTAMP, quotients without digits of their own': converted(0n),
  'TIMESTAMP, quotients with four digits of their own': converted(4n),
};
