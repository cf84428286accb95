import type { Connection, Dialect, StoredObject } from '../dialects/dialect.js';
import { PartialError, PreflightError, type Problem } from '../errors.js';
import type { ObjectNames } from '../plan/types.js';
import { objectKey } from './object-key.js';

/** @throws PreflightError while one of the cleanups runs */
export async function refuseWhileRunning(
  connection: Connection,
  dialect: Dialect,
  remove: readonly ObjectNames[],
  namespace: string | undefined,
): Promise<void> {
  const procedures = remove.map(({ procedure }) => procedure);
  const [first] = remove;
  if (first === undefined) return;
  const running = await dialect.catalog.running(connection, procedures, namespace, first.lock);
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

/** @throws PartialError if what was to be removed is still there */
export function refuseLeftovers(planned: Removal, left: Removal): void {
  if (left.drops.length === 0) return;
  const isLeft = (object: StoredObject) => left.drops.some((one) => objectKey(one) === objectKey(object));
  const removed = planned.drops.filter((object) => !isLeft(object)).map(({ kind, name }) => `drop ${kind} ${name}`);
  const list = left.drops.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  throw new PartialError(`Not everything was removed. Still there: ${list}.`, removed, {
    next: 'Somebody may have installed it meanwhile; run the same command again.',
  });
}

interface Removal {
  readonly drops: readonly StoredObject[];
}

function refuse(message: string, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new PreflightError(message, problems);
}
