/**
 * The main job as a user does it, on an embedded PostgreSQL: every step prints the command that a user would type, and
 * the last word is said by the tables themselves.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chalk from 'chalk';
import pg from 'pg';
import { postgresql } from '../../src/dialects/postgresql/index.js';
import { loadProfile } from '../../src/dialects/profiles.js';
import type { Schema } from '../../src/schema/types.js';
import { createTables } from '../support/data/create-tables.js';
import { acquireEngine } from '../support/engines/index.js';
import { fillWithRegistryRows } from './synthetic-registry.js';
import { fillWithSessions } from './synthetic-sessions.js';
import { fillWithTokens } from './synthetic-tokens.js';

const tokens = Number(process.env.DEMO_TOKENS ?? 60_000);
const sessions = tokens / 4;
const logEntries = tokens;
const folder = mkdtempSync(join(tmpdir(), 'deepclean-demo-'));
const started = Date.now();

async function main(): Promise<void> {
  say('Starting an embedded PostgreSQL …');
  // A server of its own: one that the environment names for the tests is somebody's.
  const server = await acquireEngine('postgresql', { private: true });
  if (server === undefined) {
    throw new Error('npm did not install PostgreSQL for this system: run `npm install` without --omit=optional.');
  }
  try {
    const database = await server.createDatabase({ name: 'identity' });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      await demonstrate(client, database.url ?? '');
    } finally {
      await client.end();
      await database.close();
    }
  } finally {
    await server.stop();
  }
}

async function demonstrate(client: pg.Client, urlWithPassword: string): Promise<void> {
  const { url, password } = apart(urlWithPassword);
  const deepclean = (...args: string[]) => runDeepclean(password, args);
  const fact = async (sql: string): Promise<string> => String((await client.query(sql)).rows[0]?.fact);
  say('Creating the identity and registry tables of two built-in schema profiles, and filling them …');
  for (const statement of createTables(productSchema(), 'postgresql', productTables)) await client.query(statement);
  await fillWithTokens(client, tokens);
  await fillWithSessions(client, sessions);
  await fillWithRegistryRows(client, logEntries);

  const atStart = {
    tables: await fact(fingerprint('all')),
    live: await fact(fingerprint('live')),
    objects: await fact(objects),
  };
  for (const one of cleaned) {
    const all = await fact(`SELECT count(*) AS fact FROM ${one[0]}`);
    const live = await fact(`SELECT count(*) AS fact FROM ${one[0]} WHERE ${isLive(one)}`);
    console.log(`${one[0]}: ${all} rows, ${live} of them live`);
  }

  const generated = join(folder, 'generated');
  await deepclean('generate', '--url', url, '--out', generated);
  await deepclean('install-procs', '--url', url, '--from', generated, '--plan');
  await deepclean('install-procs', '--url', url, '--from', generated, '--yes');
  await deepclean('inspect', '--url', url, '--explain');
  await deepclean('backlog', '--url', url);
  for (const cleanup of cleanups) await deepclean('run', cleanup, '--url', url);
  await deepclean('status', '--url', url);
  check('every live row is still there', (await fact(fingerprint('live'))) === atStart.live);
  for (const one of cleaned) {
    const dead = await fact(`SELECT count(*) AS fact FROM ${one[0]} WHERE NOT (${isLive(one)})`);
    check(`no dead row is left in ${one[0]}`, dead === '0');
  }

  for (const run of cleanups.keys()) await deepclean('restore', String(run + 1), '--url', url);
  check(
    'after the restores the tables are identical to the start',
    (await fact(fingerprint('all'))) === atStart.tables,
  );

  await deepclean('uninstall', '--url', url, '--yes');
  check('nothing is left behind', (await fact(objects)) === atStart.objects);
}

/** The deep cleanings of the product's manual. */
const cleanups = ['cleanup_tokens', 'cleanup_sessions', 'cleanup_registry'];

/** An identity server that keeps its registry in the same database. */
function productSchema(): Schema {
  const identity = loadProfile('identity-5.14', postgresql);
  const registry = loadProfile('apim-2.1', postgresql).tables.filter(({ name }) => name.startsWith('reg_'));
  return { ...identity, tables: [...identity.tables, ...registry] };
}

const productTables = [
  'idn_oauth2_access_token',
  'idn_oauth2_access_token_scope',
  'idn_oauth2_authorization_code',
  'idn_oauth2_access_token_audit',
  'idn_oidc_req_object_reference',
  'idn_oidc_req_object_claims',
  'idn_oidc_req_obj_claim_values',
  'idn_auth_session_store',
  'idn_auth_temp_session_store',
  'idn_auth_user_session_mapping',
  'idn_auth_session_app_info',
  'idn_auth_session_meta_data',
  'reg_log',
  'reg_resource',
  'reg_resource_history',
  'reg_resource_property',
  'reg_property',
  'reg_resource_tag',
  'reg_tag',
];

/** Tables, the columns that tell their rows apart, and what says whether a row lives: its name, unless told. */
const cleaned: readonly (readonly [table: string, key: string, live?: string])[] = [
  ['idn_oauth2_access_token', 'token_id'],
  ['idn_oauth2_access_token_scope', 'token_id, token_scope'],
  ['idn_oauth2_authorization_code', 'code_id'],
  ['idn_auth_session_store', 'session_id, session_type, time_created, operation', 'tenant_id = 1'],
  ['idn_auth_user_session_mapping', 'session_id, user_id'],
  ['idn_auth_session_meta_data', 'session_id, property_type'],
  ['reg_log', 'reg_user_id, reg_log_id'],
  ['reg_property', 'reg_name, reg_id'],
  ['reg_resource_property', 'reg_resource_name'],
];

const isLive = ([, key, live]: (typeof cleaned)[number]): string => live ?? `${key.split(',')[0]} LIKE 'live-%'`;

/** One checksum over all rows of the cleaned tables, or over the live ones. */
function fingerprint(rows: 'all' | 'live'): string {
  const parts = cleaned.map(
    (one) =>
      `(SELECT coalesce(md5(string_agg(md5(t::text), '' ORDER BY ${one[1]})), '') FROM ${one[0]} t${rows === 'live' ? ` WHERE ${isLive(one)}` : ''})`,
  );
  return `SELECT ${parts.join(' || ')} AS fact`;
}

/** Every relation, routine and schema that is not the server's own. */
const objects = `SELECT md5(string_agg(x.name, ',' ORDER BY x.name)) AS fact FROM (
  SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname NOT LIKE 'pg_%' AND n.nspname <> 'information_schema'
  UNION ALL
  SELECT n.nspname || '.' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname NOT LIKE 'pg_%' AND n.nspname <> 'information_schema') x`;

/** A password stands in no command line. */
function apart(withPassword: string): { url: string; password: string } {
  const url = new URL(withPassword);
  const password = decodeURIComponent(url.password);
  url.password = '';
  return { url: url.href, password };
}

/** Runs the command line as a user would; the password comes from the environment. */
function runDeepclean(password: string, args: readonly string[]): Promise<void> {
  console.log(`\n${chalk.bold(`$ deepclean ${args.join(' ')}`)}`);
  return new Promise((resolve, reject) => {
    const program = new URL('../../dist/cli/main.js', import.meta.url).pathname;
    const child = spawn(process.execPath, [program, ...args], {
      stdio: 'inherit',
      env: { ...process.env, DEEPCLEAN_PASSWORD: password },
    });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`deepclean ${args[0]} ended with ${code}`))));
  });
}

function say(text: string): void {
  console.log(`\n${chalk.cyan(text)}`);
}

function check(what: string, holds: boolean): void {
  console.log(holds ? chalk.green(`\n✔ ${what}`) : chalk.red(`\n✘ ${what}`));
  if (!holds) throw new Error(`not true: ${what}`);
}

main()
  .then(() => say(`All of it is true. ${((Date.now() - started) / 1000).toFixed(0)} s.`))
  .catch((error: unknown) => {
    console.error(chalk.red(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`));
    process.exitCode = 1;
  })
  .finally(() => rmSync(folder, { recursive: true, force: true }));
