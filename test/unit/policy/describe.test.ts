import { describe, expect, test } from 'vitest';
import { policies } from '../../../src/policies/index.js';
import * as rule from '../../../src/policy/build.js';
import { cutOffInWords, describeRule } from '../../../src/policy/describe.js';
import type { Predicate } from '../../../src/policy/types.js';
import { predicateKinds, rulesOf } from '../../../src/policy/visit.js';

const words = (predicate: Predicate): string => describeRule(predicate, 'NOTE');
const closed = rule.oneOf('STATUS', 'CLOSED');

const described: readonly (readonly [Predicate, string])[] = [
  [closed, 'its STATUS is CLOSED'],
  [rule.oneOf('STATUS', 'A', 'B', 'NOT YET'), 'its STATUS is A, B or "NOT YET"'],
  [rule.beneath('PATH', '/a/b'), 'its PATH is /a/b or a path below it'],
  [rule.contains('NAME', '.Expiry'), 'its NAME contains ".Expiry"'],
  [rule.listed('GRANT_TYPE', 'note_grants'), 'its GRANT_TYPE is in the list note_grants'],
  [
    rule.outlives(
      'MADE_AT',
      {
        table: 'LIMITS',
        where: rule.contains('NAME', 'Expiry'),
        name: 'NAME',
        period: 'VALUE',
        unit: 'minutes',
        group: ['OF', 'TENANT'],
      },
      'cut_off',
    ),
    'its MADE_AT lies further before the cut-off than every LIMITS.VALUE (minutes) that applies for the same TENANT, or if it states none, for any (counting only rows for which LIMITS.NAME contains Expiry)',
  ],
  [rule.equals('ACTION', 7), 'its ACTION is 7'],
  [rule.isNull('OWNER'), 'its OWNER is NULL'],
  [rule.isNotNull('OWNER'), 'its OWNER is not NULL'],
  [rule.moreThan('PERIOD', 0), 'its PERIOD is more than 0'],
  [rule.atMost('PERIOD', 0), 'its PERIOD is at most 0'],
  [rule.finite('PERIOD'), 'its PERIOD is finite'],
  [rule.enabled('note_sweep'), 'setting note_sweep is yes'],
  [rule.before('MADE_AT', 'log_cut_off'), 'its MADE_AT is before the log cut-off'],
  [rule.epochBefore('MADE_AT', 'milliseconds', 'cut_off'), 'its MADE_AT is before the cut-off'],
  [
    rule.periodOver('MADE_AT', 'PERIOD', 'seconds', 'cut_off'),
    'its PERIOD, counted from its MADE_AT, ended before the cut-off',
  ],
  [rule.unless(closed), 'its STATUS is not CLOSED'],
  [rule.unless(rule.isNull('STATUS')), 'this is false or unknown: its STATUS is NULL'],
  [rule.alone(['PATH', 'TENANT']), 'no other row with the same PATH and TENANT is left'],
  [rule.superseded(['PATH', 'TENANT'], 'ID'), 'a row with the same PATH and TENANT has a larger ID'],
  [rule.sighted(['ID'], 'sighting_cut_off'), 'a run before the sighting cut-off saw its ID in the same state'],
  [
    rule.ifColumn('STATUS', closed, rule.isNull('OWNER')),
    'if the table has a column STATUS, its STATUS is CLOSED; if not, its OWNER is NULL',
  ],
  [
    rule.all(closed, rule.any(rule.isNull('A'), rule.isNull('B'))),
    'its STATUS is CLOSED, and (its A is NULL, or its B is NULL)',
  ],
  [rule.any(closed, rule.isNull('A')), 'its STATUS is CLOSED, or its A is NULL'],
  [rule.all(rule.any(closed)), 'its STATUS is CLOSED'],
  [rule.noRow('TAG', { NOTE_ID: 'ID', TENANT: 'TENANT' }), 'no row of TAG has its ID as NOTE_ID and TENANT'],
  [rule.noRowExactly('TAG', { ID: 'ID' }), 'no row of TAG has its ID to the last character'],
  [rule.noRowIfThere('TAG', { ID: 'ID' }), 'no row of TAG has its ID'],
  [
    rule.noRow('TAG', { ID: 'ID' }, rule.oneOf('KIND', 'x')),
    'no row of TAG has its ID (counting only rows for which TAG.KIND is x)',
  ],
  [
    rule.someRow('TAG', { ID: 'ID' }, rule.noRow('LINK', { TAG_ID: 'NAME' })),
    'a row of TAG has its ID (counting only rows for which no row of LINK has TAG.NAME as TAG_ID)',
  ],
];

test.each(described)('%o in words', (predicate, sentence) => {
  expect(words(predicate)).toBe(sentence);
});

test('every kind that there is is described above', () => {
  const kinds = new Set(described.map(([{ kind }]) => kind));
  expect([...kinds].sort()).toEqual(Object.keys(predicateKinds).sort());
});

test('names are spelled as the schema has them', () => {
  const spelling = {
    table: (name: string) => name.toLowerCase(),
    column: (_: string, name: string) => name.toLowerCase(),
  };
  expect(describeRule(rule.noRow('TAG', { ID: 'ID' }, closed), 'NOTE', spelling)).toBe(
    'no row of tag has its id (counting only rows for which tag.status is CLOSED)',
  );
});

test('a cut-off is named with a hyphen', () => {
  expect(['cut_off', 'audit_cut_off'].map(cutOffInWords)).toEqual(['the cut-off', 'the audit cut-off']);
});

describe.each(policies.map((policy) => [policy.name, policy] as const))('%s', (_, policy) => {
  test('every rule, and every part of one, has words that name what it reads', () => {
    for (const [part, table] of policy.steps.flatMap(rulesOf)) {
      const sentence = describeRule(part, table);
      expect(sentence).not.toMatch(/undefined|\s{2}|[\r\n]/);
      if ('column' in part) expect(sentence).toContain(part.column);
      if ('where' in part && part.where) expect(sentence).toContain('counting only rows');
    }
  });
});
