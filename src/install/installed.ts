import type { Connection, Dialect, StoredObject } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import { supportColumn } from '../dialects/support-column.js';
import type { ObjectNames } from '../plan/types.js';
import type { Deliverable } from '../render/deliverable.js';
import type { Table } from '../schema/types.js';
import { readLostRuns } from './lost-runs.js';
import { markedCode } from './marked-code.js';
import { objectKey } from './object-key.js';
import { formerLists, looksLikeOurs, otherBackups } from './support-tables.js';
import type { Installed, RecordedSignature, Registered } from './types.js';

/** Reads what is there under the names of the deliverables, in a handful of queries. */
export async function readInstalled(
  connection: Connection,
  dialect: Dialect,
  deliverables: readonly Deliverable[],
): Promise<Installed> {
  const [first] = deliverables;
  if (first === undefined)
    return {
      existing: [],
      tables: [],
      registered: [],
      signatures: [],
      marked: new Set(),
      lostRuns: new Map(),
      keptOtherwise: new Map(),
      stored: new Map(),
      settings: new Set(),
    };
  const { names, namespace } = first;
  const made = deliverables.flatMap(({ files }) => files.flatMap(({ objects }) => objects));
  const former = deliverables.flatMap((one) => formerListsOf(one, dialect));
  const wanted = [...new Set([...made.map(({ name }) => name), ...former])];
  const existing = await dialect.catalog.existing(connection, wanted, namespace);
  const tableNames = existing.filter(({ kind }) => kind === 'table').map(({ name }) => name);
  const tables = await readOwnTables(connection, dialect, tableNames, namespace);
  const registered = await readRegister(connection, dialect, names, namespace, tables);
  const signatures = await readSignatures(connection, dialect, names, namespace, tables);
  // Where procedures share a name the server cannot say which one is meant; that is a problem of its own.
  const known = made.filter((object) => existing.filter((one) => objectKey(one) === objectKey(object)).length === 1);
  const stored = await readStored(connection, dialect, known, namespace);
  const unknown = existing.filter((object) => object.kind !== 'table' && isUnregistered(object, registered));
  const marked = await markedCode(connection, dialect, names, unknown, namespace);
  const settings = await readSettings(connection, dialect, names, namespace, tables);
  const lostRuns = await readLostRuns(connection, dialect, deliverables, tables);
  const keptOtherwise = await readKeptOtherwise(connection, dialect, deliverables);
  return { existing, tables, registered, signatures, marked, lostRuns, keptOtherwise, stored, settings };
}

/** Tables in which another mode of backup kept rows, and how many they have. */
async function readKeptOtherwise(
  connection: Connection,
  dialect: Dialect,
  deliverables: readonly Deliverable[],
): Promise<ReadonlyMap<string, number>> {
  const kept = new Map<string, number>();
  for (const { names, namespace, backup, requires } of deliverables) {
    const whole = requires.filter(({ complete }) => complete).map(({ table }) => table);
    const others = otherBackups(dialect, names, backup, whole);
    const there = (await dialect.catalog.existing(connection, others, namespace)).filter(
      ({ kind }) => kind === 'table',
    );
    for (const table of await readOwnTables(
      connection,
      dialect,
      there.map(({ name }) => name),
      namespace,
    )) {
      if (!looksLikeOurs(table, names)) continue;
      const [row] = await connection.query(`SELECT COUNT(*) AS n FROM ${sqlName(dialect, table.name, namespace)}`);
      if (Number(row?.n) > 0) kept.set(table.name, Number(row?.n));
    }
  }
  return kept;
}

const isUnregistered = (object: StoredObject, registered: readonly Registered[]): boolean =>
  !registered.some((entry) => objectKey(entry) === objectKey(object));

/** Lists that an earlier version may have left for the tables of a cleanup. */
export const formerListsOf = ({ names, requires }: Deliverable, dialect: Dialect): readonly string[] =>
  formerLists(
    dialect,
    names,
    requires.filter(({ complete }) => complete).map(({ table }) => table),
  );

/** Tables under the names that were asked for, whatever case the server keeps them in. */
export async function readOwnTables(
  connection: Connection,
  dialect: Dialect,
  names: readonly string[],
  namespace: string | undefined,
): Promise<readonly Table[]> {
  if (names.length === 0) return [];
  const tables = await dialect.catalog.readTables(connection, namespace, names);
  return tables.map((table) => ({ ...table, name: inAnyCase(table.name, names) ?? table.name }));
}

/** The register's rows; none where the table is missing or somebody else's. */
export async function readRegister(
  connection: Connection,
  dialect: Dialect,
  names: ObjectNames,
  namespace: string | undefined,
  tables: readonly Table[],
): Promise<readonly Registered[]> {
  if (!isOurs(names.object, names, tables)) return [];
  const column = (name: string): string => supportColumn(dialect, name);
  const rows = await connection.query(
    `SELECT ${column('object_name')} AS name_of, ${column('object_kind')} AS kind_of, ` +
      `${column('artifact_sha256')} AS made_from, ${column('stored_sha256')} AS kept_as ` +
      `FROM ${sqlName(dialect, names.object, namespace)} ORDER BY ${column('object_kind')}, ${column('object_name')}`,
  );
  return rows.map((row) => ({
    name: String(row.name_of),
    kind: String(row.kind_of),
    artifactSha256: String(row.made_from),
    storedSha256: String(row.kept_as),
  }));
}

/** Who signed what; nothing where an older version left no table for it, or the table is somebody else's. */
async function readSignatures(
  connection: Connection,
  dialect: Dialect,
  names: ObjectNames,
  namespace: string | undefined,
  tables: readonly Table[],
): Promise<readonly RecordedSignature[]> {
  if (!isOurs(names.signature, names, tables)) return [];
  const column = (name: string): string => supportColumn(dialect, name);
  const rows = await connection.query(
    `SELECT ${column('artifact_sha256')} AS made_from, ${column('review_sha256')} AS of_review, ` +
      `${column('signed_by')} AS name_of, ${column('signer')} AS allowed_as, ${column('signer_key')} AS by_key, ` +
      `${column('signed_at')} AS signed_on FROM ${sqlName(dialect, names.signature, namespace)} ` +
      `ORDER BY ${column('signed_at')}, ${column('signer_key')}`,
  );
  return rows.map((row) => ({
    artifactSha256: String(row.made_from),
    reviewSha256: String(row.of_review),
    name: String(row.name_of),
    principal: String(row.allowed_as),
    fingerprint: String(row.by_key),
    at: String(row.signed_on),
  }));
}

/** SHA-256 of what the server keeps of each object, in one query. */
export async function readStored(
  connection: Connection,
  dialect: Dialect,
  objects: readonly StoredObject[],
  namespace: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  if (objects.length === 0) return new Map();
  const kinds = new Set(objects.map(({ kind }) => kind));
  const query = dialect.catalog.storedHashes(kinds, namespace);
  const column = (name: string): string => supportColumn(dialect, name);
  const rows = await connection.query(
    `SELECT k.${column('object_name')} AS name_of, k.${column('object_kind')} AS kind_of, ` +
      `k.${column('stored_sha256')} AS kept_as FROM (\n${query.join('\n')}\n) k`,
  );
  return new Map(
    objects.flatMap((object) => {
      const ofKind = rows.filter(({ kind_of }) => kind_of === object.kind);
      const names = ofKind.map(({ name_of }) => String(name_of));
      const kept = ofKind[names.indexOf(inAnyCase(object.name, names) ?? '')]?.kept_as ?? null;
      return kept === null ? [] : [[objectKey(object), String(kept)]];
    }),
  );
}

/** The same name among these, or one that differs in case only: a server may keep names in another case. */
const inAnyCase = (wanted: string, names: readonly string[]): string | undefined =>
  names.includes(wanted) ? wanted : names.find((name) => name.toLowerCase() === wanted.toLowerCase());

async function readSettings(
  connection: Connection,
  dialect: Dialect,
  names: ObjectNames,
  namespace: string | undefined,
  tables: readonly Table[],
): Promise<ReadonlySet<string>> {
  if (!isOurs(names.setting, names, tables)) return new Set();
  const rows = await connection.query(
    `SELECT ${supportColumn(dialect, 'procedure_name')} AS of_procedure, ${supportColumn(dialect, 'name')} AS name_of FROM ${sqlName(dialect, names.setting, namespace)}`,
  );
  return new Set(rows.map((row) => `${row.of_procedure}.${row.name_of}`));
}

const isOurs = (name: string, names: ObjectNames, tables: readonly Table[]): boolean =>
  tables.some((table) => table.name === name && looksLikeOurs(table, names));
