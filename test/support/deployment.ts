import { loadProfile } from '../../src/dialects/profiles.js';
import { findDialect } from '../../src/dialects/registry.js';
import { makePlan } from '../../src/plan/make-plan.js';
import type { BackupMode, Plan } from '../../src/plan/types.js';
import { tokens } from '../../src/policies/tokens.js';
import type { Policy } from '../../src/policy/types.js';
import { statementsOf } from '../../src/render/artifact.js';
import { type RenderedPlan, renderPlan } from '../../src/render/render-plan.js';
import type { Schema } from '../../src/schema/types.js';
import { createTables, restrictedTo, tokenTables } from './data/create-tables.js';
import { type DialectFamily, quotedText } from './data/dialect-words.js';
import type { Query } from './data/session.js';
import type { Engine, TestDatabase } from './engines/index.js';
import { words } from './words.js';

/** A database with the product's tables and what deepclean generates for them, on one engine. */
export interface Deployment {
  readonly database: TestDatabase;
  readonly family: DialectFamily;
  readonly schema: Schema;
  readonly plan: Plan;
  readonly rendered: RenderedPlan;
  readonly query: Query;
  /** The product's tables that a test fills, empties and reads. */
  readonly tables: readonly string[];
}

export interface DeploymentChoices {
  readonly profile?: string;
  /** Tables of this schema instead of a profile's. */
  readonly schema?: Schema;
  /** Default: tokens. */
  readonly policy?: Policy;
  readonly backup?: BackupMode;
  readonly prefix?: string;
  /** Default: all tables that `cleanup_tokens` may touch. */
  readonly tables?: readonly string[];
  readonly characterSet?: string;
}

export const familyOf = ({ dialect }: Engine): DialectFamily => (dialect === 'mariadb' ? 'mysql' : dialect);

/** The newest profile that the engine's family has. */
export const defaultProfile = (engine: Engine): string => (familyOf(engine) === 'mysql' ? 'apim-4.5' : 'identity-5.14');

/** Creates a database with the profile's tables and nothing else. */
export async function productTables(
  engine: Engine,
  choices: DeploymentChoices = {},
): Promise<Pick<Deployment, 'database' | 'family' | 'schema' | 'query' | 'tables'>> {
  const family = familyOf(engine);
  const whole = choices.schema ?? loadProfile(choices.profile ?? defaultProfile(engine), findDialect(engine.dialect));
  const schema = restrictedTo(whole, choices.tables ?? tokenTables);
  const tables = schema.tables.map(({ name }) => name.toUpperCase());
  const characterSet = choices.characterSet ?? (family === 'mysql' ? 'latin1' : undefined);
  const database = await engine.createDatabase(characterSet === undefined ? {} : { characterSet });
  const query: Query = (sql) => database.query(sql);
  for (const statement of createTables(schema, family, tables)) await query(statement);
  return { database, family, schema, query, tables };
}

/** As in a maintenance window: tests do not wait for a run to rest, except those that ask it to. */
export const atFullSpeed = { duty_percent: 100, batch_target_ms: 250 };

/** Creates a database with the profile's tables and installs what is rendered for them. */
export async function deploy(engine: Engine, choices: DeploymentChoices = {}): Promise<Deployment> {
  const product = await productTables(engine, choices);
  const dialect = findDialect(engine.dialect);
  const { plan, problems, absent } = makePlan(choices.policy ?? tokens, product.schema, dialect, {
    prefix: choices.prefix ?? 'cleanup_',
    backup: choices.backup ?? 'deleted-rows',
  });
  if (plan === undefined) throw new Error([...problems.map((problem) => problem.what), absent].join('\n'));
  const rendered = renderPlan(plan, dialect, atFullSpeed);
  for (const artifact of rendered.install) {
    for (const statement of statementsOf(artifact, dialect.script)) await product.query(statement.sql);
  }
  return { ...product, plan, rendered };
}

/** Changes settings of the cleanup as an operator does. */
export async function change(
  deployment: Deployment,
  settings: Readonly<Record<string, string | number>>,
): Promise<void> {
  const { plan, query, family } = deployment;
  const entries = Object.entries(settings);
  if (entries.length === 0) return;
  const cases = entries.map(([name, value]) => `WHEN '${name}' THEN ${quotedText(family, String(value))}`);
  const names = entries.map(([name]) => `'${name}'`);
  // One statement: conformance tests set twenty settings before each run.
  await query(
    `UPDATE ${plan.names.setting} SET value = CASE name ${cases.join(' ')} END WHERE procedure_name = '${plan.names.procedure}' AND name IN (${names.join(', ')})`,
  );
}

/** The run log's newest row of the cleanup, with lower-case names. */
export async function lastRun(deployment: Deployment): Promise<Readonly<Record<string, string | null>>> {
  const { plan, query } = deployment;
  const [row] = await query(
    `SELECT run_id, status, why_stopped, cut_off FROM ${plan.names.run} WHERE run_id = (SELECT MAX(run_id) FROM ${plan.names.run} WHERE procedure_name = '${plan.names.procedure}')`,
  );
  return Object.fromEntries(
    Object.entries(row ?? {}).map(([name, value]) => [name.toLowerCase(), value === null ? null : String(value)]),
  );
}

/** What one session executes so that the cleanup counts and deletes nothing. */
export function dryRunOf({ plan, family }: Deployment): readonly string[] {
  const { procedure, dryRun = procedure } = plan.names;
  return findDialect(family).expressions.dryRun(dryRun);
}

export const run = (deployment: Deployment): Promise<unknown> =>
  deployment.query(words[deployment.family].call(deployment.plan.names.procedure));
