import { afterAll, beforeAll, describe, test } from 'vitest';
import { readSchema } from '../../../src/dialects/read-schema.js';
import { findDialect } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { policies } from '../../../src/policies/index.js';
import { statementsOf } from '../../../src/render/artifact.js';
import { renderPlan } from '../../../src/render/render-plan.js';
import type { Schema } from '../../../src/schema/types.js';
import { connected } from '../../contract/support.js';
import { batchSizes } from '../conformance.js';
import { abilitiesOf, isApplicable } from '../data/cases.js';
import { createTables, restrictedTo } from '../data/create-tables.js';
import { completeSchema } from '../data/later-tables.js';
import { atFullSpeed, type Deployment, familyOf } from '../deployment.js';
import {
  type DatabaseOptions,
  describeEngines,
  type Engine,
  type EngineDialect,
  type EngineName,
  needsOriginal,
} from '../engines/index.js';
import { scenarios } from './all.js';
import { expectSurvivors } from './expect-survivors.js';
import { readClocks } from './run-case.js';
import type { Scenario, ScenarioCase } from './scenario.js';
import { isDecided, startOf } from './start.js';

/** A schema as somebody else set it up. */
interface Variant {
  readonly name: string;
  /** A collation matters only to cases whose texts it may take for the same. */
  readonly cases: 'all' | 'whose texts differ by case' | 'of the zero date';
  readonly database?: DatabaseOptions;
  readonly schema?: (schema: Schema) => Schema;
  /** Namespace that holds the tables. */
  readonly namespace?: string;
}

/** Table and column names, foreign keys and indexes in another case. */
const renamed =
  (rename: (name: string) => string) =>
  (schema: Schema): Schema => ({
    ...schema,
    tables: schema.tables.map((table) => ({
      ...table,
      name: rename(table.name),
      columns: table.columns.map((column) => ({ ...column, name: rename(column.name) })),
      primaryKey: table.primaryKey.map(rename),
      foreignKeys: table.foreignKeys.map((key) => ({
        ...key,
        columns: key.columns.map(rename),
        references: rename(key.references),
        referencedColumns: key.referencedColumns.map(rename),
      })),
      indexes: table.indexes.map((index) => ({ ...index, columns: index.columns.map(rename) })),
    })),
  });

/** As somebody has it for whom 2038 is too early an end. */
const asWritten: Variant = {
  name: 'DATETIME instead of TIMESTAMP',
  cases: 'of the zero date',
  database: { characterSet: 'latin1', collation: 'latin1_general_cs' },
  schema: (schema) => ({
    ...schema,
    tables: schema.tables.map((table) => ({
      ...table,
      columns: table.columns.map((column) => ({ ...column, type: column.type.replace(/^timestamp/i, 'datetime') })),
    })),
  }),
};

/** A collation that is not that of the catalog, in a character set that does not outrank it. */
const formerUnicode: Variant = {
  name: 'utf8mb3_unicode_ci',
  cases: 'of the zero date',
  database: { characterSet: 'utf8mb3', collation: 'utf8mb3_unicode_ci' },
};

const ignoringCase: DatabaseOptions = { characterSet: 'utf8mb4', collation: 'utf8mb4_general_ci' };

const variants: Readonly<Record<EngineDialect, readonly Variant[]>> = {
  oracle: [],
  postgresql: [
    {
      name: 'names in upper case, in a namespace that is not public; all must be quoted',
      cases: 'all',
      schema: renamed((name) => name.toUpperCase()),
      namespace: 'Odd "Schema"',
    },
  ],
  mssql: [
    {
      name: 'a collation that tells upper from lower case',
      cases: 'whose texts differ by case',
      database: { collation: 'SQL_Latin1_General_CP1_CS_AS' },
    },
    { name: 'a database whose name must be quoted', cases: 'all', database: { name: 'odd-name of "mine"' } },
  ],
  // The same bytes run on both: what differs between them is how they compare where case is ignored.
  mariadb: [
    { name: 'utf8mb4, which ignores case', cases: 'whose texts differ by case', database: ignoringCase },
    asWritten,
    formerUnicode,
  ],
  mysql: [
    {
      name: 'utf8mb4, which ignores case, a database whose name must be quoted, with names in lower case',
      cases: 'all',
      database: { name: 'odd-name of `mine`', ...ignoringCase },
      schema: renamed((name) => name.toLowerCase()),
    },
    {
      name: 'latin1, case-sensitive',
      cases: 'whose texts differ by case',
      database: { characterSet: 'latin1', collation: 'latin1_general_cs' },
    },
    asWritten,
    formerUnicode,
  ],
};

/** Longest key of InnoDB, bytes; the product's own scripts stay below it by choosing latin1. */
const longestKeyBytes = 3072;

async function deployVariant(engine: Engine, scenario: Scenario, variant: Variant): Promise<Deployment> {
  const dialect = findDialect(engine.dialect);
  const family = familyOf(engine);
  const database = await engine.createDatabase(variant.database);
  const query: Deployment['query'] = (sql) => database.query(sql);
  const whole = (variant.schema ?? ((schema) => schema))(completeSchema(engine.dialect));
  const { namespace } = variant;
  if (namespace !== undefined) {
    const quoted = `"${namespace.replaceAll('"', '""')}"`;
    await query(`CREATE SCHEMA ${quoted}`);
    await query(`SET search_path = ${quoted}`);
  }
  const wide = { utf8mb4: 4, utf8mb3: 3 }[variant.database?.characterSet ?? ''] ?? 1;
  const fitting: Schema = {
    ...restrictedTo(whole, scenario.tables),
    tables: restrictedTo(whole, scenario.tables).tables.map((table) => ({
      ...table,
      indexes: table.indexes.filter(({ columns }) => {
        const lengths = table.columns
          .filter(({ name }) => columns.includes(name))
          .map(({ type }) => Number(/\((\d+)\)/.exec(type)?.[1] ?? 8));
        return lengths.reduce((sum, length) => sum + length * wide, 0) <= longestKeyBytes;
      }),
    })),
  };
  for (const statement of createTables(
    fitting,
    family,
    fitting.tables.map(({ name }) => name),
  )) {
    await query(statement.replace(/ DEFAULT CHARSET=latin1$/, ''));
  }
  // As the tool itself sees it: collations and all.
  const schema = await connected(database, dialect, (connection) => readSchema(connection, dialect, namespace));
  const policy = policies.find(({ name }) => name === scenario.policy);
  if (policy === undefined) throw new Error(`no policy ${scenario.policy}`);
  const { plan, problems } = makePlan(policy, schema, dialect, { prefix: 'cleanup_', backup: 'deleted-rows' });
  if (plan === undefined) throw new Error(problems.map(({ what }) => what).join('\n'));
  const rendered = renderPlan(plan, dialect, atFullSpeed);
  for (const artifact of rendered.install) {
    for (const statement of statementsOf(artifact, dialect.script)) await query(statement.sql);
  }
  const tables = fitting.tables.map(({ name }) => name.toUpperCase());
  return { database, family, schema, query, tables, plan, rendered };
}

/** Whatever the case of names, the namespace, the character set and the collation: the same survivors. */
export const describeVariants = (name: EngineName): void => describeEngines([name], define);

function define(engine: Engine): void {
  const family = familyOf(engine);
  const abilities = abilitiesOf(family);

  describe.each(variants[engine.dialect].map((variant) => [variant.name, variant] as const))('%s', (_, variant) => {
    describe.each(scenarios.map((scenario) => [scenario.policy, scenario] as const))('%s', (_policy, scenario) => {
      let deployment: Deployment;
      // An imitation makes databases of one collation only.
      const needsVendor = variant.database?.collation !== undefined;
      beforeAll(async () => {
        if (needsVendor && engine.imitation !== undefined) return;
        deployment = await deployVariant(engine, scenario, variant);
      });
      afterAll(() => deployment?.database.drop());

      const whole = completeSchema(engine.dialect);
      const cases = scenario.cases.filter(
        (aCase) =>
          isApplicable(aCase, whole, abilities) &&
          isDecided(scenario, aCase, whole, abilities) &&
          isOf[variant.cases](scenario, aCase, whole),
      );
      test(
        `${cases.length} cases`,
        async ({ skip }) => {
          if (needsVendor) needsOriginal(engine, skip);
          for (const aCase of cases) await expectSurvivors(deployment, scenario, aCase, batchSizes.large);
        },
        60_000 + cases.length * 2_000,
      );
    });
  });
}

const isOf: Readonly<Record<Variant['cases'], (scenario: Scenario, aCase: ScenarioCase, schema: Schema) => boolean>> = {
  all: () => true,
  'whose texts differ by case': differsByCase,
  'of the zero date': (_, { needs }) => needs?.zeroDates === true,
};

/** Whether a collation may take two of its texts for the same, or one for a word of the policy. */
function differsByCase(scenario: Scenario, aCase: ScenarioCase, schema: Schema): boolean {
  const { database, settings } = startOf(scenario, aCase, readClocks(), schema);
  const policy = JSON.stringify(policies.find(({ name }) => name === scenario.policy));
  const words = [...policy.matchAll(/"([^"\\]+)"/g)].map(([, word = '']) => word);
  const values = Object.values(database).flatMap((rows) => rows.flatMap((row) => Object.values(row)));
  const texts = [...values, ...Object.values(settings)].filter((value) => typeof value === 'string');
  const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trimEnd();
  const seen = [...new Set([...texts, ...words])];
  return texts.some((text) => seen.some((other) => other !== text && folded(other) === folded(text)));
}
