import { groupBy, relatedTables } from '../../schema/related-tables.js';
import type { DeleteRule, ForeignKey, Index, Table } from '../../schema/types.js';
import type { Connection, ResultRow } from '../dialect.js';
import { readColumns } from './catalog-columns.js';
import { expressions } from './expressions.js';

/** A view under a product's name must not be taken for a table that is not there. */
const tablesQuery = `
  SELECT TABLE_NAME AS name, TABLE_TYPE AS type, ENGINE AS engine
  FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED', 'VIEW')`;

/** A row per column of each key; the rules come by a query of their own, since joining the two is slow on some versions. */
const foreignKeysQuery = `
  SELECT CONSTRAINT_NAME AS name, TABLE_SCHEMA AS namespace, TABLE_NAME AS table_name, COLUMN_NAME AS own,
    REFERENCED_TABLE_NAME AS parent, REFERENCED_COLUMN_NAME AS theirs
  FROM information_schema.KEY_COLUMN_USAGE
  WHERE REFERENCED_TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IS NOT NULL
  ORDER BY TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`;

const rulesQuery = `
  SELECT CONSTRAINT_NAME AS name, TABLE_NAME AS table_name, DELETE_RULE AS rule
  FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()`;

/** Every key that InnoDB knows, also between tables that this user may not see; it takes PROCESS. */
const innodbKeysQueries = [
  'SELECT FOR_NAME AS child, REF_NAME AS parent FROM information_schema.INNODB_FOREIGN',
  'SELECT FOR_NAME AS child, REF_NAME AS parent FROM information_schema.INNODB_SYS_FOREIGN',
];

const indexesQuery = (list: string) => `
  SELECT TABLE_NAME AS table_name, INDEX_NAME AS name, NON_UNIQUE AS non_unique, COLUMN_NAME AS column_name
  FROM information_schema.STATISTICS
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${list})
  ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`;

/** A server knows only those of the cluster that it is made for. */
const clusterQuery = `
  SHOW GLOBAL VARIABLES WHERE Variable_name IN (
    'group_replication_group_name', 'group_replication_enforce_update_everywhere_checks', 'wsrep_on',
    'wsrep_certify_nonpk', 'wsrep_mode')`;

interface Key {
  readonly namespace: string;
  readonly table: string;
  readonly foreignKey: ForeignKey;
}

/** The two that refuse are one: no key here is checked later than at once. */
export const deleteRule = (rule: DeleteRule): string => (rule === 'NO ACTION' ? 'RESTRICT' : rule);

/** The product's tables and what is tied to them, or those that are named. */
export async function readTables(
  connection: Connection,
  _namespace?: string,
  names?: readonly string[],
): Promise<readonly Table[]> {
  const tables = await connection.query(tablesQuery);
  const all = tables.map((table) => String(table.name));
  const [current] = await connection.query('SELECT DATABASE() AS name');
  const database = String(current?.name);
  const keys = await readKeys(connection, all);
  const inner = keys.filter((key) => key.namespace === database);
  const ties = inner.map(({ table, foreignKey }) => ({ table, references: foreignKey.references }));
  const wanted = names === undefined ? relatedTables(all, ties) : new Set(names.map((name) => spelled(name, all)));
  const chosen = tables.filter((table) => wanted.has(String(table.name))).sort(byName);
  if (chosen.length === 0) return [];

  const list = chosen.map((table) => expressions.literal(String(table.name))).join(', ');
  const columns = await readColumns(connection, list);
  const indexes = groupBy(await connection.query(indexesQuery(list)), (row) => String(row.table_name));
  const outer = await readOuterKeys(connection, keys, database);
  const refusals = await readRefusals(connection);
  return chosen.map((row): Table => {
    const name = String(row.name);
    const own = toIndexes(indexes.get(name) ?? []);
    const primaryKey = own.find((index) => index.name === 'PRIMARY')?.columns ?? [];
    const foreignKeys = inner.filter((key) => key.table === name).map((key) => key.foreignKey);
    const nullable = new Set((columns.get(name) ?? []).flatMap((column) => (column.nullable ? [column.name] : [])));
    // A unique index without NULL counts as a key there.
    const hasKey = own.some((index) => index.unique && !index.columns.some((column) => nullable.has(column)));
    const obstacle = obstacleOf(row, outer) ?? refusalOf(refusals, hasKey, foreignKeys);
    return {
      name,
      columns: columns.get(name) ?? [],
      primaryKey,
      foreignKeys,
      indexes: own.filter((index) => index.name !== 'PRIMARY'),
      ...(obstacle !== undefined && { obstacle }),
      ...(row.type === 'VIEW' && { hidden: 'is a view, through which nothing can be proven of the rows behind it' }),
    };
  });
}

const byName = (one: ResultRow, other: ResultRow): number => (String(one.name) < String(other.name) ? -1 : 1);

/** The name as the table itself has it: some servers keep a reference in another case. */
const spelled = (name: string, all: readonly string[]): string =>
  all.includes(name) ? name : (all.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name);

async function readKeys(connection: Connection, tables: readonly string[]): Promise<readonly Key[]> {
  const rules = new Map(
    (await connection.query(rulesQuery)).map((row) => [
      `${row.table_name}.${row.name}`.toLowerCase(),
      String(row.rule),
    ]),
  );
  const rows = await connection.query(foreignKeysQuery);
  const keys = groupBy(rows, (row) => `${row.namespace}.${row.table_name}.${row.name}`);
  return [...keys.values()].flatMap((columns) => {
    const [row] = columns;
    if (row === undefined) return [];
    const foreignKey: ForeignKey = {
      columns: columns.map((column) => String(column.own)),
      references: spelled(String(row.parent), tables),
      referencedColumns: columns.map((column) => String(column.theirs)),
      onDelete: (rules.get(`${row.table_name}.${row.name}`.toLowerCase()) ?? 'NO ACTION') as DeleteRule,
    };
    return [{ namespace: String(row.namespace), table: spelled(String(row.table_name), tables), foreignKey }];
  });
}

/** The table of another database that refers to one of this database, by the name of that one in lower case. */
async function readOuterKeys(
  connection: Connection,
  keys: readonly Key[],
  database: string,
): Promise<ReadonlyMap<string, string>> {
  const outer = new Map(
    keys
      .filter(({ namespace }) => namespace !== database)
      .map(({ namespace, table, foreignKey }) => [foreignKey.references.toLowerCase(), `${namespace}.${table}`]),
  );
  for (const query of innodbKeysQueries) {
    // One server knows the one table, one the other, and neither shows it to everybody.
    for (const row of await connection.query(query).catch(() => [])) {
      const [child, parent] = [fromFileName(String(row.child)), fromFileName(String(row.parent))];
      if (isIn(database, parent) && !isIn(database, child))
        outer.set(parent.slice(database.length + 1).toLowerCase(), child.replace('/', '.'));
    }
  }
  return outer;
}

const isIn = (database: string, name: string): boolean => name.toLowerCase().startsWith(`${database.toLowerCase()}/`);

/** InnoDB keeps letters other than those of ASCII as the numbers that they have in file names: `a@002db` is `a-b`. */
const fromFileName = (name: string): string =>
  name.replace(/@([0-9a-f]{4})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

function obstacleOf(row: ResultRow, outer: ReadonlyMap<string, string>): string | undefined {
  if (row.type === 'VIEW') return undefined;
  if (row.type === 'SYSTEM VERSIONED') return 'is system-versioned, so its deleted rows would stay as history';
  if (row.engine !== 'InnoDB') return `is stored by ${row.engine}, which has no transactions; only InnoDB has`;
  const child = outer.get(String(row.name).toLowerCase());
  return child && `is referred to by ${child}, a table of another database`;
}

/** By whom writes to some tables are refused, if the server is of a cluster. */
interface Refusals {
  readonly withoutKey?: string;
  readonly withCascade?: string;
}

async function readRefusals(connection: Connection): Promise<Refusals> {
  const rows = await connection.query(clusterQuery);
  const values = new Map(rows.map((row) => [String(row.Variable_name).toLowerCase(), String(row.Value).toUpperCase()]));
  if (values.get('group_replication_group_name')) {
    const checks = 'group_replication_enforce_update_everywhere_checks';
    return { withoutKey: 'Group Replication', ...(values.get(checks) === 'ON' && { withCascade: checks }) };
  }
  const refuses =
    values.get('wsrep_certify_nonpk') === 'OFF' || values.get('wsrep_mode')?.includes('REQUIRED_PRIMARY_KEY');
  return values.get('wsrep_on') === 'ON' && refuses ? { withoutKey: 'Galera' } : {};
}

function refusalOf(
  { withoutKey, withCascade }: Refusals,
  hasKey: boolean,
  foreignKeys: readonly ForeignKey[],
): string | undefined {
  if (withoutKey !== undefined && !hasKey)
    return `has neither a primary key nor a unique key without NULL, and ${withoutKey} refuses each write to it: give it one`;
  const changes = foreignKeys.some(({ onDelete }) => !['NO ACTION', 'RESTRICT'].includes(onDelete));
  return withCascade !== undefined && changes
    ? `has a foreign key with a rule other than RESTRICT, and ${withCascade} refuses each write to it`
    : undefined;
}

/** An index of an expression says nothing about columns. */
function toIndexes(rows: readonly ResultRow[]): readonly Index[] {
  return [...groupBy(rows, (row) => String(row.name))].flatMap(([name, parts]) =>
    parts.some((part) => part.column_name === null)
      ? []
      : [
          {
            name,
            unique: String(parts[0]?.non_unique) === '0',
            columns: parts.map((part) => String(part.column_name)),
          },
        ],
  );
}
