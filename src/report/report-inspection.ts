import type { Schema } from '../schema/types.js';
import { plural } from './format.js';
import type { Report } from './report.js';

/** What an inspection found. */
export function reportInspection(schema: Schema, file: string): Report {
  const { source, dialect, server, tables } = schema;
  return {
    sections: [
      {
        title: source,
        lines: [
          ...(server === undefined ? [] : [`server ${server.version}, time zone ${server.timeZone}`]),
          `${plural(tables.length, 'table')} written to ${file}`,
        ],
      },
    ],
    json: {
      file,
      source,
      dialect,
      ...(schema.namespace !== undefined && { namespace: schema.namespace }),
      ...(server && { server }),
      tables: tables.map(({ name, columns }) => ({ name, columns: columns.length })),
    },
  };
}
