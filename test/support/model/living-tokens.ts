import type { World } from '../scenario/world.js';
import { isToCome, runsOn } from './lives.js';
import type { Row } from './rows.js';
import { microsecondsPerDay, microsecondsPerSecond, parseStamp } from './stamps.js';

/** Whether the product would still use a row of the token tables, by true moments. */
export function tokenRowLives(table: string, row: Row, world: World): boolean {
  const now = world.facts.clocks.utcNow;
  switch (table) {
    case 'IDN_OAUTH2_ACCESS_TOKEN':
      return tokenLives(row, world);
    case 'IDN_OAUTH2_AUTHORIZATION_CODE':
      // The code of a living token is how its second use is noticed.
      if (row.TOKEN_ID !== null && livingTokens(world).some((token) => token.TOKEN_ID === row.TOKEN_ID)) return true;
      if (codesOfTokens(world).has(row.CODE_ID ?? null)) return true;
      return row.STATE !== 'INACTIVE' && runsOn(row.TIME_CREATED, row.VALIDITY_PERIOD, now);
    case 'IDN_OAUTH2_CIBA_AUTH_CODE': {
      if (['EXPIRED', 'TOKEN_ISSUED', 'FAILED'].includes(String(row.AUTH_REQ_STATUS))) return false;
      const issued = parseStamp(row.ISSUED_TIME);
      const seconds = row.EXPIRES_IN;
      if (issued === undefined || typeof seconds !== 'bigint' || seconds <= 0n) return true;
      return issued + seconds * microsecondsPerSecond > now;
    }
    case 'IDN_OAUTH2_DEVICE_FLOW':
      return row.STATUS !== 'EXPIRED' && isToCome(row.EXPIRY_TIME, now);
    case 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT': {
      const days = BigInt(world.number('audit_retention_days', 90));
      return !world.isOn('audit_pruning') || isToCome(row.INVALIDATED_TIME, now - days * microsecondsPerDay);
    }
    default:
      // Applications stay; what belongs to a token goes with it.
      return table === 'IDN_OAUTH_CONSUMER_APPS';
  }
}

function tokenLives(row: Row, world: World): boolean {
  const state = String(row.TOKEN_STATE);
  if (state === 'REVOKED') return false;
  if (state === 'INACTIVE') return mayPassItsObjectOn(row, world);
  if (!['ACTIVE', 'EXPIRED', 'GRACEFULLY_ROTATED'].includes(state)) return true;
  const now = world.facts.clocks.utcNow;
  if (state !== 'EXPIRED' && runsOn(row.TIME_CREATED, row.VALIDITY_PERIOD, now)) return true;
  // Somebody says that no client of these grants is ever handed its refresh token.
  const grants = String(world.facts.settings.access_period_grants).split(',');
  if (state !== 'GRACEFULLY_ROTATED' && grants.includes(String(row.GRANT_TYPE))) return false;
  return runsOn(row.REFRESH_TOKEN_TIME_CREATED, row.REFRESH_TOKEN_VALIDITY_PERIOD, now);
}

/** A refresh is made in two transactions: a new token first, to which then the request object moves from the old one. */
function mayPassItsObjectOn(row: Row, world: World): boolean {
  const objects = world.rows('IDN_OIDC_REQ_OBJECT_REFERENCE').filter(({ TOKEN_ID: token }) => token === row.TOKEN_ID);
  const { REFRESH_TOKEN_TIME_CREATED: since, REFRESH_TOKEN_VALIDITY_PERIOD: period } = row;
  return objects.length > 0 && runsOn(since, period, world.facts.clocks.utcNow);
}

const livingTokens = (world: World): readonly Row[] =>
  world.rows('IDN_OAUTH2_ACCESS_TOKEN').filter((row) => tokenLives(row, world));

/** Codes that a request object of a living token names: it would go with them. */
const codesOfTokens = (world: World): ReadonlySet<unknown> => {
  const living = new Set(livingTokens(world).map((token) => token.TOKEN_ID));
  const objects = world.rows('IDN_OIDC_REQ_OBJECT_REFERENCE');
  return new Set(objects.filter(({ TOKEN_ID: token }) => living.has(token)).map((row) => row.CODE_ID));
};
