import type { Connection, ObjectKind } from '../dialects/dialect.js';
import { PreflightError, type Problem } from '../errors.js';
import { databaseError } from '../server/database-error.js';
import type { Place } from './place.js';

/** What an operation is going to touch. */
export type NeededObject =
  | 'setting'
  | 'run'
  | 'runStep'
  | 'runReason'
  | 'runError'
  | 'runRest'
  | 'runProof'
  | 'backlog'
  | 'procedure'
  | 'restore';

const kinds: Readonly<Record<Exclude<NeededObject, 'backlog'>, ObjectKind>> = {
  setting: 'table',
  run: 'table',
  runStep: 'table',
  runRest: 'table',
  runProof: 'table',
  runReason: 'table',
  runError: 'table',
  procedure: 'procedure',
  restore: 'procedure',
};

const install =
  'Install it with `deepclean install-procs`; if it was installed with a --prefix or --namespace of its own, give that; if you ' +
  'have no privilege on it, the server may hide it from you: see `deepclean grants`.';

/** The log of runs. */
export const logObjects: readonly NeededObject[] = ['run', 'runStep', 'runReason', 'runRest', 'runProof'];

/** The cleanups whose procedure is there; all of them where none is, so that what is missing can be named. */
export async function installedPlaces(connection: Connection, places: readonly Place[]): Promise<readonly Place[]> {
  const [first] = places;
  if (first === undefined) return [];
  const procedures = places.map(({ names }) => names.procedure);
  const existing = await first.dialect.catalog
    .existing(connection, procedures, first.namespace)
    .catch((error: unknown) => {
      throw databaseError(error, first.dialect);
    });
  const isThere = ({ names }: Place): boolean =>
    existing.some(({ name, kind }) => kind === 'procedure' && name.toLowerCase() === names.procedure.toLowerCase());
  const there = places.filter(isThere);
  return there.length > 0 ? there : places.slice(0, 1);
}

/** The log belongs to no cleanup. @throws PreflightError if there is none */
export async function requireLog(connection: Connection, place: Place): Promise<void> {
  await requireInstalled(connection, place, logObjects, 'deepclean has no run log in this database.');
}

/** @throws PreflightError that names everything that is not installed */
export async function requireInstalled(
  connection: Connection,
  place: Place,
  needed: readonly NeededObject[],
  message?: string,
): Promise<void> {
  const { dialect, namespace, names } = place;
  const kindOf = (object: NeededObject): ObjectKind =>
    object === 'backlog' ? dialect.capabilities.backlog : kinds[object];
  const wanted = needed.map((object) => ({ name: names[object], kind: kindOf(object) }));
  const existing = await dialect.catalog
    .existing(connection, [...new Set(wanted.map(({ name }) => name))], namespace)
    .catch((error: unknown) => {
      throw databaseError(error, dialect);
    });
  // Some servers fold the names of what they keep.
  const isThere = (one: { name: string; kind: string }): boolean =>
    existing.some(({ name, kind }) => kind === one.kind && name.toLowerCase() === one.name.toLowerCase());
  const missing = wanted.filter((one) => !isThere(one));
  if (missing.length === 0) return;
  throw new PreflightError(
    message ??
      (missing.length === wanted.length
        ? `The ${place.policy.name} cleanup is not installed in this database.`
        : `The ${place.policy.name} cleanup is not completely installed in this database.`),
    missing.map((object): Problem => missingProblem(object, place)),
    { next: install },
  );
}

function missingProblem({ name, kind }: { name: string; kind: ObjectKind }, { names }: Place): Problem {
  const what = `There is no ${kind} ${name}`;
  return name === names.restore
    ? {
        what,
        next: 'Where it was installed with --backup none or --backup audit, deleted rows are not kept as they were, and nothing can be restored.',
      }
    : { what, next: install };
}
