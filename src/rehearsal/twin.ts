import type { Connection, Dialect } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import { DeepcleanError } from '../errors.js';
import { ask, type Place, qualified } from '../operate/place.js';
import { mustFind } from '../plan/resolve-step.js';
import type { Plan, PlannedStep } from '../plan/types.js';
import type { Column, Schema, Table } from '../schema/types.js';

/** The namespace of the twins; beside the database if there are none inside, so that each database has its own. */
export const twinNamespace = ({ capabilities }: Dialect, database: string): string =>
  capabilities.namespaces ? 'deepclean_twin' : `deepclean_twin_${database}`.slice(0, capabilities.nameLimit);

/** A column of each twin that numbers its rows. */
export const numberColumn = 'deepclean_row';

/** Copies of the tables that a cleanup looks at, as they were before its run, on which its rule is carried out once more. */
export interface Twin {
  readonly place: Place;
  /** The same plan, for the copies. */
  readonly plan: Plan;
  /** A twin as it stands in SQL. */
  readonly table: (name: string) => string;
}

/** Copies the tables. @throws DatabaseError */
export async function makeTwin(connection: Connection, place: Place, plan: Plan, namespace: string): Promise<Twin> {
  const { dialect } = place;
  const twin = twinOf(place, plan, namespace);
  for (const table of copiedTables(plan)) {
    const target = twin.table(table.name);
    const columns = table.columns.map(({ name }) => `s.${dialect.expressions.identifier(name)}`);
    const number = `${dialect.expressions.rowNumber} AS ${dialect.expressions.identifier(numberColumn)}`;
    const source = `SELECT ${[...columns, number].join(', ')} FROM ${qualified(place, table.name)} s`;
    await ask(connection, place, dialect.expressions.tableOf(target, source));
    // Names of indexes are the namespace's own in some databases, so that each has another.
    const of = plan.schema.tables.indexOf(table);
    for (const [at, names] of [[numberColumn], ...indexedColumns(table)].entries()) {
      const index = dialect.expressions.identifier(`${numberColumn}_${of}_${at}`);
      const on = `${target} (${names.map(dialect.expressions.identifier).join(', ')})`;
      if (at === 0) await ask(connection, place, `CREATE UNIQUE INDEX ${index} ON ${on}`);
      // The others only make it faster: some columns can be indexed in part alone.
      else await ask(connection, place, `CREATE INDEX ${index} ON ${on}`).catch(ignoreRefusal);
    }
  }
  return twin;
}

const ignoreRefusal = (error: unknown): void => {
  if (!(error instanceof DeepcleanError)) throw error;
};

/** Removes what is there of the twins. */
export async function dropTwin(connection: Connection, plan: Plan, twin: Pick<Twin, 'table'>): Promise<void> {
  for (const table of copiedTables(plan)) {
    await connection.query(`DROP TABLE ${twin.table(table.name)}`).catch(() => undefined);
  }
}

const copiedTables = (plan: Plan): readonly Table[] => [
  ...new Set([...plan.backups.map(({ source }) => source), ...plan.steps.map(({ table }) => table), ...plan.lookedAt]),
];

const indexedColumns = (table: Table): readonly (readonly string[])[] => {
  const all = [
    table.primaryKey,
    ...table.foreignKeys.map(({ columns }) => columns),
    ...table.indexes.map(({ columns }) => columns),
  ].filter((names) => names.length > 0);
  return [...new Map(all.map((names) => [names.join(), names])).values()];
};

export function twinOf(place: Place, plan: Plan, namespace: string): Twin {
  const schema = twinSchema(plan.schema, namespace);
  const twins = new Map(plan.schema.tables.map((table, at) => [table, schema.tables[at] ?? table]));
  const twin = (table: Table): Table => twins.get(table) ?? mustFind(schema, table.name);
  const steps = plan.steps.map((step): PlannedStep => ({ ...step, table: twin(step.table) }));
  return {
    place: { ...place, namespace },
    plan: { ...plan, schema, steps },
    table: (name) => sqlName(place.dialect, name, namespace),
  };
}

/** The same tables in another namespace; the number is part of each key, so that it is read with the row. */
const twinSchema = (schema: Schema, namespace: string): Schema => ({
  ...schema,
  namespace,
  tables: schema.tables.map((table) => ({
    ...table,
    columns: [...table.columns, number],
    primaryKey: [...table.primaryKey, numberColumn],
  })),
});

const number: Column = { name: numberColumn, type: 'bigint', family: 'integer', nullable: false };
