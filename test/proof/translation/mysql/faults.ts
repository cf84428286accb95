import { type Fault, fault, type Planted } from '../plant.js';

const token = 'IDN_OAUTH2_ACCESS_TOKEN:';
const store = 'IDN_AUTH_SESSION_STORE:';

const faults: readonly Fault[] = [
  fault(
    'a comparison that looks the other way',
    'tokens',
    `${token} periods_over`,
    '* 1000 > t.VALIDITY',
    '* 1000 < t.VALIDITY',
  ),
  fault(
    'a period that never ends taken for finite',
    'tokens',
    `${token} periods_over`,
    't.VALIDITY_PERIOD > 0 AND',
    '',
  ),
  fault(
    'a date of zero taken for 1970',
    'jti',
    'IDN_OIDC_JTI: expired',
    'NULLIF(UNIX_TIMESTAMP(t.EXP_TIME), 0)',
    'UNIX_TIMESTAMP(t.EXP_TIME)',
  ),
  fault(
    'a state by its collation',
    'tokens',
    `${token} revoked`,
    "CAST(t.TOKEN_STATE AS BINARY) = 'REVOKED'",
    "t.TOKEN_STATE = 'REVOKED'",
  ),
  fault(
    'a grant by its collation',
    'registry',
    'REG_RESOURCE: code_expired',
    /CAST\(o2\.REG_NAME AS BINARY\) = 'expireTime'/g,
    "o2.REG_NAME = 'expireTime'",
  ),
  fault(
    'digits with a line feed',
    'registry',
    'REG_RESOURCE: code_expired',
    / AND o2\.REG_VALUE NOT REGEXP '\[\^0-9\]'/g,
    '',
  ),
  fault(
    'AND for OR',
    'sessions',
    `${store} expired`,
    /IS NULL\s+OR t\.EXPIRY_TIME <= 0/g,
    'IS NULL AND t.EXPIRY_TIME <= 0',
  ),
  fault(
    'parentheses dropped',
    'sessions',
    `${store} expired`,
    /\(\((t\.EXPIRY_TIME IS NULL)(\s+)OR t\.EXPIRY_TIME <= 0\)/g,
    '($1$2OR t.EXPIRY_TIME <= 0',
  ),
  fault('another cut-off', 'tokens', 'TOKEN_AUDIT: retention_over', '< v_audit_cut_off_s', '< v_cut_off_s'),
  fault(
    'a cut-off without the uncertainty of clocks',
    'jti',
    'IDN_OIDC_JTI: expired',
    ' - INTERVAL v_clock_uncertainty_hours HOUR',
    '',
  ),
  fault(
    'a cut-off in another unit',
    'tokens',
    `${token} periods_over`,
    'INTERVAL v_safe_period_minutes MINUTE',
    'INTERVAL v_safe_period_minutes SECOND',
  ),
  fault('seconds for milliseconds', 'tokens', `${token} periods_over`, ') * 1000 > t.VALIDITY', ') > t.VALIDITY'),
  fault(
    'settings in another order',
    'tokens',
    'TOKEN_AUDIT: retention_over',
    'v_audit_retention_days,',
    'v_clock_uncertainty_hours,',
  ),
  fault(
    'a reason dropped',
    'tokens',
    `${token} revoked`,
    "WHEN CAST(t.TOKEN_STATE AS BINARY) = 'REVOKED' THEN 'revoked'",
    '',
  ),
  fault(
    'a guard against NULL dropped',
    'registry',
    'REG_RESOURCE_PROPERTY: resource_gone',
    /t\.REG_TENANT_ID IS NOT NULL\s+AND/,
    '',
  ),
  fault(
    'a folder of so many letters less',
    'registry',
    'REG_RESOURCE: code_expired',
    /identity\.mgt\/data\/'/g,
    "identity.mgt/date/'",
  ),
  fault('a guard turned round', 'tokens', 'AUTHORIZATION_CODE: inactive', 'WHEN EXISTS (', 'WHEN NOT EXISTS ('),
  fault(
    'a witness of another case',
    'registry',
    'REG_LOG: superseded, whatever',
    / AND CAST\(n\.REG_PATH AS BINARY\) = CAST\(t\.REG_PATH AS BINARY\)/,
    '',
  ),
  fault(
    'an entry that others stand beside',
    'registry',
    'registry 3, REG_LOG: the list',
    'k.SAME_ROWS = 1',
    'k.SAME_ROWS >= 1',
  ),
  fault(
    'a history without its type',
    'sessions',
    `${store} superseded`,
    /PARTITION BY e\.SESSION_ID, e\.SESSION_TYPE/g,
    'PARTITION BY e.SESSION_ID',
  ),
  fault(
    'a switch turned round',
    'tokens',
    'TOKEN_AUDIT: retention_over',
    "IF v_audit_pruning = 'yes'",
    "IF v_audit_pruning = 'no'",
  ),
  fault('a row copied without a reason', 'tokens', `${token} what is copied`, 'WHERE d.WHY_DEAD IS NOT NULL', ''),
  fault(
    'copies of another run',
    'tokens',
    `${token} what is deleted`,
    /(STRAIGHT_JOIN IDN_OAUTH2_ACCESS_TOKEN t .*\n\s+WHERE) g\.RUN_ID = v_run_id AND/,
    '$1',
  ),
  fault(
    'a row of another key',
    'registry',
    'REG_LOG: what is deleted',
    /(STRAIGHT_JOIN REG_LOG t FORCE INDEX \(PRIMARY\) ON t\.REG_LOG_ID = g\.REG_LOG_ID)\s+AND t\.REG_TENANT_ID = g\.REG_TENANT_ID/g,
    '$1',
  ),
  fault(
    'a follower whose session is left',
    'sessions',
    'IDN_AUTH_USER_SESSION_MAPPING: session_gone',
    /(DELETE c[^;]*?)AND NOT EXISTS \(\s*SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o\s+WHERE o\.SESSION_ID = l\.SESSION_ID\)/,
    '$1',
  ),
];

const refused = (
  [
    ['a function', "CAST(t.TOKEN_STATE AS BINARY) = 'INACTIVE'", "UPPER(t.TOKEN_STATE) = 'INACTIVE'"],
    ['a comparison of texts', "CAST(t.TOKEN_STATE AS BINARY) = 'INACTIVE'", "t.TOKEN_STATE LIKE 'INACTIVE'"],
    [
      'another branch',
      'IF v_copied > 0 AND',
      'IF v_copied < 0 THEN SET v_rows = 0; ELSE SET v_rows = 1; END IF; IF v_copied > 0 AND',
    ],
    ['a dry run that deletes', "IF v_copied > 0 AND v_dry_run = 'no' THEN", 'IF v_copied > 0 THEN'],
  ] as const
).map(([what, from, to]) => fault(what, 'tokens', `${token} inactive`, from, to));

const window = fault(
  'a window that ends at its own row',
  'sessions',
  `${store} superseded`,
  'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING',
  'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
);

/** Faults in what is generated, each of which must be noticed. */
export const planted: Planted = { faults, refused: [...refused, window] };
