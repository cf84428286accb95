import { inFixedOrder } from '../schema/inspection.js';
import type { Schema } from '../schema/types.js';
import type { Connection, Dialect } from './dialect.js';

/** Reads the facts of a live database. Without a namespace, the one that the connection works in. */
export async function readSchema(connection: Connection, dialect: Dialect, namespace?: string): Promise<Schema> {
  const server = await dialect.catalog.readServer(connection);
  const { namespaces, defaultNamespace } = dialect.capabilities;
  const chosen = namespaces ? (namespace ?? server.namespace ?? defaultNamespace) : undefined;
  const tables = await dialect.catalog.readTables(connection, chosen);
  return {
    // No host: the same schema gives the same bytes wherever it is read from.
    source: `${dialect.title} database ${server.database}${chosen === undefined ? '' : `, schema ${chosen}`}`,
    dialect: dialect.name,
    ...(chosen !== undefined && { namespace: chosen }),
    server: { version: server.version, timeZone: server.timeZone },
    tables: inFixedOrder(tables),
  };
}
