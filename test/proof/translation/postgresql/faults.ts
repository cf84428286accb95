import { type Fault, fault, type Planted, type WrongPrinter } from '../plant.js';

const token = 'IDN_OAUTH2_ACCESS_TOKEN:';
const store = 'IDN_AUTH_SESSION_STORE:';

const faults: readonly Fault[] = [
  fault(
    'a comparison that looks the other way',
    'tokens',
    `${token} periods_over`,
    '* 1000 > t.validity',
    '* 1000 < t.validity',
  ),
  fault(
    'a bound that is one off',
    'registry',
    'REG_LOG: superseded, whatever',
    '(t.reg_logged_time < v_log',
    '(t.reg_logged_time <= v_log',
  ),
  fault(
    'a period that never ends taken for finite',
    'tokens',
    `${token} periods_over`,
    't.validity_period > 0 AND',
    '',
  ),
  fault(
    'the mark of "never" with a digit less',
    'tokens',
    `${token} periods_over`,
    't.validity_period < 99999999999990',
    't.validity_period < 9999999999990',
  ),
  fault(
    'a guard against NULL dropped',
    'registry',
    'REG_RESOURCE_PROPERTY: resource_gone',
    /t\.reg_tenant_id IS NOT NULL\s+AND/,
    '',
  ),
  fault(
    'AND for OR',
    'sessions',
    `${store} expired`,
    /IS NULL\s+OR t\.expiry_time <= 0/g,
    'IS NULL AND t.expiry_time <= 0',
  ),
  fault('OR for AND', 'tokens', 'AUTHORIZATION_CODE: period_over', /(t\.validity_period > 0) AND/g, '$1 OR'),
  fault(
    'parentheses dropped',
    'sessions',
    `${store} expired`,
    /\(\((t\.expiry_time IS NULL)(\s+)OR t\.expiry_time <= 0\)/g,
    '($1$2OR t.expiry_time <= 0',
  ),
  fault('another cut-off', 'tokens', 'TOKEN_AUDIT: retention_over', '< v_audit_cut_off', '< v_cut_off'),
  fault(
    'a cut-off without the uncertainty of clocks',
    'jti',
    'IDN_OIDC_JTI: expired',
    /- public\.cleanup_number\(v_run, 'clock_uncertainty_hours', 12\) \* interval '1 hour'/,
    '',
  ),
  fault(
    'a cut-off in another unit',
    'tokens',
    `${token} periods_over`,
    "120) * interval '1 minute'",
    "120) * interval '1 second'",
  ),
  fault(
    'a setting with another default',
    'tokens',
    `${token} periods_over`,
    "'safe_period_minutes', 120",
    "'safe_period_minutes', 12",
  ),
  fault('seconds for milliseconds', 'tokens', `${token} periods_over`, ') * 1000 > t.validity', ') > t.validity'),
  fault('milliseconds for nanoseconds', 'sessions', `${store} expired`, '* 1000000000)::bigint', '* 1000000)::bigint'),
  fault('a reason dropped', 'tokens', `${token} revoked`, /WHEN t\.token_state = 'REVOKED' THEN 'revoked'/, ''),
  fault('a reason that no policy has', 'tokens', `${token} there is no other`, "THEN 'revoked'", "THEN 'revoced'"),
  fault(
    'reasons in another order',
    'sessions',
    `${store} expired`,
    /(THEN) 'expired'([^;]*THEN) 'deleted'/g,
    "$1 'deleted'$2 'expired'",
  ),
  fault('a word in small letters', 'tokens', `${token} revoked`, "= 'REVOKED'", "= 'revoked'"),
  fault('a guard turned round', 'tokens', 'AUTHORIZATION_CODE: inactive', 'WHEN EXISTS (', 'WHEN NOT EXISTS ('),
  fault(
    'a row found by another column',
    'tokens',
    'AUTHORIZATION_CODE: inactive',
    /(idn_oauth2_access_token o\s+WHERE o\.token_id = )t\.token_id/,
    '$1t.code_id',
  ),
  fault(
    'a row of another tenant',
    'registry',
    'REG_TAG: unreferenced',
    /o\.reg_tag_id = t\.reg_id AND o\.reg_tenant_id = t\.reg_tenant_id/,
    'o.reg_tag_id = t.reg_id',
  ),
  fault(
    'unknown taken for false',
    'confirmation_codes',
    'IDN_RECOVERY_DATA: retention_over',
    /\((extract\(epoch FROM v_grace_cut_off - t\.time_created\)[^;]*?END)\) IS NOT TRUE/,
    'NOT ($1)',
  ),
  fault(
    'a witness that is no newer',
    'registry',
    'REG_LOG: superseded, whatever',
    'n.reg_log_id > t.reg_log_id',
    'n.reg_log_id >= t.reg_log_id',
  ),
  fault(
    'a history without its type',
    'sessions',
    `${store} superseded`,
    /PARTITION BY e\.session_id, e\.session_type/g,
    'PARTITION BY e.session_id',
  ),
  fault(
    'an end that is older than the row',
    'sessions',
    `${store} superseded`,
    /h\.time_created <= h\.last_end/g,
    'h.time_created >= h.last_end',
  ),
  fault(
    'a list that lacks dead rows',
    'registry',
    'REG_LOG: the list',
    't.reg_log_id < t.newest',
    't.reg_log_id + 1 < t.newest',
  ),
  fault('a switch turned round', 'tokens', 'TOKEN_AUDIT: retention_over', "<> 'yes'", "<> 'no'"),
  fault('a row deleted without a reason', 'tokens', `${token} what is deleted`, 'AND j.reason IS NOT NULL', ''),
  fault('a dry run that deletes', 'tokens', `${token} what is deleted`, 'AND NOT v_run.dry_run', ''),
  fault('another row deleted than judged', 'tokens', `${token} what is deleted`, 't.ctid = j.place AND', ''),
  fault(
    'a follower whose session is left',
    'sessions',
    'IDN_AUTH_USER_SESSION_MAPPING: session_gone',
    /AND NOT EXISTS \(\s*SELECT 1 FROM public\.idn_auth_temp_session_store o\s+WHERE o\.session_id = l\.session_id\)/,
    '',
  ),
  fault(
    'a follower of a row that was not deleted',
    'sessions',
    'IDN_AUTH_USER_SESSION_MAPPING: session_gone',
    ' AND l.removed',
    '',
  ),
];

const printers: readonly WrongPrinter[] = [
  ['a timestamp at the cut-off', { timestampBefore: (stamp, _, cutOff) => `${stamp} <= ${cutOff}` }, 'jti', 'expired'],
  [
    'an unknown that is no "not true"',
    { notTrue: (condition) => `NOT (${condition})` },
    'registry',
    'REG_RESOURCE: code_expired',
  ],
  [
    'a folder of another name',
    { beneath: (column, folder) => `starts_with(${column} || '/', '${folder}s/')` },
    'registry',
    'REG_RESOURCE: code_expired',
  ],
];

const refused = (
  [
    ['an operator', "t.token_state = 'INACTIVE'", "t.token_state ILIKE 'INACTIVE'"],
    ['a function', "t.token_state = 'INACTIVE'", "upper(t.token_state) = 'INACTIVE'"],
    ['a join', 'USING judged j', 'USING judged j LEFT JOIN judged k ON true'],
    [
      'a clause',
      'FROM ONLY public.idn_oauth2_access_token t\n',
      'FROM ONLY public.idn_oauth2_access_token t TABLESAMPLE SYSTEM (1)\n',
    ],
    ['text read as a number unchecked', "t.token_state = 'INACTIVE'", 't.token_state::bigint = 1'],
  ] as const
).map(([what, from, to]) => fault(what, 'tokens', `${token} inactive`, from, to));

/** Faults in what is generated, each of which must be noticed. */
export const planted: Planted = { faults, printers, refused };
