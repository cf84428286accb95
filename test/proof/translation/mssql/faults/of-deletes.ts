import { type Fault, fault } from '../../plant.js';

const token = 'IDN_OAUTH2_ACCESS_TOKEN:';

/** What goes, with its child rows, and after it. */
export const ofDeletes: readonly Fault[] = [
  fault('a row deleted without a reason', 'tokens', `${token} what is deleted was`, 'WHERE d.REASON IS NOT NULL', ''),
  fault(
    'a DELETE of more than was judged',
    'jti',
    'IDN_OIDC_JTI: what is deleted was',
    'AS t WITH (ROWLOCK) ON t.JWT_ID = b.JWT_ID',
    'AS t WITH (ROWLOCK) ON t.JWT_ID >= b.JWT_ID',
  ),
  fault(
    'a row of another key',
    'registry',
    'REG_LOG: what is deleted was',
    /(INNER LOOP JOIN dbo\.REG_LOG AS t WITH \(ROWLOCK\)\s+ON t\.REG_LOG_ID = b\.REG_LOG_ID) AND t\.REG_TENANT_ID = b\.REG_TENANT_ID/g,
    '$1',
  ),
  fault(
    'a row that is judged by another key',
    'registry',
    'REG_LOG: what is deleted was',
    'SELECT d.REG_LOG_ID, d.REG_TENANT_ID, d.REASON',
    'SELECT d.REG_TENANT_ID, d.REG_LOG_ID, d.REASON',
  ),
  fault(
    'a copy of fewer rows',
    'tokens',
    `${token} what is deleted is copied`,
    'JOIN dbo.IDN_OAUTH2_ACCESS_TOKEN AS t ON t.TOKEN_ID = b.TOKEN_ID',
    'JOIN dbo.IDN_OAUTH2_ACCESS_TOKEN AS t ON t.TOKEN_ID = b.TOKEN_ID AND t.TOKEN_SCOPE_HASH IS NOT NULL',
  ),
  fault(
    'child rows of another parent',
    'tokens',
    'IDN_OIDC_REQ_OBJ_CLAIM_VALUES: goes with its IDN_OAUTH2_ACCESS_TOKEN',
    'c.REQ_OBJECT_ID = b.ID',
    'c.ID = b.ID',
  ),
  fault(
    'child rows of no parent',
    'tokens',
    'IDN_OAUTH2_ACCESS_TOKEN_SCOPE: goes with its',
    'ON c.TOKEN_ID = b.TOKEN_ID',
    'ON c.TOKEN_ID = b.TOKEN_ID OR c.TENANT_ID = 1',
  ),
  fault(
    'a follower whose session is left',
    'sessions',
    'IDN_AUTH_USER_SESSION_MAPPING: session_gone',
    /(AS c\s+ON c\.SESSION_ID[^;]*?)AND NOT EXISTS \(\s*SELECT 1 FROM dbo\.IDN_AUTH_TEMP_SESSION_STORE o WITH \(READCOMMITTEDLOCK\)\s+WHERE o\.SESSION_ID = l\.SESSION_ID\)/,
    '$1',
  ),
  fault(
    'a follower of a session of another case',
    'sessions',
    'IDN_AUTH_USER_SESSION_MAPPING: session_gone',
    / AND c\.SESSION_ID \+ N'\.' COLLATE Latin1_General_BIN2 = l\.SESSION_ID \+ N'\.' COLLATE Latin1_General_BIN2/,
    '',
  ),
];
