import { z } from 'zod';
import { configSchema } from './schema.js';

/** The configuration as a JSON Schema (draft 2020-12), for editors; `docs/deepclean.config.schema.json` holds it. */
export function jsonSchema(): Record<string, unknown> {
  // As input, keys with a default may be left out.
  const { $schema, properties, ...rest } = z.toJSONSchema(configSchema, { io: 'input' });
  return {
    $schema,
    title: 'deepclean configuration',
    ...rest,
    properties: {
      $schema: { type: 'string', description: 'Where an editor finds this schema; deepclean ignores it' },
      ...properties,
    },
  };
}
