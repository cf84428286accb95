import type { Connection, Dialect, StoredObject } from '../dialects/dialect.js';
import { kitObjects, registerObjects } from '../plan/kit.js';
import type { ObjectNames } from '../plan/types.js';
import { refuseSharedNames, refuseWhileRunning } from './check-uninstall.js';
import { readOwnTables, readRegister } from './installed.js';
import { markedCode, markedRoutines } from './marked-code.js';
import { objectKey } from './object-key.js';
import { backupPrefixes, listPrefixes, logTables, looksLikeOurs, supportTables } from './support-tables.js';
import type { UninstallPlan, UninstallRequest } from './types.js';
import { countRows, forgetting } from './uninstall-statements.js';

/** What an uninstallation would remove. Changes nothing. @throws PreflightError while one of the cleanups runs */
export async function planUninstall(
  connection: Connection,
  dialect: Dialect,
  request: UninstallRequest,
): Promise<UninstallPlan> {
  const { namespace, remove, keepBackups = false } = request;
  const [names] = remove;
  if (names === undefined) throw new Error('no cleanup to remove');
  await refuseWhileRunning(connection, dialect, remove, namespace);

  const namesLike = async (begin: string) =>
    (await dialect.catalog.objectsLike(connection, begin, namespace)).map(({ name }) => name);
  const candidates: string[] = [];
  const lists: string[] = [];
  // One after the other: a connection answers one question at a time.
  for (const begin of backupPrefixes(dialect, request.prefix)) candidates.push(...(await namesLike(begin)));
  for (const begin of listPrefixes(dialect, request.prefix)) lists.push(...(await namesLike(begin)));
  const shared = supportTables.map((key) => names[key]);
  const tables = await readOwnTables(connection, dialect, [...candidates, ...lists, ...shared], namespace);
  const ours = tables.filter((table) => looksLikeOurs(table, names)).map(({ name }) => name);
  const registered = await readRegister(connection, dialect, names, namespace, tables);
  const isRegistered = (object: StoredObject) => registered.some((entry) => objectKey(entry) === objectKey(object));
  const codeNamed = async (wanted: readonly string[]) => {
    const found = await dialect.catalog.existing(connection, [...new Set(wanted)], namespace);
    const code = found.filter(({ kind }) => kind !== 'table');
    const marked = await markedCode(
      connection,
      dialect,
      names,
      code.filter((object) => !isRegistered(object)),
      namespace,
    );
    return code.filter((object) => isRegistered(object) || marked.has(objectKey(object)));
  };
  const others = request.others ?? [];
  const theirs = await codeNamed(others.map((other) => other.names.procedure));
  const staying = others.filter((other) => theirs.some(({ name }) => name === other.names.procedure));

  // Whatever the register says, or the objects themselves: names may have been changed since
  const rest =
    staying.length > 0
      ? []
      : [
          ...registered.map(({ name }) => name),
          ...(await markedRoutines(connection, dialect, names, namespace)),
          ...[...kitObjects(dialect, request.prefix), ...registerObjects(names)].map(({ name }) => name),
        ];
  const code = await codeNamed([...remove.flatMap(codeOf), ...rest]);
  refuseSharedNames(code);
  const stay = new Set([
    ...(staying.length > 0 ? [...shared, ...staying.flatMap(({ backups }) => backups)] : []),
    ...(keepBackups ? [...candidates, ...logTables.map((key) => names[key])] : []),
  ]);
  const inOrder = [...ours.filter((name) => !shared.includes(name)), ...shared.filter((name) => ours.includes(name))];
  const asTable = (name: string): StoredObject => ({ name, kind: 'table', isList: lists.includes(name) });
  const drops = [...[...code].sort(viewsFirst), ...inOrder.filter((name) => !stay.has(name)).map(asTable)];
  return {
    drops,
    kept: inOrder.filter((name) => stay.has(name)).map(asTable),
    backupRows: await countRows(
      connection,
      dialect,
      drops.map(({ name }) => name).filter((name) => candidates.includes(name)),
      namespace,
    ),
    forget: staying.length > 0 ? forgetting(dialect, names, ours, remove, drops, namespace) : [],
    namespace,
  };
}

const codeOf = ({
  procedure,
  dryRun,
  batch,
  proof,
  restore,
  restoreBatch,
  backlog,
}: ObjectNames): readonly string[] => [
  backlog,
  restore,
  ...[dryRun, restoreBatch, batch].filter((name) => name !== undefined),
  procedure,
  proof,
];

/** What only reads goes before what works. */
const viewsFirst = (one: StoredObject, other: StoredObject): number => placeOf(one) - placeOf(other);

const placeOf = ({ kind }: StoredObject): number => (kind === 'type' ? 2 : kind === 'procedure' ? 1 : 0);
