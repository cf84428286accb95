import { UsageError } from '../errors.js';
import type { Connection, Dialect } from './dialect.js';
import { mssql } from './mssql/index.js';
import { mariadb, mysql } from './mysql/index.js';
import { oracle } from './oracle/index.js';
import { postgresql } from './postgresql/index.js';

/** Every dialect that deepclean speaks. */
export const dialects: readonly Dialect[] = [postgresql, mysql, mariadb, mssql, oracle];

/** @throws UsageError for a name that no dialect has */
export function findDialect(name: string): Dialect {
  const dialect = dialects.find((one) => one.name === name);
  if (dialect === undefined) {
    throw new UsageError(`There is no dialect "${name}".`, {
      next: `Choose one of ${dialects.map((one) => one.name).join(', ')}.`,
    });
  }
  return dialect;
}

/** The dialect that a connection URL asks for by its scheme. @throws UsageError */
export function dialectOfUrl(url: string): Dialect {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  const dialect = dialects.find((one) => scheme !== undefined && one.schemes.includes(scheme));
  if (dialect === undefined) {
    throw new UsageError(`A connection URL cannot begin with "${scheme ?? url.slice(0, 12)}".`, {
      next: `Begin it with one of ${dialects.flatMap((one) => one.schemes.map((name) => `${name}://`)).join(', ')}.`,
    });
  }
  return dialect;
}

/** The dialect of the server that answers: within a family, its own word counts for more than the URL's scheme. */
export async function dialectOfServer(connection: Connection, asked: Dialect): Promise<Dialect> {
  const family = dialects.filter(({ templates }) => templates === asked.templates);
  if (family.length === 1) return asked;
  const { product } = await asked.catalog.readServer(connection);
  return family.find(({ title }) => title === product) ?? asked;
}
