import { describe, expect, test } from 'vitest';
import { read } from './oracle/read.js';
import { shape } from './oracle/shape.js';
import { type Fault, fault, plant } from './plant.js';

const token = 'IDN_OAUTH2_ACCESS_TOKEN:';
const code = 'IDN_OAUTH2_AUTHORIZATION_CODE:';
const store = 'IDN_AUTH_SESSION_STORE:';
const mapping = 'IDN_AUTH_USER_SESSION_MAPPING:';

const faults: readonly Fault[] = [
  fault('a comparison that looks the other way', 'jti', 'IDN_OIDC_JTI: expired', 't.EXP_TIME < v_', 't.EXP_TIME > v_'),
  fault('a bound that is one off', 'jti', 'IDN_OIDC_JTI: expired', 't.EXP_TIME < v_', 't.EXP_TIME <= v_'),
  fault(
    'a cut-off without the uncertainty of clocks',
    'jti',
    'IDN_OIDC_JTI: expired',
    /- NUMTODSINTERVAL\(CLEANUP_KIT\.number_of\(v_run, 'clock_uncertainty_hours', 12\), 'HOUR'\)/,
    '',
  ),
  fault('a cut-off in another unit', 'jti', 'IDN_OIDC_JTI: expired', "(24, 'HOUR')", "(24, 'MINUTE')"),
  fault(
    'another row deleted than judged',
    'jti',
    'JTI: what is deleted was judged',
    't.ROWID = v_rows(i);\n        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);\n      END IF',
    't.EXP_TIME < v_grace_cut_off;\n        CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);\n      END IF',
  ),
  fault('a dry run that deletes', 'jti', 'JTI: what is deleted was judged', " AND v_run.dry_run = 'no'", ''),
  fault(
    'a copy of another row',
    'jti',
    'JTI: what is deleted was copied',
    /(SELECT v_run\.run_id, v_reasons\(i\)[^;]*WHERE) t\.ROWID = v_rows\(i\)/,
    '$1 t.ROWID <> v_rows(i)',
  ),
  fault(
    'a copy with two columns exchanged',
    'jti',
    'JTI: what is deleted was copied',
    't.EXP_TIME, t.TIME_CREATED',
    't.TIME_CREATED, t.EXP_TIME',
  ),
  fault(
    'a copy under another number',
    'jti',
    'JTI: what is deleted was copied',
    'SELECT v_run.run_id, v_reasons(i)',
    'SELECT v_run.span, v_reasons(i)',
  ),
  fault(
    'a period that never ends taken for finite',
    'tokens',
    `${token} periods_over`,
    /t\.VALIDITY_PERIOD > 0 AND/g,
    '',
  ),
  fault(
    'the mark of "never" with a digit less',
    'tokens',
    `${token} periods_over`,
    /t\.VALIDITY_PERIOD < 99999999999990/g,
    't.VALIDITY_PERIOD < 9999999999990',
  ),
  fault(
    'seconds for milliseconds',
    'tokens',
    `${token} periods_over`,
    /999999999999999\) \/ 1000, 'SECOND'/g,
    "999999999999), 'SECOND'",
  ),
  fault(
    'a period that is cut too short',
    'tokens',
    `${token} periods_over`,
    /\(GREATEST\(t\.VALIDITY_PERIOD, 0\), 999999999999999\)/g,
    '(GREATEST(t.VALIDITY_PERIOD, 0), 999999999)',
  ),
  fault(
    'a setting with another default',
    'tokens',
    `${token} periods_over`,
    "'safe_period_minutes', 120",
    "'safe_period_minutes', 12",
  ),
  fault('another state', 'tokens', `${token} revoked`, "t.TOKEN_STATE = 'REVOKED'", "t.TOKEN_STATE = 'ACTIVE'"),
  fault('a word in small letters', 'tokens', `${token} revoked`, "= 'REVOKED'", "= 'revoked'"),
  fault('a reason dropped', 'tokens', `${token} revoked`, "WHEN t.TOKEN_STATE = 'REVOKED' THEN 'revoked'", ''),
  fault('a reason that no policy has', 'tokens', `${token} there is no other`, "THEN 'revoked'", "THEN 'revoced'"),
  fault(
    'a guard dropped',
    'tokens',
    `${token} inactive`,
    /OR NOT EXISTS \(\s+SELECT 1 FROM IDN_OIDC_REQ_OBJECT_REFERENCE o\s+WHERE o\.TOKEN_ID = t\.TOKEN_ID\)/,
    'OR 1 = 1',
  ),
  fault('a guard turned round', 'tokens', `${code} inactive`, 'AND (NOT EXISTS (', 'AND (EXISTS ('),
  fault(
    'a row found by another column',
    'tokens',
    `${code} inactive`,
    'o.TOKEN_ID = t.TOKEN_ID)\n               AND',
    'o.TOKEN_ID = t.CODE_ID)\n               AND',
  ),
  fault(
    'a guard that is not asked again',
    'tokens',
    `${code} what is asked again`,
    /(v_rows\(i\)\s+AND \(\(t\.STATE[^;]*?)AND NOT EXISTS \(\s+SELECT 1 FROM IDN_OAUTH2_ACCESS_TOKEN o\s+WHERE o\.TOKEN_ID = t\.TOKEN_ID\)/,
    '$1',
  ),
  fault(
    'a word beside a list without its commas',
    'tokens',
    `${token} access_period_over`,
    "AND INSTR(t.GRANT_TYPE, ',') = 0",
    '',
  ),
  fault(
    'a row deleted without a reason',
    'tokens',
    `${token} what is deleted was judged`,
    'WHERE d.REASON IS NOT NULL',
    '',
  ),
  fault(
    'a wrong join of a child',
    'tokens',
    'IDN_OAUTH2_ACCESS_TOKEN_SCOPE: what hangs',
    'c ON c.TOKEN_ID = g.TOKEN_ID',
    'c ON c.TOKEN_SCOPE = g.TOKEN_ID',
  ),
  fault(
    'a child of another run',
    'tokens',
    'IDN_OAUTH2_ACCESS_TOKEN_SCOPE: what hangs',
    'WHERE g.RUN_ID = v_run.run_id AND g.TOKEN_ID > v_after_1',
    'WHERE g.TOKEN_ID > v_after_1',
  ),
  fault(
    'a child that is left',
    'tokens',
    'IDN_OIDC_REQ_OBJ_CLAIM_VALUES: what hangs',
    'p2.REQ_OBJECT_ID = p1.ID',
    'p2.REQ_OBJECT_ID = p1.CONSUMER_KEY_ID',
  ),
  fault('a switch turned round', 'tokens', 'TOKEN_AUDIT: retention_over', /, '(\w+)', 'audit_pruning'\)/, ", '$1')"),
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
  fault('milliseconds for nanoseconds', 'sessions', `${store} expired`, /'FF6'\)\)\) \* 1000;/g, "'FF6')));"),
  fault('a history without its type', 'sessions', `${store} superseded`, /AND s\.SESSION_TYPE = t\.SESSION_TYPE /g, ''),
  fault(
    'an end that is older than the row',
    'sessions',
    `${store} superseded`,
    /s\.TIME_CREATED >= t\.TIME_CREATED/g,
    's.TIME_CREATED <= t.TIME_CREATED',
  ),
  fault(
    'a list that lacks dead rows',
    'sessions',
    `${store} the list`,
    /(INSERT INTO CLEANUP_DEAD_IDN_AUTH_SESSION_STORE[^;]*)\s+OR \(t\.OPERATION = 'DELETE'\s+AND t\.TIME_CREATED < v_delete_cut_off_ns\)/,
    '$1',
  ),
  fault(
    'a line of the list that names no row any more',
    'sessions',
    `${store} what is not there`,
    /(DELETE FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l\s+WHERE [^;]*)WHERE t\.SESSION_ID = l\.SESSION_ID/,
    '$1WHERE t.SESSION_TYPE = l.SESSION_ID',
  ),
  fault(
    'a follower whose session is left',
    'sessions',
    `${mapping} session_gone`,
    /AND NOT EXISTS \(\s+SELECT 1 FROM IDN_AUTH_TEMP_SESSION_STORE o\s+WHERE o\.SESSION_ID = l\.SESSION_ID\)/,
    '',
  ),
  fault(
    'a sighting that is too new',
    'sessions',
    `${mapping} orphaned`,
    /n\.FIRST_SEEN < v_sighting_cut_off/g,
    'n.FIRST_SEEN > v_sighting_cut_off',
  ),
  fault(
    'a guard against NULL dropped',
    'registry',
    'REG_RESOURCE_PROPERTY: resource_gone',
    /t\.REG_TENANT_ID IS NOT NULL\s+AND/g,
    '',
  ),
  fault(
    'a folder of another name',
    'registry',
    'REG_RESOURCE: code_expired',
    /identity\.mgt\/data\/'/g,
    "identity.mgt/date/'",
  ),
  fault(
    'digits with a line feed',
    'registry',
    'REG_RESOURCE: code_expired',
    / AND NOT REGEXP_LIKE\(o2\.REG_VALUE, '\[\^0-9\]'\)|\s+AND NOT REGEXP_LIKE\(o2\.REG_VALUE, '\[\^0-9\]'\)/g,
    '',
  ),
  fault(
    'a row of another tenant',
    'registry',
    'REG_TAG: unreferenced',
    /o\.REG_TAG_ID = t\.REG_ID AND o\.REG_TENANT_ID = t\.REG_TENANT_ID/,
    'o.REG_TAG_ID = t.REG_ID',
  ),
  fault(
    'a witness that is no newer',
    'registry',
    'REG_LOG: superseded, whatever',
    'n.REG_LOG_ID > t.REG_LOG_ID',
    'n.REG_LOG_ID >= t.REG_LOG_ID',
  ),
  fault(
    'unknown taken for false',
    'registry',
    'REG_RESOURCE: code_expired',
    /THEN 0 ELSE 1 END = 1/g,
    'THEN 0 ELSE 0 END = 1',
  ),
];

const { files: right, counterexample } = plant('oracle', read, shape, faults);

describe('what nobody gave a meaning to is refused:', () => {
  test.each([
    ['a function', "t.TOKEN_STATE = 'INACTIVE'", "UPPER(t.TOKEN_STATE) = 'INACTIVE'"],
    ['a comparison of texts', "t.TOKEN_STATE = 'INACTIVE'", "t.TOKEN_STATE LIKE 'INACTIVE'"],
    ['a join', 'JOIN IDN_OAUTH2_ACCESS_TOKEN_SCOPE c', 'LEFT JOIN IDN_OAUTH2_ACCESS_TOKEN_SCOPE c'],
    ['a clause', 'FROM IDN_OAUTH2_ACCESS_TOKEN t\n', 'FROM IDN_OAUTH2_ACCESS_TOKEN SAMPLE (1) t\n'],
    ['rows that are passed over', 'FOR UPDATE WAIT 1', 'FOR UPDATE SKIP LOCKED'],
    ['a call', 'CLEANUP_KIT.done(v_run, v_reasons, v_upto_1)', 'EMPTY_TABLE(v_run, v_reasons, v_upto_1)'],
    [
      'dynamic SQL',
      'CLEANUP_KIT.done(v_run, v_reasons, v_upto_1)',
      "EXECUTE IMMEDIATE 'DELETE FROM IDN_OAUTH2_ACCESS_TOKEN'",
    ],
    ['a change that is not counted', 'CLEANUP_KIT.check_rows(SQL%ROWCOUNT, v_rows.COUNT);', ''],
    ['an element of another collection', 'SELECT v_run.run_id, v_reasons(i)', 'SELECT v_run.run_id, v_found(i)'],
    ['a period as long as it may be', 'LEAST(GREATEST(t.VALIDITY_PERIOD, 0), 999999999999999)', 't.VALIDITY_PERIOD'],
    ['a rule that is not asked again', /(t\.ROWID = v_rows\(i\))\s+AND \(\(t\.STATE = [^;]*/, '$1'],
    [
      'a statement after an error',
      'CLEANUP_KIT.failed(v_run, SQLCODE, SQLERRM);',
      'DELETE FROM IDN_OAUTH2_ACCESS_TOKEN;',
    ],
  ])('%s', async (_, from, to) => {
    const files = right('tokens');
    const procedure = files.procedure.replace(from, to);
    expect(procedure).not.toBe(files.procedure);
    await expect(counterexample('tokens', { ...files, procedure }, `${token} inactive`)).rejects.toThrow(
      'is not understood',
    );
  });
});
