import type { Connection, Dialect, StoredObject } from '../dialects/dialect.js';
import { PreflightError, type Problem } from '../errors.js';
import type { ObjectNames } from '../plan/types.js';
import { objectKey } from './installed.js';

/** @throws PreflightError while one of the cleanups runs */
export async function refuseWhileRunning(
  connection: Connection,
  dialect: Dialect,
  remove: readonly ObjectNames[],
  namespace: string | undefined,
): Promise<void> {
  const procedures = remove.map(({ procedure }) => procedure);
  const running = await dialect.catalog.running(connection, procedures, namespace);
  refuse(
    'A cleanup is running; nothing was changed.',
    running.map((name) => ({
      what: `${name} is running`,
      next: `Wait for its end, or stop it with \`deepclean stop ${name}\`.`,
    })),
  );
}

/** @throws PreflightError where procedures share a name, since the register does not know which one is deepclean's */
export function refuseSharedNames(objects: readonly StoredObject[]): void {
  const shared = objects.filter((one) => objects.filter((other) => objectKey(other) === objectKey(one)).length > 1);
  refuse(
    'Procedures share a name, and not all of them are deepclean’s; nothing was changed.',
    shared.map((object) => ({
      what: `${object.kind} ${object.name}(${object.arguments ?? ''}) is one of several of that name`,
      next: 'Drop or rename the one that deepclean did not install, then run the same command again.',
    })),
  );
}

function refuse(message: string, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new PreflightError(message, problems);
}
