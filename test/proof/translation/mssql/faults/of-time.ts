import { type Fault, fault } from '../../plant.js';

const token = 'IDN_OAUTH2_ACCESS_TOKEN:';
const store = 'IDN_AUTH_SESSION_STORE:';
const audit = 'TOKEN_AUDIT: retention_over';

/** Periods and cut-offs. */
export const ofTime: readonly Fault[] = [
  fault(
    'a comparison that looks the other way',
    'tokens',
    `${token} periods_over`,
    '/ 1000.0 > t.VALIDITY',
    '/ 1000.0 < t.VALIDITY',
  ),
  fault(
    'a period that never ends taken for finite',
    'tokens',
    `${token} periods_over`,
    't.VALIDITY_PERIOD > 0 AND',
    '',
  ),
  fault(
    'the mark of "never" with a digit less',
    'tokens',
    `${token} periods_over`,
    't.VALIDITY_PERIOD < 99999999999990',
    't.VALIDITY_PERIOD < 9999999999990',
  ),
  fault(
    'microseconds for milliseconds',
    'tokens',
    `${token} periods_over`,
    '/ 1000.0 > t.VALIDITY',
    '/ 1.0 > t.VALIDITY',
  ),
  fault(
    'a quotient without what is behind the point',
    'tokens',
    `${token} periods_over`,
    '/ 1000.0 > t.VALIDITY',
    '/ 1000 > t.VALIDITY',
  ),
  fault('milliseconds for nanoseconds', 'sessions', `${store} expired`, '@expiry_cut_off) * 1000', '@expiry_cut_off)'),
  fault('another cut-off', 'tokens', audit, '< @audit_cut_off', '< @cut_off'),
  fault(
    'a cut-off without the uncertainty of clocks',
    'jti',
    'IDN_OIDC_JTI: expired',
    'DATEADD(HOUR, -@clock_uncertainty_hours, @started)',
    '@started',
  ),
  fault(
    'a cut-off in another unit',
    'tokens',
    `${token} periods_over`,
    'DATEADD(MINUTE, -@safe_period_minutes',
    'DATEADD(SECOND, -@safe_period_minutes',
  ),
  fault(
    'a cut-off in the future',
    'tokens',
    `${token} periods_over`,
    'DATEADD(MINUTE, -@safe_period_minutes',
    'DATEADD(MINUTE, @safe_period_minutes',
  ),
  fault(
    'a cut-off that is set twice',
    'jti',
    'IDN_OIDC_JTI: expired',
    /(SET @grace_cut_off = [^;]*;)/,
    '$1 SET @grace_cut_off = @started;',
  ),
  fault(
    'a bound that is one off',
    'registry',
    'REG_LOG: superseded, whatever',
    'CASE WHEN t.REG_LOGGED_TIME < @log',
    'CASE WHEN t.REG_LOGGED_TIME <= @log',
  ),
];
