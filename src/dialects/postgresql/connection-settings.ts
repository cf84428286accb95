import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../errors.js';
import { decode } from '../connection-url.js';
import { readIfThere, readSection } from '../option-file.js';

/** Options as libpq names them, and the variables that count if neither the URL nor the service says one. */
const variables = {
  host: 'PGHOST',
  port: 'PGPORT',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  passfile: 'PGPASSFILE',
  dbname: 'PGDATABASE',
  service: 'PGSERVICE',
  connect_timeout: undefined,
  options: 'PGOPTIONS',
  application_name: undefined,
  channel_binding: undefined,
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
} as const;

export type Option = keyof typeof variables;

const isOption = (name: string): name is Option => Object.hasOwn(variables, name);

/** What the URL says, else the service, else the environment; an empty value counts as not given. */
export interface Settings {
  get(option: Option): string | undefined;
  /** The same without the environment. */
  said(option: Option): string | undefined;
}

/** The environment in which the vendor's own programs go to where these settings lead. */
export function environmentOf(
  settings: Settings,
  more: Readonly<Partial<Record<Option, string>>>,
): Record<string, string> {
  const named = Object.entries(variables).flatMap(([option, variable]) => {
    const value = more[option as Option] ?? settings.get(option as Option);
    return variable === undefined || value === undefined ? [] : [[variable, value] as const];
  });
  return Object.fromEntries(named);
}

/** @throws UsageError if the URL or the service cannot be read */
export async function readSettings(url: string): Promise<Settings> {
  const [base = '', query = ''] = url.split(/\?(.*)/s);
  const given = new URLSearchParams(query);
  const unknown = [...given.keys()].filter((name) => !isOption(name));
  if (unknown.length > 0) {
    const next = `Allowed are ${Object.keys(variables).join(', ')}.`;
    throw new UsageError(`The connection URL has options that are not known: ${unknown.join(', ')}.`, { next });
  }
  const address: Readonly<Partial<Record<Option, string>>> = await readAddress(base);
  const inUrl = (option: Option) => given.get(option) || address[option];
  const name = inUrl('service') || process.env.PGSERVICE;
  const service = name ? readService(name) : undefined;
  const said = (option: Option) => inUrl(option) || service?.get(option) || undefined;
  const inEnvironment = (option: Option) => process.env[variables[option] ?? ''] || undefined;
  return { said, get: (option) => said(option) ?? inEnvironment(option) };
}

/** Hosts and ports with commas between, as libpq takes several; the rest of the address is the parser's. */
async function readAddress(base: string) {
  const [, scheme = '', login = '', places = '', path = ''] = /^([^/]*:\/\/)([^/]*@)?([^/]*)(.*)$/s.exec(base) ?? [];
  if (scheme === '' || `${login}${places}`.includes('#')) refuse();
  const { parse } = await import('pg-connection-string');
  const hosts = places.split(',').map((place) => /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(place) ?? refuse());
  const ports = hosts.map(([, , port = '']) => port).join(',');
  try {
    const { user, password, database } = parse(`${scheme}${login}${path || '/'}`);
    return {
      host: hosts.map(([, host = '']) => decode(host.replace(/^\[|\]$/g, ''))).join(','),
      port: /^,*$/.test(ports) ? '' : ports,
      user: user ?? '',
      password: password ?? '',
      dbname: database ?? '',
    };
  } catch {
    return refuse();
  }
}

/** The parser's own error may hold the URL with its password, so it is no cause to pass on. */
function refuse(): never {
  const next = 'Write it as scheme://user@host:port/database, and a special character of the user or password as %XX.';
  throw new UsageError('The connection URL cannot be read.', { next });
}

/** https://www.postgresql.org/docs/current/libpq-pgservice.html */
function readService(name: string): ReadonlyMap<string, string> {
  const files = [
    process.env.PGSERVICEFILE || join(homedir(), '.pg_service.conf'),
    join(process.env.PGSYSCONFDIR || '/etc/postgresql-common', 'pg_service.conf'),
  ];
  for (const file of files) {
    const service = readSection(readIfThere(file) ?? '', name);
    if (service !== undefined) return service;
  }
  throw new UsageError(`There is no service "${name}".`, {
    next: `Add a section [${name}] to ${files[0]}, or correct the service in the URL or in PGSERVICE.`,
  });
}
