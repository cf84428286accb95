import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fields } from '../../../src/config/fields.js';
import { jsonSchema } from '../../../src/config/json-schema.js';

const committed = new URL('../../../docs/deepclean.config.schema.json', import.meta.url);

test('the committed JSON Schema is what the configuration schema says', () => {
  expect(readFileSync(committed, 'utf8')).toBe(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
});

test('every value that can be configured has a description', () => {
  expect(fields.filter((field) => !field.schema.description).map((field) => field.name)).toEqual([]);
});
