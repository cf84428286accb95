import { z } from 'zod';
import { configSchema } from './schema.js';

/** One value that can be configured. */
export interface Field {
  /** Where it stands in the file: `['settings', 'pause_ms']`. */
  readonly path: readonly string[];
  /** The path with dots, as messages name it. */
  readonly name: string;
  readonly environmentName: string;
  readonly flagName: string;
  readonly schema: z.ZodType;
}

type Shape = Readonly<Record<string, z.ZodType>>;

/** A group's keys, or nothing where the schema is that of one value. */
function shapeOf(schema: z.ZodType): Shape | undefined {
  const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
  return inner instanceof z.ZodObject ? (inner.shape as Shape) : undefined;
}

function fieldsBelow(shape: Shape, parents: readonly string[]): readonly Field[] {
  return Object.entries(shape).flatMap(([key, schema]) => {
    const path = [...parents, key];
    const group = shapeOf(schema);
    return group ? fieldsBelow(group, path) : [toField(path, schema)];
  });
}

const kebab = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function toField(path: readonly string[], schema: z.ZodType): Field {
  const upperSnake = path.map((key) => kebab(key).replaceAll('-', '_').toUpperCase()).join('_');
  // The command that schedules has flags of its own: --every, not --schedule.every.
  const flag = path[0] === 'schedule' ? path.slice(1) : path;
  return {
    path,
    name: path.join('.'),
    environmentName: `DEEPCLEAN_${upperSnake}`,
    flagName: flag.map(kebab).join('.'),
    schema,
  };
}

/** Every value that can be configured, in the order of the schema. */
export const fields: readonly Field[] = fieldsBelow(configSchema.shape as Shape, []);

/** The keys allowed in a group, or nothing where the path leads to no group. */
export function keysIn(path: readonly string[]): readonly string[] | undefined {
  let shape: Shape | undefined = configSchema.shape as Shape;
  for (const key of path) {
    const schema: z.ZodType | undefined = Object.hasOwn(shape, key) ? shape[key] : undefined;
    shape = schema && shapeOf(schema);
    if (!shape) return undefined;
  }
  return Object.keys(shape);
}
