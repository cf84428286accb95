import type { Connection, Dialect, ResultRow } from '../../dialects/dialect.js';
import type { Step } from '../../policy/types.js';
import { keyName, type NearLine, nearLine } from '../../render/near-line.js';
import type { Column, Table } from '../../schema/types.js';
import { ask, type Place } from '../place.js';
import type { Naming } from '../why/read-rows.js';

/** How many rows each question picks. */
const rowsAsked = 100;

/** Names the rows of a table that lie next to the line by some rules, and its oldest; undefined if none can be named. */
export async function nameRowsNearLine(
  connection: Connection,
  place: Place,
  table: Table,
  rules: readonly { readonly rule: Step; readonly cutOffs: Readonly<Record<string, bigint>> }[],
): Promise<readonly Naming[] | undefined> {
  const { dialect, namespace } = place;
  const found = new Map<string, ResultRow>();
  let key: readonly Column[] = [];
  for (const { rule, cutOffs } of rules) {
    const near: NearLine | undefined = nearLine(table, rule, cutOffs, {
      dialect,
      rows: rowsAsked,
      ...(namespace !== undefined && { namespace }),
    });
    if (near === undefined) return undefined;
    key = near.key;
    for (const sql of new Set([near.oldest, ...near.next])) {
      for (const row of await ask(connection, place, sql)) {
        found.set(JSON.stringify(key.map((_, at) => String(row[keyName(at)]))), row);
      }
    }
  }
  const rows = [...found.values()];
  return Array.from({ length: Math.ceil(rows.length / rowsAsked) }, (_, at) =>
    byKey(rows.slice(at * rowsAsked, (at + 1) * rowsAsked), key, dialect),
  );
}

/** The condition that names rows by their keys: text is handed over beside the statement. */
function byKey(rows: readonly ResultRow[], key: readonly Column[], { expressions }: Dialect): Naming {
  const parameters: string[] = [];
  const all = rows.map((row) =>
    key.map((column, at): ((alias: string) => string) => {
      const reference = expressions.identifier(column.name);
      const value = row[keyName(at)];
      if (column.family === 'integer') return (alias) => `${alias}.${reference} = ${BigInt(String(value))}`;
      parameters.push(String(value));
      const bound = expressions.bound(parameters.length, column);
      return (alias) => `${alias}.${reference} = ${bound}`;
    }),
  );
  const condition = (alias: string): string =>
    `(${all.map((parts) => `(${parts.map((part) => part(alias)).join(' AND ')})`).join(' OR ')})`;
  return { condition, parameters };
}
