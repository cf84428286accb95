import { World } from '../scenario/world.js';
import { momentsOf } from './clock.js';
import type { ModelOptions, ModelResult } from './options.js';
import type { Database, Reference } from './rows.js';
import { auditRowIsDead, cibaCodeIsDead, codeIsDead, deviceCodeIsDead, tokenIsDead } from './rules.js';
import { formatStamp, microsecondsPerMinute, parseStamp } from './stamps.js';

/** The second opinion on `cleanup_tokens`. */
export function removeDeadTokens(world: World, options: ModelOptions): void {
  const moments = momentsOf(options);
  const withObjects = new Set(world.rows('IDN_OIDC_REQ_OBJECT_REFERENCE').map((row) => row.TOKEN_ID ?? null));
  world.remove('IDN_OAUTH2_ACCESS_TOKEN', (row) =>
    tokenIsDead(row, moments, options.accessPeriodGrants, withObjects.has(row.TOKEN_ID ?? null)),
  );
  // Codes come after tokens: a code whose token has just gone is free to go in the same run.
  const tokensLeft = new Set(world.rows('IDN_OAUTH2_ACCESS_TOKEN').map((row) => row.TOKEN_ID ?? null));
  const ofTokens = world.rows('IDN_OIDC_REQ_OBJECT_REFERENCE').filter(({ TOKEN_ID: token = null }) => token !== null);
  const codesOfTokens = new Set(ofTokens.map((row) => row.CODE_ID ?? null));
  world.remove('IDN_OAUTH2_AUTHORIZATION_CODE', (row) => codeIsDead(row, moments, tokensLeft, codesOfTokens));
  world.remove('IDN_OAUTH2_CIBA_AUTH_CODE', (row) => cibaCodeIsDead(row, moments));
  world.remove('IDN_OAUTH2_DEVICE_FLOW', (row) => deviceCodeIsDead(row, moments));
  if (options.auditPruning) world.remove('IDN_OAUTH2_ACCESS_TOKEN_AUDIT', (row) => auditRowIsDead(row, moments));
}

/** What a cleanup of tokens leaves, and why the rest went. */
export function survivorsOfTokens(
  database: Database,
  references: readonly Reference[],
  options: ModelOptions,
): ModelResult {
  const utcNow = parseStamp(options.utcNow) ?? 0n;
  const world = new World(database, references, {
    clocks: { utcNow },
    settings: {},
    sightings: [],
  });
  removeDeadTokens(world, options);
  const { survivors, dead } = world.result();
  return { survivors, dead, cascaded: cascadedRows(database, survivors, dead) };
}

function cascadedRows(database: Database, survivors: Database, dead: ModelResult['dead']): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [table, rows] of Object.entries(database)) {
    const byRule = Object.values(dead[table] ?? {}).reduce((sum, count) => sum + count, 0);
    const count = rows.length - (survivors[table] ?? []).length - byRule;
    if (count > 0) counts[table] = count;
  }
  return counts;
}

/**
 * True where a run that begins some minutes later gives the same survivors. Time only adds dead rows, so the two ends
 * decide for all moments between them: a test need not know when exactly the server read its clock.
 */
export function isSettled(
  database: Database,
  references: readonly Reference[],
  options: ModelOptions,
  minutes: number,
): boolean {
  const later = (stamp: string): string => {
    const microseconds = parseStamp(stamp);
    return microseconds === undefined ? stamp : formatStamp(microseconds + BigInt(minutes) * microsecondsPerMinute);
  };
  const laterOptions = { ...options, utcNow: later(options.utcNow) };
  const count = (result: ModelResult): number =>
    Object.values(result.survivors).reduce((sum, rows) => sum + rows.length, 0);
  return (
    count(survivorsOfTokens(database, references, options)) ===
    count(survivorsOfTokens(database, references, laterOptions))
  );
}
