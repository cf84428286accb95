import type { Connection, Dialect, StoredObject } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import { supportColumn } from '../dialects/support-column.js';
import { kitMarkerOf, markerOf } from '../plan/names.js';
import type { ObjectNames } from '../plan/types.js';
import { objectKey } from './object-key.js';

/**
 * Those of the objects, under names that deepclean uses, that it made: procedures by their marker, or, if an older version
 * made them, by the log that they write; views by their columns. The register may be gone.
 */
export async function markedCode(
  connection: Connection,
  dialect: Dialect,
  names: ObjectNames,
  objects: readonly StoredObject[],
  namespace: string | undefined,
): Promise<ReadonlySet<string>> {
  const code = [...new Map(objects.map((object) => [objectKey(object), object])).values()];
  const views = code.filter(({ kind }) => kind === 'view');
  const routines = code.filter(({ kind }) => kind === 'procedure' || kind === 'function' || kind === 'package');
  // A type has no text to bear a marker; nobody else's has such a name.
  const ours: StoredObject[] = code.filter(({ kind }) => kind === 'type');
  for (const view of views) if (await isOurView(connection, dialect, view, names, namespace)) ours.push(view);
  if (routines.length > 0) {
    const writers = await dialect.catalog.routinesMentioning(connection, names.runStep, namespace);
    const shared = await dialect.catalog.routinesMentioning(connection, kitMarkerOf(names), namespace);
    const known = new Set(
      [...writers, ...shared, ...(await markedRoutines(connection, dialect, names, namespace))].map(folded),
    );
    ours.push(...routines.filter(({ name }) => known.has(folded(name))));
  }
  return new Set(ours.map(objectKey));
}

/** Every procedure of the namespace that bears the marker, whatever its name is. */
export const markedRoutines = (
  connection: Connection,
  dialect: Dialect,
  names: ObjectNames,
  namespace: string | undefined,
): Promise<readonly string[]> => dialect.catalog.routinesMentioning(connection, markerOf(names), namespace);

/** A backlog has its columns, and so has the register's view; the question reads no row. */
async function isOurView(
  connection: Connection,
  dialect: Dialect,
  { name }: StoredObject,
  { stored }: ObjectNames,
  namespace: string | undefined,
): Promise<boolean> {
  const own =
    name === stored ? ['object_name', 'object_kind', 'stored_sha256'] : ['table_name', 'reason', 'dead_rows', 'oldest'];
  const columns = own.map((column) => supportColumn(dialect, column));
  const query = `SELECT ${columns.join(', ')} FROM ${sqlName(dialect, name, namespace)} WHERE 1 = 0`;
  return connection.query(query).then(
    () => true,
    () => false,
  );
}

const folded = (name: string): string => name.toLowerCase();
