import type { Connection } from '../dialects/dialect.js';
import { PreflightError } from '../errors.js';
import { neededGrants } from '../plan/grants.js';
import type { Plan } from '../plan/types.js';
import { databaseError } from '../server/database-error.js';
import type { Place } from './place.js';

/**
 * A run that lacks a privilege on a later table would fail half-way, so all are looked at before.
 *
 * @throws PreflightError that names every missing one
 */
export async function requireGrants(connection: Connection, { dialect, namespace }: Place, plan: Plan): Promise<void> {
  const needed = neededGrants(plan);
  try {
    const names = [...new Set(needed.map(({ on }) => on))];
    // What was installed without backups has no tables for them.
    const existing = await dialect.catalog.existing(connection, names, namespace);
    const onDatabase = (dialect.catalog.callPrivileges ?? []).map((privilege) => ({ privilege, on: '*' }));
    const there = needed.filter(({ on }) => existing.some(({ name }) => name.toLowerCase() === on.toLowerCase()));
    const missing = await dialect.catalog.missingGrants(connection, [...onDatabase, ...there], namespace);
    if (missing.length === 0) return;
    throw new PreflightError(
      'The connected user lacks privileges; nothing was changed.',
      missing.map((grant) => ({ what: `missing: ${grant}`, next: 'Have an administrator grant all of these.' })),
      { next: 'Have an administrator grant all of these.' },
    );
  } catch (error) {
    throw databaseError(error, dialect);
  }
}
