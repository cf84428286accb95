import { type Fault, fault } from '../../plant.js';

const token = 'IDN_OAUTH2_ACCESS_TOKEN:';
/** Tells upper from lower case and blanks at the end, whatever the column's collation. */
export const state = "t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'REVOKED.'";

/** Collations, blanks and lists of words. */
export const ofTexts: readonly Fault[] = [
  fault('a state by its collation', 'tokens', `${token} revoked`, state, "t.TOKEN_STATE = 'REVOKED'"),
  fault(
    'a state with blanks behind it',
    'tokens',
    `${token} revoked`,
    state,
    "t.TOKEN_STATE = N'REVOKED' COLLATE Latin1_General_BIN2",
  ),
  fault(
    'a state in the code page of Latin1',
    'tokens',
    `${token} revoked`,
    state,
    "t.TOKEN_STATE + '.' COLLATE Latin1_General_BIN2 = 'REVOKED.'",
  ),
  fault('a word in small letters', 'tokens', `${token} revoked`, "= 'REVOKED.'", "= 'revoked.'"),
  fault(
    'a part of a name in the code page of Latin1',
    'confirmation_codes',
    'IDN_RECOVERY_DATA: retention_over',
    "CHARINDEX(N'ExpiryTime' COLLATE Latin1_General_BIN2, o.NAME)",
    "CHARINDEX('ExpiryTime', o.NAME COLLATE Latin1_General_BIN2)",
  ),
  fault(
    'a folder of another name',
    'registry',
    'REG_RESOURCE: code_expired',
    /identity\.mgt\/data\/'/g,
    "identity.mgt/date/'",
  ),
  fault(
    'a number of more digits',
    'registry',
    'REG_RESOURCE: code_expired',
    /LEN\(o2\.REG_VALUE\) BETWEEN 1 AND 18/g,
    'LEN(o2.REG_VALUE) BETWEEN 1 AND 19',
  ),
  fault(
    'a number with a sign',
    'registry',
    'REG_RESOURCE: code_expired',
    /o2\.REG_VALUE NOT LIKE N'%\[\^0-9\]%' COLLATE Latin1_General_BIN2\s+AND /g,
    '',
  ),
  fault(
    'a grant with a comma',
    'tokens',
    `${token} access_period_over`,
    "AND CHARINDEX(N',' COLLATE Latin1_General_BIN2, t.GRANT_TYPE) = 0",
    '',
  ),
  fault(
    'a list with an empty word',
    'tokens',
    `${token} access_period_over`,
    /AND CHARINDEX\(N',,', .* COLLATE Latin1_General_BIN2\) = 0/,
    '',
  ),
  fault(
    'a list with other signs',
    'tokens',
    `${token} access_period_over`,
    /AND @access_period_grants NOT LIKE .* COLLATE Latin1_General_BIN2/,
    '',
  ),
  fault(
    'a witness of another case',
    'registry',
    'REG_LOG: superseded, whatever',
    / AND n\.REG_PATH \+ N'\.' COLLATE Latin1_General_BIN2\s+= t\.REG_PATH \+ N'\.' COLLATE Latin1_General_BIN2/,
    '',
  ),
  fault(
    'a sighting of another case',
    'sessions',
    'IDN_AUTH_USER_SESSION_MAPPING: orphaned',
    / AND n\.SESSION_ID \+ N'\.' COLLATE Latin1_General_BIN2\s+= t\.SESSION_ID \+ N'\.' COLLATE Latin1_General_BIN2/,
    '',
  ),
];
