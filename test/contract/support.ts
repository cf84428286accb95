import type { Connection, Dialect } from '../../src/dialects/dialect.js';
import { loadProfile } from '../../src/dialects/profiles.js';
import { findDialect } from '../../src/dialects/registry.js';
import { applyInstall } from '../../src/install/apply-install.js';
import { preflight } from '../../src/install/preflight.js';
import type { PolicyChoice } from '../../src/install/types.js';
import { tokens } from '../../src/policies/tokens.js';
import type { Schema } from '../../src/schema/types.js';
import { createTables, tokenTables } from '../support/data/create-tables.js';
import type { DialectFamily } from '../support/data/dialect-words.js';
import type { Engine, EngineName, TestDatabase } from '../support/engines/index.js';
import type { Account } from '../support/words.js';

export const allEngines: readonly EngineName[] = ['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'];

export const dialectOf = (engine: Engine): Dialect => findDialect(engine.dialect);

/** A connection as deepclean opens it. */
export async function connectTo(database: TestDatabase, dialect: Dialect, user?: User): Promise<Connection> {
  const url = new URL(database.url);
  if (user) {
    url.username = user.name;
    url.password = user.password;
  }
  return dialect.connect({ url: url.href, connectTimeoutMs: 10_000 });
}

export type User = Account;

/** Runs the work on a connection of its own. */
export async function connected<T>(
  database: TestDatabase,
  dialect: Dialect,
  work: (connection: Connection) => Promise<T>,
  user?: User,
): Promise<T> {
  const connection = await connectTo(database, dialect, user);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

export const familyOf = ({ templates }: Dialect): DialectFamily => templates as DialectFamily;

/** An unquoted name as the dictionary keeps it, where the server does not keep it as it is written. */
export const folded = (dialect: Dialect, name: string): string =>
  familyOf(dialect) === 'oracle' ? name.toUpperCase() : name;

/** A name of the product's as the tables of the profiles have it. */
export const inProfileCase = (dialect: Dialect, name: string): string =>
  familyOf(dialect) === 'postgresql' ? name.toLowerCase() : name;

export const identityProfile = (dialect: Dialect): Schema => loadProfile('identity-5.14', dialect);

/** A database with the token tables of the profile. */
export async function withTokenTables(engine: Engine): Promise<TestDatabase> {
  const dialect = dialectOf(engine);
  const database = await engine.createDatabase({ ...(familyOf(dialect) === 'mysql' && { characterSet: 'latin1' }) });
  for (const statement of createTables(identityProfile(dialect), familyOf(dialect), tokenTables)) {
    await database.query(statement);
  }
  return database;
}

export const tokensChoice = (changes: Partial<PolicyChoice['choices']> = {}): PolicyChoice => ({
  policy: tokens,
  choices: { prefix: 'cleanup_', backup: 'deleted-rows', ...changes },
  settings: {},
});

/** Installs what a live schema asks for; returns the plan that was carried out. */
export async function install(connection: Connection, dialect: Dialect, choice = tokensChoice()) {
  const found = await preflight(connection, dialect, { what: { policies: [choice] } });
  const { plan } = found;
  const verified = await applyInstall(connection, dialect, plan);
  return { found, plan, verified };
}
