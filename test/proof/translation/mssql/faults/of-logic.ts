import { type Fault, fault } from '../../plant.js';
import { state } from './of-texts.js';

const token = 'IDN_OAUTH2_ACCESS_TOKEN:';
const store = 'IDN_AUTH_SESSION_STORE:';

/** Conditions, guards and reasons. */
export const ofLogic: readonly Fault[] = [
  fault(
    'AND for OR',
    'sessions',
    `${store} expired`,
    /IS NULL\s+OR t\.EXPIRY_TIME <= 0/g,
    'IS NULL AND t.EXPIRY_TIME <= 0',
  ),
  fault('OR for AND', 'tokens', 'AUTHORIZATION_CODE: period_over', /(t\.VALIDITY_PERIOD > 0) AND/g, '$1 OR'),
  fault(
    'parentheses dropped',
    'sessions',
    `${store} expired`,
    /\(\((t\.EXPIRY_TIME IS NULL)(\s+)OR t\.EXPIRY_TIME <= 0\)/g,
    '($1$2OR t.EXPIRY_TIME <= 0',
  ),
  fault('a reason dropped', 'tokens', `${token} revoked`, `WHEN ${state} THEN 'revoked'`, ''),
  fault('a reason that no policy has', 'tokens', `${token} there is no other`, "THEN 'revoked'", "THEN 'revoced'"),
  fault(
    'reasons in another order',
    'sessions',
    `${store} expired`,
    /(THEN) 'expired'([^;]*THEN) 'deleted'/g,
    "$1 'deleted'$2 'expired'",
  ),
  fault(
    'a guard against NULL dropped',
    'registry',
    'REG_RESOURCE_PROPERTY: resource_gone',
    /t\.REG_TENANT_ID IS NOT NULL\s+AND/,
    '',
  ),
  fault(
    'unknown taken for false',
    'confirmation_codes',
    'IDN_RECOVERY_DATA: retention_over',
    /CASE WHEN (DATEDIFF_BIG\(MICROSECOND, t\.TIME_CREATED, @grace_cut_off\)[\s\S]*?AS BIGINT\) END) THEN 1 ELSE 0 END = 0/,
    'NOT ($1)',
  ),
  fault('a guard turned round', 'tokens', 'AUTHORIZATION_CODE: inactive', 'WHEN EXISTS (', 'WHEN NOT EXISTS ('),
  fault(
    'a guard dropped',
    'tokens',
    `${token} inactive`,
    /AND EXISTS \(\s*SELECT 1 FROM dbo\.IDN_OIDC_REQ_OBJECT_REFERENCE o WITH \(READCOMMITTEDLOCK\)\s+WHERE o\.TOKEN_ID = t\.TOKEN_ID\)\s+THEN NULL/,
    'AND 1 = 0 THEN NULL',
  ),
  fault(
    'a row found by another column',
    'tokens',
    'AUTHORIZATION_CODE: inactive',
    /(FROM dbo\.IDN_OAUTH2_ACCESS_TOKEN o WITH \(READCOMMITTEDLOCK\)\s+WHERE) o\.TOKEN_ID = t\.TOKEN_ID/,
    '$1 o.TOKEN_ID = t.CODE_ID',
  ),
  fault(
    'a row of another tenant',
    'registry',
    'REG_TAG: unreferenced',
    'o.REG_TAG_ID = t.REG_ID AND o.REG_TENANT_ID = t.REG_TENANT_ID',
    'o.REG_TAG_ID = t.REG_ID',
  ),
  fault(
    'a witness that is no newer',
    'registry',
    'REG_LOG: superseded, whatever',
    'n.REG_LOG_ID > t.REG_LOG_ID',
    'n.REG_LOG_ID >= t.REG_LOG_ID',
  ),
];
