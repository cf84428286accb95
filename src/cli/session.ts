import { didYouMean } from '../config/did-you-mean.js';
import type { Config } from '../config/schema.js';
import { redactUrl } from '../config/secrets.js';
import type { Connection, ConnectionTarget, Dialect } from '../dialects/dialect.js';
import { readSchema } from '../dialects/read-schema.js';
import { dialectOfServer } from '../dialects/registry.js';
import { UsageError } from '../errors.js';
import type { Place } from '../operate/place.js';
import { installedPlaces } from '../operate/require-installed.js';
import { makePlan } from '../plan/make-plan.js';
import { nameObjects } from '../plan/names.js';
import { policies } from '../policies/index.js';
import { choiceOf, databaseOf, prepare } from './context.js';
import type { Flags } from './flags.js';
import type { Output } from './output.js';
import { urlOfDatabase } from './url-of-database.js';

/** An open database, and all that a command must know to work on it. */
export interface Session {
  readonly config: Config;
  readonly dialect: Dialect;
  readonly connection: Connection;
  /** Namespace of the product's tables, where the database has such. */
  readonly namespace: string | undefined;
  /** One per cleanup, whether it is installed or not. */
  readonly places: readonly Place[];
  /** Opens one more connection; it is closed with the session. */
  readonly connectAgain: () => Promise<Connection>;
  /** Another server, with the same account unless its URL says so. @throws UsageError */
  readonly elsewhere: (url: string) => Elsewhere;
  /** Opens another database of the same server; whoever asked closes it. */
  readonly connectTo: (database: string) => Promise<Connection>;
}

/** A server beside the one that a command works on. */
export interface Elsewhere {
  readonly dialect: Dialect;
  /** Its URL without what may be a secret. */
  readonly where: string;
  /** Opens a connection, which is closed with the session. */
  readonly connect: () => Promise<Connection>;
}

/**
 * Opens the database that the flags lead to, and closes it whatever happens.
 *
 * @param cleanup one that the command line names; a wrong name is told before anything is opened
 */
export async function withSession(
  flags: Flags,
  output: Output,
  work: (session: Session) => Promise<number>,
  cleanup?: string,
): Promise<number> {
  const loaded = prepare(flags, output);
  const { config } = loaded;
  const { dialect: asked, target } = databaseOf(loaded, output);
  if (cleanup !== undefined) placesNamed(placesOf(config, asked, undefined), cleanup);
  const open: Connection[] = [];
  const connectAs = (dialect: Dialect, where: ConnectionTarget) => async (): Promise<Connection> => {
    const connection = await dialect.connect(where);
    open.push(connection);
    return connection;
  };
  const connect = connectAs(asked, target);
  const elsewhere = (url: string): Elsewhere => {
    const other = databaseOf({ ...loaded, config: { ...config, url } }, output);
    return { dialect: other.dialect, where: redactUrl(url), connect: connectAs(other.dialect, other.target) };
  };
  const connectTo = (database: string): Promise<Connection> =>
    asked.connect({ ...target, url: urlOfDatabase(target.url, database) });
  try {
    const connection = await connect();
    const dialect = await dialectOfServer(connection, asked);
    const namespace = await namespaceOf(connection, dialect, config.namespace);
    const places = placesOf(config, dialect, namespace);
    return await work({ config, dialect, connection, namespace, places, connectAgain: connect, elsewhere, connectTo });
  } finally {
    await Promise.all(open.map((connection) => connection.close()));
  }
}

/** What a cleanup is for the live schema; without a plan, the problems say why. */
export const planNow = async ({ config, connection, dialect, namespace }: Session, { policy }: Place) =>
  makePlan(policy, await readSchema(connection, dialect, namespace), dialect, choiceOf(config, policy).choices);

/** Every cleanup, as the configuration names it. */
export const placesOf = (config: Config, dialect: Dialect, namespace: string | undefined): readonly Place[] =>
  policies.map((policy) => ({
    dialect,
    policy,
    names: nameObjects(policy, dialect, choiceOf(config, policy).choices),
    ...(namespace !== undefined && { namespace }),
  }));

/** The same namespace that an installation without a choice goes to. */
async function namespaceOf(
  connection: Connection,
  dialect: Dialect,
  chosen: string | undefined,
): Promise<string | undefined> {
  const { namespaces, defaultNamespace } = dialect.capabilities;
  if (!namespaces) return undefined;
  return chosen ?? (await dialect.catalog.readServer(connection)).namespace ?? defaultNamespace;
}

/** The cleanups that a command line names: some, with commas between, or `all`. @throws UsageError */
export const placesNamed = (places: readonly Place[], text: string): readonly Place[] =>
  text === 'all' ? places : text.split(',').map((name) => placeNamed(places, name.trim()));

/** The same; of `all`, those that are installed. @throws UsageError */
export const placesChosen = async (connection: Connection, places: readonly Place[], text: string) =>
  text === 'all' ? installedPlaces(connection, places) : placesNamed(places, text);

/** The cleanup by its procedure's name or its policy's. @throws UsageError */
export function placeNamed(places: readonly Place[], name: string): Place {
  const same = (other: string): boolean => other.toLowerCase() === name.toLowerCase();
  const place = places.find(({ names, policy }) => same(names.procedure) || same(policy.name));
  if (place !== undefined) return place;
  const known = places.flatMap(({ names, policy }) => [names.procedure, policy.name]);
  const meant = didYouMean(name, known);
  throw new UsageError(`There is no cleanup "${name}".`, {
    next: meant ? `Did you mean ${meant}?` : `Choose one of ${known.join(', ')}.`,
  });
}
