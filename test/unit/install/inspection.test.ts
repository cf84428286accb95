import { expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { parseInspectionFile, toInspectionFile } from '../../../src/schema/inspection.js';
import { relatedTables } from '../../../src/schema/related-tables.js';
import { schemaOf } from './fixtures.js';

test('an inspection file holds the same facts, whatever order they came in', () => {
  const schema = schemaOf();
  const reversed = { ...schema, tables: [...schema.tables].reverse() };
  expect(toInspectionFile(reversed)).toBe(toInspectionFile(schema));
  const parsed = parseInspectionFile(toInspectionFile(schema));
  expect(toInspectionFile(parsed)).toBe(toInspectionFile(schema));
  expect(parsed).toMatchObject({ dialect: 'postgresql', namespace: 'public' });
});

const good = JSON.parse(toInspectionFile({ ...schemaOf(), tables: schemaOf().tables.slice(0, 1) }));
test.each([
  ['no JSON', '{', 'is not JSON'],
  ['another format', JSON.stringify({ ...good, formatVersion: 2 }), 'formatVersion'],
  ['an unknown key', JSON.stringify({ ...good, extra: 1 }), 'extra'],
  ['a wrong family', JSON.stringify(good).replace('"family":"', '"family":"whole '), 'tables.0.columns.'],
  [
    'a line break that could forge SQL',
    JSON.stringify(good).replace('"type":"', '"type":"int\\n-- @end\\n'),
    'one line',
  ],
])('%s is refused in words', (_, text, words) => {
  expect(() => parseInspectionFile(text, 'schema.json')).toThrow(UsageError);
  expect(() => parseInspectionFile(text, 'schema.json')).toThrow(words);
});

test('related tables are found through keys in both directions, and through rings', () => {
  const ties = [
    { table: 'child', references: 'idn_a' },
    { table: 'grandchild', references: 'child' },
    { table: 'idn_a', references: 'parent' },
    { table: 'parent', references: 'idn_a' },
    { table: 'lone', references: 'lonely' },
  ];
  const names = ['child', 'grandchild', 'idn_a', 'IDP', 'lone', 'lonely', 'parent', 'REG_LOG', 'xIDN_'];
  expect([...relatedTables(names, ties)].sort()).toEqual(['IDP', 'REG_LOG', 'child', 'grandchild', 'idn_a', 'parent']);
});
