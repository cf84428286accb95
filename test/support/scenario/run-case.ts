import { tunables } from '../../../src/policy/tunables.js';
import { findTable } from '../../../src/schema/find.js';
import { empty, fill } from '../conformance.js';
import { quotedName, quotedText } from '../data/dialect-words.js';
import { deleteRows } from '../data/insert.js';
import { readRows } from '../data/read-rows.js';
import type { SessionOptions } from '../data/session.js';
import { change, type Deployment } from '../deployment.js';
import type { Database } from '../model/rows.js';
import { formatStamp } from '../model/stamps.js';
import { words } from '../words.js';
import type { Clocks, RandomStart } from './scenario.js';

/** UTC in whole seconds, as some columns keep no more. */
export function readClocks(): Clocks {
  const now = BigInt(Date.now()) * 1000n;
  return { utcNow: now - (now % 1_000_000n) };
}

/** A run at exactly that moment, where the session's clock can be held; else now. */
export async function runAt({ query, family, plan }: Deployment, { utcNow }: Clocks): Promise<void> {
  const { holdClock = [], call } = words[family];
  const seconds = `${utcNow / 1_000_000n}`;
  for (const statement of holdClock) await query(statement.replace('SECONDS', seconds));
  await query(call(plan.names.procedure));
}

/** The tables that `prepare` put rows into, by deployment: the others are empty, and stay so. */
const filled = new WeakMap<Deployment['database'], readonly string[]>();

/** All rows of what `prepare` put in, or of what is left of it. */
export const readFilled = ({ database, query, family, schema, tables }: Deployment): Promise<Database> =>
  readRows(query, family, schema, filled.get(database) ?? tables);

/** Takes out what `prepare` put in before; whatever somebody else put in, if it was not called yet. */
async function emptyFilled(deployment: Deployment): Promise<void> {
  const { database, query, family, schema } = deployment;
  const tables = filled.get(database);
  if (tables === undefined) return empty(deployment);
  await deleteRows(query, family, schema, tables);
}

/** Puts a start into the database: its rows, its settings, what earlier runs saw. */
export async function prepare(
  deployment: Deployment,
  { database, settings, sightings = [] }: RandomStart,
  options: SessionOptions = {},
): Promise<void> {
  await emptyFilled(deployment);
  filled.set(deployment.database, tablesWithRows(database));
  await fill(deployment, database, options);
  const { plan, query, family } = deployment;
  // Whatever the case before it changed goes back to what the product is delivered with.
  const defaults = [...plan.parameters, ...tunables].map((one) => [one.name, one.default] as const);
  // Every run on rows that a test made up is proven, so that a proof which accuses a right run is found.
  const proves = plan.backup === 'deleted-rows' ? 'yes' : 'no';
  await change(deployment, { ...Object.fromEntries(defaults), prove_after: proves, ...settings });
  for (const { list } of plan.steps) if (list) await query(`DELETE FROM ${quotedName(family, list.name)}`);
  for (const { table, row, firstSeen } of sightings) {
    const step = plan.steps.find((one) => one.table === findTable(plan.schema, table) && one.list);
    if (step?.list === undefined) continue;
    const { name, columns } = step.list;
    const values = columns.map((column) => quotedText(family, String(row[column.name.toUpperCase()])));
    await query(
      `INSERT INTO ${quotedName(family, name)} (${columns.map((column) => quotedName(family, column.name)).join(', ')}, first_seen) VALUES (${values.join(', ')}, '${formatStamp(firstSeen)}')`,
    );
  }
}

const tablesWithRows = (database: Database): readonly string[] =>
  Object.keys(database).filter((table) => (database[table] ?? []).length > 0);
