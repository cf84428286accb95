import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { policies } from '../../src/policies/index.js';
import { followingTables, tablesPage } from '../../src/report/tables-page.js';
import { otherCleaning, tableVerdicts } from '../../src/schema/known-tables.js';
import { completeSchema } from '../support/data/later-tables.js';
import { firstSeen, knownVersions, tablesOfProfiles } from '../support/first-seen.js';

const cleaned = new Set(policies.flatMap(({ steps }) => steps.map(({ table }) => table)));
const following = followingTables(policies);
const judged = tableVerdicts.flatMap(({ tables }) => tables);
const hasVerdict = (table: string): boolean => cleaned.has(table) || following.has(table) || judged.includes(table);

test('docs/tables.md is what the sources make; if not, run `make generate`', () => {
  expect(readFileSync(new URL('../../docs/tables.md', import.meta.url), 'utf8')).toBe(tablesPage(policies, firstSeen));
});

describe('no table is without a verdict; say what is known of it in src/schema/known-tables.ts', () => {
  test.each([...tablesOfProfiles])('of profile %s', (name, tables) => {
    expect(knownVersions).toContain(name);
    expect([...tables].filter((table) => !hasVerdict(table))).toEqual([]);
  });

  test('of later versions', () => {
    const later = completeSchema('mysql').tables.map(({ name }) => name.toUpperCase());
    expect(later.filter((table) => !hasVerdict(table))).toEqual([]);
  });
});

test('a table has one verdict; where a policy says it, remove it from src/schema/known-tables.ts', () => {
  expect(judged.filter((table) => cleaned.has(table) || following.has(table))).toEqual([]);
  expect(judged.filter((table, at) => judged.indexOf(table) !== at)).toEqual([]);
});

test('what else cleans a table is told once, and only of tables that policies clean or take along', () => {
  const told = otherCleaning.flatMap(({ tables }) => tables);
  expect(told.filter((table) => !cleaned.has(table) && !following.has(table))).toEqual([]);
  expect(told.filter((table, at) => told.indexOf(table) !== at)).toEqual([]);
});

test('the page names every table of which it has something to say', () => {
  const page = tablesPage(policies, firstSeen);
  const all = [...cleaned, ...following.keys(), ...judged];
  expect(all.filter((table) => !page.includes(`\`${table}\``))).toEqual([]);
});
