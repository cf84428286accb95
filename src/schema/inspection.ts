import { z } from 'zod';
import { UsageError } from '../errors.js';
import type { Schema } from './types.js';

const formatVersion = 1;

// A line break could forge the marker of a statement in the generated SQL.
const oneLine = z.string().regex(/^[^\r\n\0]+$/, 'must be text on one line');
const names = z.array(oneLine);

const column = z.strictObject({
  name: oneLine,
  type: oneLine,
  family: z.enum(['text', 'integer', 'timestamp', 'boolean', 'binary', 'other']),
  nullable: z.boolean(),
  collation: z.strictObject({ characterSet: oneLine.exactOptional(), name: oneLine }).exactOptional(),
  generated: z.boolean().exactOptional(),
  identityAlways: z.boolean().exactOptional(),
});

const table = z.strictObject({
  name: oneLine,
  columns: z.array(column).min(1),
  primaryKey: names,
  unorderedKey: z.boolean().exactOptional(),
  foreignKeys: z.array(
    z.strictObject({
      columns: names.min(1),
      references: oneLine,
      referencedColumns: names.min(1),
      onDelete: z.enum(['CASCADE', 'NO ACTION', 'RESTRICT', 'SET NULL', 'SET DEFAULT']),
    }),
  ),
  indexes: z.array(
    z.strictObject({
      name: oneLine,
      unique: z.boolean(),
      columns: names,
      unordered: z.boolean().exactOptional(),
    }),
  ),
  obstacle: oneLine.exactOptional(),
  hidden: oneLine.exactOptional(),
});

const inspection = z.strictObject({
  formatVersion: z.literal(formatVersion),
  source: oneLine,
  dialect: oneLine,
  namespace: oneLine.exactOptional(),
  server: z.strictObject({ version: oneLine, timeZone: oneLine }).exactOptional(),
  tables: z.array(table),
});

/** The schema as an inspection file: the same facts, the same bytes. */
export function toInspectionFile(schema: Schema): string {
  const { source, dialect, namespace, server } = schema;
  const head = {
    formatVersion,
    source,
    dialect,
    ...(namespace !== undefined && { namespace }),
    ...(server && { server }),
  };
  return `${JSON.stringify({ ...head, tables: inFixedOrder(schema.tables) }, null, 2)}\n`;
}

/** The schema that an inspection file holds. @throws UsageError that names each place where the file is wrong */
export function parseInspectionFile(text: string, file = 'the inspection file'): Schema {
  const next = 'Write it again with `deepclean inspect`; it is not meant to be edited.';
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${file} is not JSON.`, { cause, next });
  }
  const result = inspection.safeParse(data);
  if (!result.success) {
    const problems = result.error.issues
      .slice(0, 10)
      .map(({ path, message }) => `- ${path.join('.') || 'top'}: ${message}`);
    throw new UsageError(`${file} is no inspection file that this version understands:\n${problems.join('\n')}`, {
      next,
    });
  }
  const { formatVersion: _, ...schema } = result.data;
  return schema;
}

const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Servers list in an order of their own; columns keep theirs, since it means something. */
export function inFixedOrder(tables: Schema['tables']): Schema['tables'] {
  return tables
    .map(({ name, columns, primaryKey, unorderedKey, foreignKeys, indexes, obstacle, hidden }) => ({
      name,
      columns,
      primaryKey,
      ...(unorderedKey !== undefined && { unorderedKey }),
      foreignKeys: [...foreignKeys].sort((one, other) => order(JSON.stringify(one), JSON.stringify(other))),
      indexes: [...indexes].sort((one, other) => order(one.name, other.name)),
      ...(obstacle !== undefined && { obstacle }),
      ...(hidden !== undefined && { hidden }),
    }))
    .sort((one, other) => order(one.name, other.name));
}
