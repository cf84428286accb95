import { describe, expect, test } from 'vitest';
import { loadProfile } from '../../../src/dialects/profiles.js';
import { findDialect } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { sessions } from '../../../src/policies/sessions.js';
import { tokens } from '../../../src/policies/tokens.js';
import type { Policy } from '../../../src/policy/types.js';
import { renderPlan } from '../../../src/render/render-plan.js';
import type { DeleteRule, ForeignKey, Schema, Table } from '../../../src/schema/types.js';
import { completeSchema } from '../../support/data/later-tables.js';
import { madeUpNotes } from '../../support/made-up/policy.js';
import { madeUpSchema } from '../../support/made-up/schema.js';

const dialect = findDialect('postgresql');
const profile = loadProfile('identity-5.14', dialect);
const token = 'idn_oauth2_access_token';

const problemsOf = (schema: Schema, policy: Policy = tokens): readonly string[] =>
  makePlan(policy, schema, dialect, { prefix: 'cleanup_', backup: 'deleted-rows' }).problems.map(({ what }) => what);

const keyTo = (references: string, column: string, onDelete: DeleteRule = 'CASCADE'): ForeignKey => ({
  columns: [column],
  references,
  referencedColumns: ['token_id'],
  onDelete,
});

/** The profile with one more foreign key on a table. */
const withKey = (name: string, key: ForeignKey): Schema => ({
  ...profile,
  tables: profile.tables.map((table) =>
    table.name === name ? { ...table, foreignKeys: [...table.foreignKeys, key] } : table,
  ),
});

const withTable = (table: Table): Schema => ({ ...profile, tables: [...profile.tables, table] });

const noteTable = (name: string): Table => {
  const [note] = madeUpSchema('postgresql').tables;
  if (note === undefined) throw new Error('the made-up product has a table');
  return { ...note, name };
};

test('plans the profile as it is', () => {
  expect(problemsOf(profile)).toEqual([]);
});

test.each([
  ['what runs dry', 'mysql', 'apim-4.5', 'dryRun'],
  ['what deletes a batch', 'mssql', 'identity-5.14', 'batch'],
  ['what puts a batch back', 'mssql', 'identity-5.14', 'restoreBatch'],
] as const)(
  'the name of %s fits into the limit, however long the name of the procedure is',
  (_, name, profile, key) => {
    const other = findDialect(name);
    const { nameLimit } = other.capabilities;
    const [procedure, restore] = ['p'.repeat(nameLimit), 'r'.repeat(nameLimit)];
    const choices = { prefix: 'cleanup_', backup: 'deleted-rows', procedure, restore } as const;
    const { plan } = makePlan(tokens, loadProfile(profile, other), other, choices);
    expect(plan?.names[key]?.length).toBe(nameLimit);
    expect([procedure, restore]).not.toContain(plan?.names[key]);
  },
);

test('refuses a token table that refers to itself, whose live rows could go with dead ones', () => {
  expect(problemsOf(withKey(token, keyTo(token, 'parent_id')))).toEqual([expect.stringContaining('refers to itself')]);
});

test('refuses codes that would go with their tokens, dead or not', () => {
  expect(problemsOf(withKey('idn_oauth2_authorization_code', keyTo(token, 'token_id')))).toEqual(
    expect.arrayContaining([expect.stringContaining('its live rows would go with dead ones')]),
  );
});

test('refuses a child that hangs on a token in two ways, whose rows would be kept twice', () => {
  expect(problemsOf(withKey('idn_oauth2_access_token_scope', keyTo(token, 'token_scope')))).toEqual([
    expect.stringContaining('in more than one way'),
  ]);
});

test('refuses to choose between two token tables that differ in case', () => {
  const original = profile.tables.find(({ name }) => name === token);
  if (original === undefined) throw new Error('no token table');
  const copy = { ...original, name: token.toUpperCase(), foreignKeys: [] };
  expect(problemsOf(withTable(copy))).toEqual([expect.stringContaining('has more than one table')]);
});

test('refuses states in a type that finds "revoked" and "REVOKED" equal', () => {
  expect(dialect.expressions.family('citext')).toBe('other');
  expect(dialect.expressions.family('character varying(25)')).toBe('text');
});

test('refuses a session mapping that cannot be cleaned, as it does the store itself', () => {
  const tables = profile.tables.map((table) =>
    table.name === 'idn_auth_session_app_info' ? { ...table, obstacle: 'is partitioned' } : table,
  );
  expect(problemsOf({ ...profile, tables }, sessions)).toEqual(['idn_auth_session_app_info is partitioned']);
});

test('refuses a session mapping that another table refers to, whose rows would go with it', () => {
  const note: ForeignKey = {
    columns: ['session_id'],
    references: 'idn_auth_user_session_mapping',
    referencedColumns: ['session_id'],
    onDelete: 'CASCADE',
  };
  const original = profile.tables.find(({ name }) => name === 'idn_auth_session_app_info');
  if (original === undefined) throw new Error('no table of session applications');
  const noted = withTable({ ...original, name: 'session_note', foreignKeys: [note] });
  expect(problemsOf(noted, sessions)).toEqual([
    'session_note refers to idn_auth_user_session_mapping, whose rows go with those of idn_auth_session_store, by a foreign key of which this cleanup knows nothing',
    'session_note refers to idn_auth_user_session_mapping, which has no primary key: the server would delete its rows uncopied',
  ]);
});

test('refuses two cleaned tables that refer to each other, of which neither could be restored first', () => {
  const circle = (references: string): ForeignKey => ({
    columns: ['id'],
    references,
    referencedColumns: ['id'],
    onDelete: 'NO ACTION',
  });
  const schema = withTable({ ...noteTable('made_up_note'), foreignKeys: [circle('made_up_twin')] });
  const tables = [...schema.tables, { ...noteTable('made_up_twin'), foreignKeys: [circle('made_up_note')] }];
  const [step] = madeUpNotes.steps;
  if (step === undefined) throw new Error('the made-up policy has a step');
  const steps = ['MADE_UP_NOTE', 'MADE_UP_TWIN'].map((table) => ({ ...step, table, unreferenced: true as const }));
  expect(problemsOf({ ...schema, tables }, { ...madeUpNotes, steps })).toEqual([
    'made_up_note and made_up_twin refer to each other by foreign keys in a circle, so that their rows could not be restored',
  ]);
});

describe('a table without key and index', () => {
  const keyless = (name: string): Schema => {
    const whole = completeSchema(name);
    const codes = 'IDN_OAUTH2_AUTHORIZATION_CODE';
    const isCodes = (other: string) => other.toUpperCase() === codes;
    return {
      ...whole,
      tables: whole.tables.map((table) => ({
        ...table,
        ...(isCodes(table.name) && { primaryKey: [], indexes: [] }),
        foreignKeys: table.foreignKeys.filter(({ references }) => !isCodes(references)),
      })),
    };
  };
  const reasonsOf = (name: string): readonly (readonly string[])[] => {
    const [of, choices] = [findDialect(name), { prefix: 'cleanup_', backup: 'deleted-rows' } as const];
    const { plan } = makePlan(tokens, keyless(name), of, choices);
    if (plan === undefined) throw new Error('no plan');
    expect(renderPlan(plan, of, {}).install.map(({ file }) => file)).toContain('30-cleanup_tokens.sql');
    return plan.steps
      .filter(({ table }) => table.name.toUpperCase() === 'IDN_OAUTH2_AUTHORIZATION_CODE')
      .map(({ rule }) => rule.reasons.map((reason) => reason.name));
  };

  test.each(['mysql', 'mariadb', 'mssql', 'oracle'])('is gone through once per reason on %s', (name) => {
    expect(reasonsOf(name)).toEqual([['inactive'], ['period_over']]);
  });

  test('is gone through once on PostgreSQL, block by block', () => {
    expect(reasonsOf('postgresql')).toEqual([['inactive', 'period_over']]);
  });

  test.each(['postgresql', 'mysql', 'mssql', 'oracle'])(
    'is left alone on %s if rows of another go with it, which would go uncopied',
    (name) => {
      const whole = completeSchema(name);
      const tables = whole.tables.map((table) =>
        /^IDN_OAUTH2_ACCESS_TOKEN$/i.test(table.name) ? { ...table, primaryKey: [] } : table,
      );
      const { problems } = makePlan(tokens, { ...whole, tables }, findDialect(name), {
        prefix: 'cleanup_',
        backup: 'none',
      });
      expect(problems.map(({ what }) => what.toUpperCase())).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/TOKEN_SCOPE.* REFERS TO IDN_OAUTH2_ACCESS_TOKEN, WHICH HAS NO/),
        ]),
      );
    },
  );
});
