import type { Moments } from './clock.js';
import type { Row, Value } from './rows.js';
import { microsecondsPerMillisecond, microsecondsPerSecond, parseStamp } from './stamps.js';

/** From here on a validity period, milliseconds, means never. */
const neverMilliseconds = 99_999_999_999_990n;

/** A finite period that ended before the moment. Equality is not yet over; what cannot be read is never over. */
function periodIsOver(stamp: Value | undefined, milliseconds: Value | undefined, moment: bigint): boolean {
  const since = parseStamp(stamp);
  if (since === undefined || typeof milliseconds !== 'bigint') return false;
  if (milliseconds <= 0n) return false;
  if (milliseconds >= neverMilliseconds) return false;
  return moment - since > milliseconds * microsecondsPerMillisecond;
}

/** A word of a list; where the list holds anything but words with single commas between, it has none. */
function isListed(word: Value | undefined, list: string): boolean {
  if (typeof word !== 'string') return false;
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:_.-';
  const words = list.split(',');
  if (words.some((one) => one === '' || [...one].some((letter) => !letters.includes(letter)))) return false;
  return words.some((one) => one === word);
}

/** Why a token is dead, or nothing. */
export function tokenIsDead(
  row: Row,
  moments: Moments,
  accessPeriodGrants: string,
  hasRequestObject: boolean,
): string | undefined {
  const refreshIsOver = periodIsOver(row.REFRESH_TOKEN_TIME_CREATED, row.REFRESH_TOKEN_VALIDITY_PERIOD, moments.cutOff);
  if (row.TOKEN_STATE === 'INACTIVE') return hasRequestObject && !refreshIsOver ? undefined : 'inactive';
  if (row.TOKEN_STATE === 'REVOKED') return 'revoked';
  const state = row.TOKEN_STATE;
  if (state !== 'ACTIVE' && state !== 'EXPIRED' && state !== 'GRACEFULLY_ROTATED') return undefined;
  const accessIsOver = periodIsOver(row.TIME_CREATED, row.VALIDITY_PERIOD, moments.cutOff);
  if (refreshIsOver) {
    if (state === 'EXPIRED') return 'expired';
    if (accessIsOver) return 'periods_over';
  }
  if (accessIsOver && state !== 'GRACEFULLY_ROTATED' && isListed(row.GRANT_TYPE, accessPeriodGrants))
    return 'access_period_over';
  return undefined;
}

/** Why an authorization code is dead, or nothing, given the tokens that this run leaves, and codes that a request object of one names. */
export function codeIsDead(
  row: Row,
  moments: Moments,
  tokensLeft: ReadonlySet<Value>,
  codesOfTokens: ReadonlySet<Value>,
): string | undefined {
  const { TOKEN_ID: token = null, CODE_ID: code = null } = row;
  if (token !== null && tokensLeft.has(token)) return undefined;
  if (codesOfTokens.has(code)) return undefined;
  if (row.STATE === 'INACTIVE') return 'inactive';
  if (periodIsOver(row.TIME_CREATED, row.VALIDITY_PERIOD, moments.cutOff)) return 'period_over';
  return undefined;
}

export function cibaCodeIsDead(row: Row, moments: Moments): string | undefined {
  const status = row.AUTH_REQ_STATUS;
  if (status === 'EXPIRED' || status === 'TOKEN_ISSUED' || status === 'FAILED') return 'finished';
  const issued = parseStamp(row.ISSUED_TIME);
  const seconds = row.EXPIRES_IN;
  if (issued === undefined || typeof seconds !== 'bigint' || seconds <= 0n) return undefined;
  if (moments.dayAgo - issued > seconds * microsecondsPerSecond) return 'period_over';
  return undefined;
}

export function deviceCodeIsDead(row: Row, moments: Moments): string | undefined {
  if (row.STATUS === 'EXPIRED') return 'expired';
  const expiry = parseStamp(row.EXPIRY_TIME);
  if (expiry !== undefined && expiry < moments.dayAgo) return 'period_over';
  return undefined;
}

export function auditRowIsDead(row: Row, moments: Moments): string | undefined {
  const invalidated = parseStamp(row.INVALIDATED_TIME);
  if (invalidated !== undefined && invalidated < moments.auditCutOff) return 'retention_over';
  return undefined;
}
