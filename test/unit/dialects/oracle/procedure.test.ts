import { describe, expect, test } from 'vitest';
import { oracle } from '../../../../src/dialects/oracle/index.js';
import { makePlan } from '../../../../src/plan/make-plan.js';
import { policies } from '../../../../src/policies/index.js';
import { renderPlan } from '../../../../src/render/render-plan.js';
import type { Schema } from '../../../../src/schema/types.js';
import { completeSchema } from '../../../support/data/later-tables.js';

const complete = completeSchema('oracle');

/** The statements of a cleanup's files, one after another. */
function sqlOf(policyName: string, schema: Schema = complete): string {
  const policy = policies.find(({ name }) => name === policyName);
  if (policy === undefined) throw new Error(`no policy ${policyName}`);
  const { plan } = makePlan(policy, schema, oracle, { prefix: 'cleanup_', backup: 'deleted-rows' });
  if (plan === undefined) throw new Error(`no plan for ${policyName}`);
  return renderPlan(plan, oracle, {})
    .install.map(({ text }) => text)
    .join('\n');
}

describe('rows that a policy of the database hides', () => {
  test('are looked for under the names of the dictionary, however the schema was written', () => {
    const sql = sqlOf('jti', { ...complete, namespace: 'wso2' });
    expect(sql).toMatch(/c_schema +CONSTANT VARCHAR2\(128\) := SYS_CONTEXT\('USERENV', 'CURRENT_SCHEMA'\);/);
    expect(sql).toMatch(
      /FROM ALL_POLICIES p\s+WHERE p.OBJECT_OWNER = c_schema AND p.OBJECT_NAME = v_table AND p.ENABLE = 'YES'/,
    );
    expect(sql).toContain("wso2.CLEANUP_KIT.expect(v_run, 'IDN_OIDC_JTI', 'CLEANUP_BAK_IDN_OIDC_JTI', 3);");
  });
});

test('a run that stops since somebody may refer to a table unseen says what to revoke', () => {
  expect(sqlOf('jti')).toContain(
    "', may refer to it unseen: REVOKE REFERENCES ON ' || v_table || ' FROM ' || g.GRANTEE",
  );
});

test('the blanks that fill up a CHAR do not tell it from a VARCHAR2', () => {
  const sql = sqlOf('stale_actions');
  expect(sql).toContain('WHERE o.PROPERTY_VALUE = RTRIM(t.UUID)');
  expect(sql).not.toMatch(/o\.PROPERTY_VALUE = t\.UUID/);
});

test('a run lets go of its lists at its end, so that they can be dropped while its session is open', () => {
  const sql = sqlOf('sessions');
  expect(sql).toContain("CLEANUP_KIT.emptied(v_run, 'CLEANUP_DEAD_IDN_AUTH_SESSION_STORE');");
  // What was seen is kept from run to run.
  expect(sql).not.toContain("emptied(v_run, 'CLEANUP_SIGHTING");
});

test('the backlog reads the log once to tell what was superseded, not once a row', () => {
  const view = sqlOf('registry').split('CREATE OR REPLACE VIEW CLEANUP_BACKLOG_')[1] ?? '';
  expect(view).toContain('MAX(n.REG_LOG_ID) OVER (PARTITION BY n.REG_PATH, n.REG_TENANT_ID) AS NEWEST');
  expect(view).toContain('WHERE n.REG_PATH IS NOT NULL');
  expect(view).toContain('WHEN t.REG_LOG_ID < t.NEWEST');
  expect(view).not.toContain('NOT IN');
});

test.each([
  ['sessions', 3],
  ['revocations', 1],
  ['tokens', 0],
])('the backlog of %s computes a cut-off in numbers once, and not for each row', (policy, epochs) => {
  const view = sqlOf(policy).split('CREATE OR REPLACE VIEW CLEANUP_BACKLOG_')[1]?.split('-- @end')[0] ?? '';
  // Merged into the query around it, the column would be computed for each row all the same.
  expect(view.includes('SELECT /*+ NO_MERGE */ m.*')).toBe(epochs > 0);
  expect(view.match(/, 'J'\)/g) ?? []).toHaveLength(epochs);
  expect(view.split('\n)\nSELECT ')[1] ?? '').not.toContain("'SSSSS'");
});

test('the header warns of a foreign key that no index on the child answers', () => {
  const warning = /IDN_OAUTH2_ACCESS_TOKEN_SCOPE has no index on TOKEN_ID/;
  expect(sqlOf('tokens')).not.toMatch(warning);
  const tables = complete.tables.map((table) =>
    table.name === 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE' ? { ...table, primaryKey: [], indexes: [] } : table,
  );
  expect(sqlOf('tokens', { ...complete, tables })).toMatch(warning);
});

describe('statements of a batch', () => {
  test('name the index that they go along', () => {
    const sql = sqlOf('jti');
    expect(sql).toContain('SELECT /*+ INDEX_ASC(k (JWT_ID)) */ k.JWT_ID');
    expect(sql).toContain("SELECT /*+ INDEX(t (JWT_ID)) */ t.ROWID, 'expired'");
  });

  test('go along the list of a batch, and look up the rest row by row, if an index leads there', () => {
    const sql = sqlOf('sessions');
    for (const [part, hint] of [
      ['c.ROWID\n          FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l', 'LEADING(l c) USE_NL(c) INDEX(l (RUN_ID))'],
      [
        "COUNT(*)\n              + NVL(SUM(ORA_HASH(l.SESSION_ID || ':' || ROWIDTOCHAR(o.ROWID))), 0)\n           FROM CLEANUP_DEAD_IDN_AUTH_SESSION_STORE l",
        'LEADING(l o) USE_NL(o) INDEX(l (RUN_ID))',
      ],
      ['1 FROM IDN_AUTH_SESSION_STORE s\n', 'NO_UNNEST INDEX(s (SESSION_ID))'],
      ['1 FROM IDN_AUTH_SESSION_STORE t\n', 'NO_UNNEST INDEX(t (SESSION_ID))'],
    ] as const) {
      expect(sql).toContain(`SELECT /*+ ${hint} */ ${part}`);
    }
    const tables = complete.tables.map((table) =>
      table.name === 'IDN_AUTH_SESSION_APP_INFO' ? { ...table, primaryKey: [], indexes: [] } : table,
    );
    const follower = /SELECT (\/\*[^*]*\*\/ )?c\.ROWID\s+FROM \w+ l\s+JOIN IDN_AUTH_SESSION_APP_INFO c/.exec(
      sqlOf('sessions', { ...complete, tables }),
    );
    expect(follower?.[0]).toBeDefined();
    expect(follower?.[1]).toBeUndefined();
  });

  test('name none where no index leads that way', () => {
    const tables = complete.tables.map((table) => (table.name === 'IDN_VC_NONCE' ? { ...table, indexes: [] } : table));
    const sql = sqlOf('vc_nonces', { ...complete, tables });
    expect(sql).toContain('SELECT /*+ INDEX_ASC(k (NONCE)) */ k.NONCE');
    expect(sql).not.toContain('INDEX(t ');
  });
});
