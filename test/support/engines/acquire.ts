import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { embeddedPostgresqlFolder } from '../../../src/dialects/postgresql/programs.js';
import { mssqlEngine } from './mssql.js';
import {
  findMysqlClient,
  findMysqlPrograms,
  type MysqlPrograms,
  adminUrl as mysqlAdminUrl,
  mysqlEngine,
  mysqlRecipe,
} from './mysql.js';
import { oracleEngine } from './oracle.js';
import {
  findPostgresqlWithCron,
  adminUrl as postgresqlAdminUrl,
  postgresqlEngine,
  postgresqlRecipe,
} from './postgresql.js';
import { buildOnce, runFolder } from './run-folder.js';
import { crash, discard, type Facts, launch, type Recipe, relaunch } from './server.js';
import { uniqueName } from './session.js';
import { type Engine, type EngineName, type EngineOptions, engineNames } from './types.js';

type Life = Pick<Engine, 'kill' | 'restart' | 'stop'>;

const urlVariables: Partial<Record<EngineName, string>> = {
  postgresql: 'DEEPCLEAN_TEST_POSTGRESQL_URL',
  mariadb: 'DEEPCLEAN_TEST_MARIADB_URL',
  mysql: 'DEEPCLEAN_TEST_MYSQL_URL',
  mssql: 'DEEPCLEAN_TEST_MSSQL_URL',
  oracle: 'DEEPCLEAN_TEST_ORACLE_URL',
};

/**
 * An engine to test on, or undefined where this machine has none. Looked for in this order: a URL in the environment,
 * a server program on this machine, the npm package. Throws where REQUIRE_ENGINES names an engine that is missing.
 */
export async function acquireEngine(name: EngineName, options: EngineOptions = {}): Promise<Engine | undefined> {
  const engine = await find(name, options);
  if (engine === undefined && requiredEngines().includes(name)) {
    throw new Error(`REQUIRE_ENGINES asks for ${name}, which is not available on this machine. ${adviceFor(name)}`);
  }
  return engine;
}

/** What REQUIRE_ENGINES may name beside the engines. */
const browser = 'chromium';

export function requiredEngines(): (EngineName | typeof browser)[] {
  const names = (process.env.REQUIRE_ENGINES ?? '').split(',').map((name) => name.trim());
  return names.filter(Boolean).map((name) => {
    const all = [...engineNames, browser] as const;
    const known = all.find((engine) => engine === name);
    if (known === undefined) throw new Error(`REQUIRE_ENGINES: "${name}" is not one of ${all.join(', ')}.`);
    return known;
  });
}

async function find(name: EngineName, options: EngineOptions): Promise<Engine | undefined> {
  const url = process.env[urlVariables[name] ?? ''];
  // Someone else's server is used as it is: what asks for a server of its own kind goes on to a private one.
  if (url && Object.keys(options).length === 0) return external(name, url);
  switch (name) {
    case 'postgresql': {
      const home = await embeddedPostgresqlFolder();
      return home === undefined ? undefined : postgresql(name, home, options);
    }
    case 'postgresql-cron': {
      const home = findPostgresqlWithCron();
      return home === undefined ? undefined : postgresql(name, home, options);
    }
    case 'mssql':
    case 'oracle':
      return undefined;
    case 'mariadb':
    case 'mysql': {
      const programs = await findMysqlPrograms(name);
      return programs === undefined ? undefined : mysqlOrMariadb(name, programs, options);
    }
  }
}

async function external(name: EngineName, url: string): Promise<Engine | undefined> {
  const life = immovable(`${name} is given by ${urlVariables[name]}`);
  if (name === 'mssql') return mssqlEngine(url, life);
  if (name === 'oracle') return oracleEngine(url, life);
  if (name === 'mysql' || name === 'mariadb') {
    return mysqlEngine(name, url, { client: findMysqlClient(name), zonesProgram: undefined, life });
  }
  return postgresqlEngine('postgresql', url, life);
}

async function postgresql(
  name: 'postgresql' | 'postgresql-cron',
  home: string,
  options: EngineOptions,
): Promise<Engine> {
  const recipe = postgresqlRecipe(home, { ...options, cron: name === 'postgresql-cron' });
  const { facts, life } = await serve(name, recipe, options);
  return postgresqlEngine(name, postgresqlAdminUrl(facts), life);
}

async function mysqlOrMariadb(
  name: 'mysql' | 'mariadb',
  programs: MysqlPrograms,
  options: EngineOptions,
): Promise<Engine> {
  const { facts, life } = await serve(name, mysqlRecipe(name, programs, options), options);
  return mysqlEngine(name, mysqlAdminUrl(name, facts), {
    client: programs.client,
    zonesProgram: programs.zones,
    life,
  });
}

async function serve(name: EngineName, recipe: Recipe, options: EngineOptions): Promise<{ facts: Facts; life: Life }> {
  const servers = join(runFolder(), 'servers');
  if (options.private === true) {
    const facts = await launch(recipe, join(servers, `${name}-${uniqueName()}`));
    const life: Life = {
      kill: () => crash(facts),
      restart: () => relaunch(recipe, facts),
      stop: async () => discard(facts),
    };
    return { facts, life };
  }
  const folder = join(servers, `${name}-${fingerprint(options)}`);
  const facts = await buildOnce(folder, () => launch(recipe, folder));
  return { facts, life: immovable(`${name} is shared by the whole run: ask for { private: true }`) };
}

function immovable(reason: string): Life {
  const refuse = async (): Promise<never> => {
    throw new Error(`It may not be killed or restarted, because ${reason}.`);
  };
  return { kill: refuse, restart: refuse, stop: async () => undefined };
}

function fingerprint(options: EngineOptions): string {
  const sorted = Object.entries(options).sort(([a], [b]) => a.localeCompare(b));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 8);
}

function adviceFor(name: EngineName): string {
  if (name === 'postgresql') return 'Run npm install.';
  const variable = urlVariables[name];
  if (name === 'mssql' || name === 'oracle') return `Set ${variable} to an administrator's URL.`;
  return `Run make engines${variable === undefined ? '' : `, or set ${variable} to an administrator's URL`}.`;
}
