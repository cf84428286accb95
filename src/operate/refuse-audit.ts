import type { Connection } from '../dialects/dialect.js';
import { PreflightError } from '../errors.js';
import { backupWords, supportName } from '../plan/names.js';
import { type Place, qualified } from './place.js';
import { countKept } from './preview-restore.js';
import { readSteps } from './read-runs.js';

/** @throws PreflightError if what a run deleted was kept for an audit only, so that nothing of it can be put back */
export async function refuseAudit(connection: Connection, place: Place, runId: number, prefix: string): Promise<void> {
  const { dialect, namespace } = place;
  const steps = (await readSteps(connection, place, runId)).filter(({ deleted }) => deleted > 0);
  const names = steps.map(({ table }) => supportName(dialect, prefix, `${backupWords.audit}${table}`));
  for (const { name, kind } of await dialect.catalog.existing(connection, names, namespace)) {
    if (kind !== 'table' || (await countKept(connection, place, name, runId)) === 0) continue;
    throw new PreflightError(
      `Run ${runId} was made with --backup audit: of what may be a secret only SHA-256 is kept, so no row can be put back.`,
      [],
      { next: `Look at what is kept: SELECT * FROM ${qualified(place, name)}.` },
    );
  }
}
