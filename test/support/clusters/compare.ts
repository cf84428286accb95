import { quotedName } from '../data/dialect-words.js';
import { readRows } from '../data/read-rows.js';
import type { Deployment } from '../deployment.js';
import type { Engine } from '../engines/index.js';
import type { Database, Row } from '../model/rows.js';
import { type Cluster, seenFrom } from './cluster.js';

/** The kept rows of all runs, as rows of the tables that they came from. */
export async function readKept({ query, family, schema, plan }: Deployment): Promise<Database> {
  const copies = plan.backups.map(({ name, source, columns }) => ({ ...source, columns, name }));
  const kept = await readRows(
    query,
    family,
    { ...schema, tables: copies },
    copies.map(({ name }) => name),
  );
  return Object.fromEntries(
    plan.backups.map(({ name, source }) => [source.name.toUpperCase(), kept[name.toUpperCase()] ?? []]),
  );
}

const asTexts = (rows: readonly Row[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).sort();

/** Both together. */
export const joined = (one: Database, other: Database): Database =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((table) => [
      table,
      [...(one[table] ?? []), ...(other[table] ?? [])],
    ]),
  );

/** Rows of the first that the second lacks. */
export const missing = (wanted: Database, found: Database): number =>
  Object.keys(wanted).reduce((sum, table) => sum + lacking(wanted, found, table).length, 0);

/** What the second database lacks of a table's rows, as often as it lacks them. */
function lacking(wanted: Database, found: Database, table: string): readonly string[] {
  const there = new Map<string, number>();
  for (const row of asTexts(found[table] ?? [])) there.set(row, (there.get(row) ?? 0) + 1);
  return asTexts(wanted[table] ?? []).filter((row) => {
    const left = there.get(row) ?? 0;
    there.set(row, left - 1);
    return left <= 0;
  });
}

/** In words, how two databases differ; a line for each table, and none if they are equal. */
export const differences = (found: Database, wanted: Database): readonly string[] =>
  [...new Set([...Object.keys(found), ...Object.keys(wanted)])].flatMap((table) => {
    const [less, more] = [lacking(wanted, found, table), lacking(found, wanted, table)];
    if (less.length + more.length === 0) return [];
    return [`${table}: ${less.length} rows are missing, ${more.length} are too many, such as ${less[0] ?? more[0]}`];
  });

/** Count and checksum over all rows of each table of the database, the product's and deepclean's. */
async function digestOf({ query }: Deployment): Promise<Readonly<Record<string, string>>> {
  const tables = (
    await query(
      "SELECT TABLE_NAME AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME",
    )
  ).map(({ n }) => String(n));
  const digest: Record<string, string> = {};
  for (const table of tables) {
    const name = quotedName('mysql', table);
    const [count] = await query(`SELECT COUNT(*) AS n FROM ${name}`);
    const [checksum] = await query(`CHECKSUM TABLE ${name} EXTENDED`);
    digest[table] = `${count?.n} rows, ${checksum?.Checksum}`;
  }
  return digest;
}

/** What each node says of its tables, once all have what any of them has committed. */
export async function digestsOf(
  cluster: Cluster,
  deployment: Deployment,
  nodes: readonly Engine[] = cluster.nodes,
): Promise<readonly Readonly<Record<string, string>>[]> {
  await cluster.settle();
  const digests: Readonly<Record<string, string>>[] = [];
  for (const node of nodes) {
    const seen = seenFrom(deployment, node);
    digests.push(await digestOf(seen));
    await seen.database.close();
  }
  return digests;
}
