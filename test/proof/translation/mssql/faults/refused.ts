import { type Fault, fault } from '../../plant.js';

const token = 'IDN_OAUTH2_ACCESS_TOKEN:';
const store = 'IDN_AUTH_SESSION_STORE:';
const inactive = `${token} inactive`;
const exact = "t.TOKEN_STATE + N'.' COLLATE Latin1_General_BIN2 = 'INACTIVE.'";

/** Each has a part that nothing is proven of. */
export const refused: readonly Fault[] = [
  fault('a function', 'tokens', inactive, exact, "UPPER(t.TOKEN_STATE) = 'INACTIVE'"),
  fault('a pattern', 'tokens', inactive, exact, "t.TOKEN_STATE LIKE N'IN%' COLLATE Latin1_General_BIN2"),
  fault('LIKE that overlooks blanks', 'registry', 'REG_RESOURCE: code_expired', /NOT LIKE N'/g, "NOT LIKE '"),
  fault('a folder of so many letters less', 'registry', 'REG_RESOURCE: code_expired', /'\/', 72\)/g, "'/', 71)"),
  fault('a folder by its collation', 'registry', 'REG_RESOURCE: code_expired', /(\/data\/') COLLATE \w+/g, '$1'),
  fault(
    'another collation',
    'tokens',
    inactive,
    exact,
    "t.TOKEN_STATE + N'.' COLLATE Latin1_General_CI_AS = 'INACTIVE.'",
  ),
  fault('rows that are not committed', 'tokens', inactive, 'READCOMMITTEDLOCK', 'NOLOCK'),
  fault('some of the rows', 'tokens', inactive, /SELECT (t\.TOKEN_ID,\s+CASE)/, 'SELECT TOP (9) $1'),
  fault('another join', 'tokens', inactive, /FROM @dead_1 AS b\s+INNER LOOP JOIN/, 'FROM @dead_1 AS b LEFT OUTER JOIN'),
  fault(
    'child rows that are found again by another column',
    'tokens',
    inactive,
    'IDN_OIDC_REQ_OBJECT_CLAIMS AS c WITH (ROWLOCK) ON c.ID = b.ID',
    'IDN_OIDC_REQ_OBJECT_CLAIMS AS c WITH (ROWLOCK) ON c.REQ_OBJECT_ID = b.ID',
  ),
  fault('a dry run that deletes', 'tokens', inactive, "IF @dead > 0 AND @dry_run = 'no'", 'IF @dead > 0'),
  fault('a key that is passed over and goes', 'tokens', inactive, "IF @seen > 0 AND @task = 'delete'", 'IF @seen > 0'),
  fault('a step of another number', 'tokens', inactive, 'IF @step = 1 AND @task IN', 'IF @step = 2 AND @task IN'),
  fault('a step that is not reached', 'tokens', inactive, 'WHILE @step <= 5', 'WHILE @step <= 4'),
  fault('another table', 'tokens', inactive, 'DELETE t\n', 'DELETE FROM dbo.IDN_OAUTH_CONSUMER_APPS; DELETE t\n'),
  fault('a DELETE beside the batches', 'tokens', inactive, 'SET LOCK_TIMEOUT 1000;', 'DELETE FROM dbo.IDN_OIDC_JTI;'),
  fault('SQL in a text', 'tokens', inactive, 'DELETE t\n', "EXEC ('DELETE FROM dbo.IDN_OIDC_JTI'); DELETE t\n"),
  fault(
    'a judgement that is changed',
    'tokens',
    inactive,
    'SET @copied',
    "UPDATE @dead_1 SET REASON = 'x'; SET @copied",
  ),
  fault('a setting that is set', 'tokens', inactive, 'SET @cut_off', 'SET @safe_period_minutes = 1; SET @cut_off'),
  fault(
    'a time that is set',
    'tokens',
    inactive,
    'IF @run_id IS NULL',
    "SET @started = '20990101'; IF @run_id IS NULL",
  ),
  fault(
    'a cut-off that is read too early',
    'sessions',
    `${store} expired`,
    /(SET @expiry_cut_off = [^;]*;)(\s+DECLARE @expiry_cut_off_ns [^;]*;)/,
    '$2 $1',
  ),
  fault(
    'settings of another cleanup',
    'tokens',
    inactive,
    "PROCEDURE_NAME = 'cleanup_tokens' AND",
    "PROCEDURE_NAME = 'x' AND",
  ),
  fault(
    'NULL that is no NULL',
    'tokens',
    inactive,
    'ARITHABORT, CONCAT_NULL_YIELDS_NULL ON;\n  SET',
    'ARITHABORT ON;\n  SET',
  ),
  fault('a limit for all statements', 'tokens', inactive, 'SET ROWCOUNT 0;', 'SET ROWCOUNT 10;'),
  fault(
    'a value in another column of the copy',
    'tokens',
    `${token} what is deleted is copied`,
    't.ACCESS_TOKEN, t.REFRESH_TOKEN',
    't.REFRESH_TOKEN, t.ACCESS_TOKEN',
  ),
  fault(
    'a column that is not copied',
    'workflows',
    'WF_REQUEST: what is deleted is copied',
    /, REQUEST\)(\s+SELECT [^;]*), t\.REQUEST\n/,
    ')$1\n',
  ),
  fault(
    'a key that is kept as another type',
    'tokens',
    `${token} what is deleted was`,
    /(DECLARE @dead_1 TABLE \(\s+TOKEN_ID) varchar\(255\)/,
    '$1 varchar(100)',
  ),
];
