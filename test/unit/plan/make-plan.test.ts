import { expect, test } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { sessions } from '../../../src/policies/sessions.js';
import { tokens } from '../../../src/policies/tokens.js';
import type { Policy } from '../../../src/policy/types.js';
import { loadProfile } from '../../../src/schema/profiles.js';
import type { DeleteRule, ForeignKey, Schema, Table } from '../../../src/schema/types.js';

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

test('plans the profile as it is', () => {
  expect(problemsOf(profile)).toEqual([]);
});

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
  ]);
});
