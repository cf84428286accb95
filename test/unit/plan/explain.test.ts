import { describe, expect, test } from 'vitest';
import { loadProfile } from '../../../src/dialects/profiles.js';
import { findDialect } from '../../../src/dialects/registry.js';
import type { IndexAdvice } from '../../../src/plan/advise.js';
import { type Explanation, explain } from '../../../src/plan/explain.js';
import { resolveStep } from '../../../src/plan/resolve-step.js';
import { policies } from '../../../src/policies/index.js';
import { tablesLookedAtBy } from '../../../src/policy/columns.js';
import type { Policy } from '../../../src/policy/types.js';
import { reportExplanation } from '../../../src/report/report-explanation.js';
import { findTable } from '../../../src/schema/find.js';
import type { Schema, Table } from '../../../src/schema/types.js';

const profiles = [
  ['apim-2.6', 'mysql'],
  ['apim-2.1', 'postgresql'],
  ['identity-5.14', 'postgresql'],
  ['apim-4.5', 'mysql'],
  ['apim-4.5', 'mariadb'],
] as const;

const profile = (name: string, dialect: string): Schema => loadProfile(name, findDialect(dialect));

const explanationsOf = (schema: Schema): Readonly<Record<string, Explanation>> =>
  Object.fromEntries(
    policies.map((policy) => [
      policy.name,
      explain(policy, schema, findDialect(schema.dialect), { prefix: 'cleanup_', backup: 'deleted-rows' }),
    ]),
  );

const adviceFor = (schema: Schema): readonly IndexAdvice[] =>
  Object.values(explanationsOf(schema)).flatMap(({ advice }) => advice);
const statementsFor = (schema: Schema): readonly string[] => adviceFor(schema).map(({ statement }) => statement);

/** The schema with one table changed. */
const withTable = (schema: Schema, name: string, change: (table: Table) => Table): Schema => ({
  ...schema,
  tables: schema.tables.map((table) => (table.name.toUpperCase() === name ? change(table) : table)),
});

/** A cleanup is for a schema that has one of its tables, and complete where it has all that it cleans and looks at. */
function stateBySchema(policy: Policy, schema: Schema): Explanation['state'] {
  const has = (name: string) => findTable(schema, name) !== undefined;
  const cleaned = policy.steps.filter(
    (step) => has(step.table) && tablesLookedAtBy(resolveStep(step, schema)).every(has),
  );
  if (cleaned.length === 0) return 'not for this schema';
  return cleaned.length === policy.steps.length ? 'complete' : 'partial';
}

const noTable = 'this schema has no such table';

describe.each([
  [
    'apim-2.6',
    'mysql',
    {
      tokens: ['IDN_OAUTH2_CIBA_AUTH_CODE', 'IDN_OAUTH2_DEVICE_FLOW'],
      sessions: [
        'IDN_AUTH_USER_SESSION_MAPPING',
        'IDN_AUTH_SESSION_APP_INFO',
        'IDN_AUTH_SESSION_META_DATA',
        'IDN_FED_AUTH_SESSION_MAPPING',
      ],
    },
  ],
  [
    'apim-2.1',
    'postgresql',
    {
      tokens: ['IDN_OAUTH2_CIBA_AUTH_CODE', 'IDN_OAUTH2_DEVICE_FLOW', 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT'],
      sessions: [
        'IDN_AUTH_TEMP_SESSION_STORE',
        'IDN_AUTH_USER_SESSION_MAPPING',
        'IDN_AUTH_SESSION_APP_INFO',
        'IDN_AUTH_SESSION_META_DATA',
        'IDN_FED_AUTH_SESSION_MAPPING',
      ],
    },
  ],
  [
    'identity-5.14',
    'postgresql',
    {
      tokens: ['IDN_OAUTH2_CIBA_AUTH_CODE', 'IDN_OAUTH2_DEVICE_FLOW'],
      sessions: ['IDN_FED_AUTH_SESSION_MAPPING'],
    },
  ],
] as const)('%s on %s', (name, dialect, expected) => {
  const schema = profile(name, dialect);
  const all = explanationsOf(schema);
  const inState = (state: Explanation['state']) =>
    policies.map((one) => one.name).filter((p) => all[p]?.state === state);
  const live = (table: string): string => (dialect === 'mysql' ? table : table.toLowerCase());

  test('says which cleanups are complete, partial, refused or not for it', () => {
    const expected = Object.fromEntries(policies.map((policy) => [policy.name, stateBySchema(policy, schema)]));
    expect(Object.fromEntries(policies.map((policy) => [policy.name, all[policy.name]?.state]))).toEqual(expected);
    // Every profile has some of each.
    expect(new Set(Object.values(expected))).toEqual(new Set(['complete', 'partial', 'not for this schema']));
    expect(inState('refused')).toEqual([]);
  });

  test('names what a partial cleanup leaves out, and why', () => {
    const leftOut = (tables: readonly string[]) => tables.map((table) => ({ table, why: noTable }));
    expect(all.tokens?.leftOut).toEqual(leftOut(expected.tokens));
    expect(all.sessions?.leftOut).toEqual(leftOut(expected.sessions));
    expect(all.confirmation_codes?.leftOut).toEqual(leftOut(['IDN_RECOVERY_FLOW_DATA']));
  });

  test('says of a cleanup without tables which they would be', () => {
    expect(all.par_requests).toMatchObject({
      why: [`profile ${name} has no table IDN_OAUTH_PAR`],
      cleans: [],
      leftOut: [],
      advice: [],
    });
  });

  test('names the tables that it cleans, and those whose rows go with them', () => {
    expect(all.jti?.cleans.map(({ table, withRowsOf }) => [table, withRowsOf])).toEqual([[live('IDN_OIDC_JTI'), []]]);
    expect(all.workflows?.cleans.map(({ withRowsOf }) => withRowsOf)).toEqual([
      [live('WF_REQUEST_ENTITY_RELATIONSHIP'), live('WF_WORKFLOW_REQUEST_RELATION')],
    ]);
  });

  test('refuses a column of a wrong type, names both types, and leaves the other cleanups alone', () => {
    const wrong = withTable(schema, 'IDN_OIDC_JTI', (table) => ({
      ...table,
      columns: table.columns.map((column) =>
        column.name.toUpperCase() === 'EXP_TIME' ? { ...column, type: 'varchar(30)', family: 'text' } : column,
      ),
    }));
    const { jti, ...others } = explanationsOf(wrong);
    expect(jti).toMatchObject({
      state: 'refused',
      why: [
        `${live('IDN_OIDC_JTI')}.${live('EXP_TIME')} is of type varchar(30), expected a date and time without zone`,
      ],
      cleans: [],
      advice: [],
    });
    const { jti: _, ...before } = all;
    expect(others).toEqual(before);
  });
});

test('calls a procedure what it is configured to be called', () => {
  const schema = profile('apim-4.5', 'mysql');
  const choices = { prefix: 'x_', backup: 'deleted-rows', procedure: 'WSO2_TOKEN_CLEANUP_SP' } as const;
  const tokens = policies.find(({ name }) => name === 'tokens');
  if (tokens === undefined) throw new Error('no policy tokens');
  const explanation = explain(tokens, schema, findDialect('mysql'), choices);
  expect(explanation.procedure).toBe('WSO2_TOKEN_CLEANUP_SP');
  expect(reportExplanation(schema, [explanation]).sections.map(({ title }) => title)).toContain(
    'WSO2_TOKEN_CLEANUP_SP',
  );
});

describe('advice', () => {
  test('names a missing child index on PostgreSQL, with its statement and what happens without it', () => {
    expect(adviceFor(profile('identity-5.14', 'postgresql'))).toContainEqual({
      table: 'idn_oidc_req_object_reference',
      columns: ['code_id'],
      helps: 'each row of idn_oauth2_authorization_code that is judged has idn_oidc_req_object_reference read whole',
      entryBytes: 52,
      statement:
        'CREATE INDEX idx_idn_oidc_req_object_reference_code_id ON public.idn_oidc_req_object_reference (code_id)',
    });
  });

  test('names an index only where the version lacks it', () => {
    const statement =
      'CREATE INDEX idx_idn_oidc_req_object_reference_token_id ON public.idn_oidc_req_object_reference (token_id)';
    expect(statementsFor(profile('apim-2.1', 'postgresql'))).toContain(statement);
    expect(statementsFor(profile('identity-5.14', 'postgresql'))).not.toContain(statement);
  });

  test('needs no index where the key answers: a scope by its token', () => {
    for (const [name, dialect] of profiles) {
      const schema = withTable(profile(name, dialect), 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE', (table) => {
        expect(table.primaryKey.map((column) => column.toUpperCase())).toEqual(['TOKEN_ID', 'TOKEN_SCOPE']);
        return { ...table, indexes: [] };
      });
      expect(adviceFor(schema).filter(({ table }) => /access_token_scope/i.test(table))).toEqual([]);
    }
  });

  test('names the index of the session stores that MySQL 2.6 lacks and 4.5 has, none on PostgreSQL', () => {
    const stores = (name: string, dialect: string) =>
      statementsFor(profile(name, dialect)).filter((statement) => /session_store/i.test(statement));
    const main =
      'CREATE INDEX IDX_IDN_AUTH_SESSION_STORE_EXPIRY_TIME_SESSION_ID ON IDN_AUTH_SESSION_STORE (EXPIRY_TIME, SESSION_ID)';
    const temporary =
      'CREATE INDEX IDX_IDN_AUTH_TEMP_SESSION_STORE_EXPIRY_TIME_SESSION_ID ON IDN_AUTH_TEMP_SESSION_STORE (EXPIRY_TIME, SESSION_ID)';
    expect(stores('apim-2.6', 'mysql')).toEqual([temporary, main]);
    // The product itself gives the temporary store none.
    expect(stores('apim-4.5', 'mysql')).toEqual([temporary]);
    expect(stores('identity-5.14', 'postgresql')).toEqual([]);
  });

  test('takes an index that begins with the tenant, where the tenant is compared as well', () => {
    const links = (columns: readonly string[]) =>
      adviceFor(
        withTable(profile('apim-2.1', 'postgresql'), 'REG_RESOURCE_PROPERTY', (table) => ({
          ...table,
          indexes: [...table.indexes, { name: 'reg_resource_property_ind_by_reg_prop_id', unique: false, columns }],
        })),
      ).filter(({ table }) => table === 'reg_resource_property');
    expect(links(['reg_tenant_id'])).toHaveLength(1);
    // The product's own index of later versions.
    expect(links(['reg_tenant_id', 'reg_property_id'])).toEqual([]);
  });

  test.each(profiles)('names each index once, also where all are gone: %s on %s', (name, dialect) => {
    const whole = profile(name, dialect);
    const bare = { ...whole, tables: whole.tables.map((table) => ({ ...table, indexes: [] })) };
    for (const { advice } of Object.values(explanationsOf(bare))) {
      const statements = advice.map(({ statement }) => statement);
      expect(statements).toEqual([...new Set(statements)]);
    }
  });

  test('keeps apart two indexes whose names are longer than the server allows', () => {
    const schema = profile('identity-5.14', 'postgresql');
    const child = (name: string): Table => ({
      name,
      columns: [{ name: 'token_id', type: 'character varying(255)', family: 'text', nullable: false }],
      primaryKey: [],
      indexes: [],
      foreignKeys: [
        {
          columns: ['token_id'],
          references: 'idn_oauth2_access_token',
          referencedColumns: ['token_id'],
          onDelete: 'CASCADE',
        },
      ],
    });
    const long = 'notes_that_somebody_keeps_of_every_access_token_of_the_far';
    const added = statementsFor({ ...schema, tables: [...schema.tables, child(`${long}_east`), child(`${long}_west`)] })
      .filter((statement) => statement.includes(long))
      .map((statement) => /CREATE INDEX (\w+) /.exec(statement)?.[1] ?? '');
    expect(added).toHaveLength(2);
    expect(new Set(added).size).toBe(2);
    for (const name of added) expect(name.length).toBeLessThanOrEqual(63);
  });

  test.each(profiles)('once followed, nothing is left of it: %s on %s', (name, dialect) => {
    const schema = profile(name, dialect);
    const followed = adviceFor(schema).reduce(
      (left, { table: on, columns, statement }) =>
        withTable(left, on.toUpperCase(), (table) => ({
          ...table,
          indexes: [...table.indexes, { name: statement, unique: false, columns }],
        })),
      schema,
    );
    expect(statementsFor(schema)).not.toEqual([]);
    expect(statementsFor(followed)).toEqual([]);
  });
});
