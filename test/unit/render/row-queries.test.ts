import { describe, expect, test } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import type { Plan } from '../../../src/plan/types.js';
import { confirmationCodes } from '../../../src/policies/confirmation-codes.js';
import { registry } from '../../../src/policies/registry.js';
import { sessions } from '../../../src/policies/sessions.js';
import { tokens } from '../../../src/policies/tokens.js';
import type { Policy } from '../../../src/policy/types.js';
import { cutOffQuery } from '../../../src/render/cut-off-query.js';
import { rowQueries } from '../../../src/render/row-queries.js';
import { completeSchema } from '../../support/data/later-tables.js';

function planOf(policy: Policy, name: 'mssql' | 'oracle' | 'postgresql' | 'mysql') {
  const dialect = findDialect(name);
  const { plan } = makePlan(policy, completeSchema(name), dialect, { prefix: 'cleanup_', backup: 'deleted-rows' });
  if (plan === undefined) throw new Error(`no plan for ${policy.name}`);
  return { plan, dialect };
}

function queriesOf(policy: Policy, name: Parameters<typeof planOf>[1], table: string, at = 0) {
  const { plan, dialect } = planOf(policy, name);
  const step = plan.steps.filter((one) => one.table.name.toUpperCase() === table)[at];
  if (step === undefined) throw new Error(`no step for ${table}`);
  return rowQueries(step, (alias) => `${alias}.X = ${dialect.expressions.bound(1, step.table.columns[0] as never)}`, {
    dialect,
    schema: plan.schema,
    earlier: [],
  });
}

const withoutColumns = (sql = ''): string => sql.replace(/^SELECT .*$/m, 'SELECT …');

describe('what other tables hold for a row is joined as the rule compares it', () => {
  test('on SQL Server', () => {
    const { others } = queriesOf(tokens, 'mssql', 'IDN_OAUTH2_AUTHORIZATION_CODE');
    expect(others.map(({ sql }) => withoutColumns(sql))).toEqual([
      [
        'SELECT …',
        'FROM IDN_OAUTH2_AUTHORIZATION_CODE t',
        'JOIN IDN_OAUTH2_ACCESS_TOKEN o1 ON o1.TOKEN_ID = t.TOKEN_ID',
        'WHERE t.X = CAST(@p1 AS VARCHAR(8000))',
      ].join('\n'),
      [
        'SELECT …',
        'FROM IDN_OAUTH2_AUTHORIZATION_CODE t',
        'JOIN IDN_OIDC_REQ_OBJECT_REFERENCE o1 ON o1.CODE_ID = t.CODE_ID',
        'WHERE t.X = CAST(@p1 AS VARCHAR(8000))',
      ].join('\n'),
    ]);
  });

  test('by way of rows between, exactly where the rule is exact', () => {
    const { others } = queriesOf(registry, 'mysql', 'REG_RESOURCE');
    const chains = others.map(({ chain }) => chain.map(({ table }) => table).join(' > '));
    expect(chains).toEqual([
      'REG_PATH',
      ...Array.from({ length: 4 }, () => ['REG_RESOURCE_PROPERTY', 'REG_RESOURCE_PROPERTY > REG_PROPERTY']).flat(),
    ]);
    expect(withoutColumns(others.at(-1)?.sql)).toBe(
      [
        'SELECT …',
        'FROM REG_RESOURCE t',
        'JOIN REG_RESOURCE_PROPERTY o1 ON o1.REG_PATH_ID = t.REG_PATH_ID AND o1.REG_RESOURCE_NAME = t.REG_NAME AND CAST(o1.REG_RESOURCE_NAME AS BINARY) = CAST(t.REG_NAME AS BINARY) AND o1.REG_TENANT_ID = t.REG_TENANT_ID',
        'JOIN REG_PROPERTY o2 ON o2.REG_ID = o1.REG_PROPERTY_ID AND o2.REG_TENANT_ID = o1.REG_TENANT_ID',
        'WHERE t.X = ?',
      ].join('\n'),
    );
  });

  test('periods that rows state are read where they count for anybody', () => {
    const { stated } = queriesOf(confirmationCodes, 'oracle', 'IDN_RECOVERY_DATA');
    expect(withoutColumns(stated[0]?.sql)).toMatch(
      /^SELECT …\nFROM IDP_METADATA p\nWHERE INSTR\(p\.NAME, 'ExpiryTime'\) > 0\nAND EXISTS \(\n {2}SELECT 1 FROM IDP o\b/,
    );
  });
});

describe('all rows of one thing are read once, and numbered by thing', () => {
  test('of a session as the server compares its id', () => {
    const [thing] = queriesOf(sessions, 'oracle', 'IDN_AUTH_SESSION_STORE').things;
    expect(thing?.sql).toMatch(/DENSE_RANK\(\) OVER \(ORDER BY n\.SESSION_ID, n\.SESSION_TYPE\) AS thing\n/);
    expect(withoutColumns(thing?.sql)).toBe(
      [
        'SELECT …',
        'FROM IDN_AUTH_SESSION_STORE n',
        'WHERE EXISTS (SELECT 1 FROM IDN_AUTH_SESSION_STORE t WHERE t.X = :1 AND n.SESSION_ID = t.SESSION_ID AND n.SESSION_TYPE = t.SESSION_TYPE)',
      ].join('\n'),
    );
  });

  test('of a path to the last character', () => {
    const [thing] = queriesOf(registry, 'mssql', 'REG_LOG').things;
    expect(thing?.sql).toContain("ORDER BY n.REG_PATH + N'.' COLLATE Latin1_General_BIN2, n.REG_TENANT_ID) AS thing");
    expect(thing?.sql).toContain(
      "n.REG_PATH = t.REG_PATH AND n.REG_PATH + N'.' COLLATE Latin1_General_BIN2 = t.REG_PATH + N'.' COLLATE Latin1_General_BIN2",
    );
  });
});

describe('a timestamp is read in microseconds on the clock that wrote it, and beside it whether it is NULL', () => {
  test.each([
    ['postgresql', 'floor(extract(epoch FROM t.time_created) * 1000000) AS v0_'],
    ['mssql', "DATEDIFF_BIG(MICROSECOND, '19700101', t.TIME_CREATED) AS v0_"],
    [
      'oracle',
      "(TO_NUMBER(TO_CHAR(t.TIME_CREATED, 'J')) - 2440588) * 86400 + TO_NUMBER(TO_CHAR(t.TIME_CREATED, 'SSSSS')",
    ],
    // As an instant, whatever the zone of the session.
    ['mysql', 'INTERVAL NULLIF(UNIX_TIMESTAMP(t.TIME_CREATED), 0) SECOND) AS v0_'],
  ] as const)('on %s', (name, expression) => {
    const { sql } = queriesOf(tokens, name, 'IDN_OAUTH2_ACCESS_TOKEN').rows;
    expect(sql).toContain(expression);
    expect(sql).toMatch(/CASE WHEN t\.TIME_CREATED IS NULL THEN 1 ELSE 0 END AS n0_/i);
  });

  test('no column is read that no rule asks about, but the key', () => {
    const [columns = []] = queriesOf(tokens, 'oracle', 'IDN_OAUTH2_ACCESS_TOKEN').rows.levels;
    expect(columns.map(({ name }) => name).sort()).toEqual([
      'GRANT_TYPE',
      'REFRESH_TOKEN_TIME_CREATED',
      'REFRESH_TOKEN_VALIDITY_PERIOD',
      'TIME_CREATED',
      'TOKEN_ID',
      'TOKEN_STATE',
      'VALIDITY_PERIOD',
    ]);
  });
});

describe('cut-offs come from the clock of the database, by the words of the backlog', () => {
  const query = ({ plan, dialect }: { plan: Plan; dialect: ReturnType<typeof findDialect> }): string =>
    cutOffQuery(plan, dialect, undefined, (name) => String(plan.parameters.find((one) => one.name === name)?.default));

  test('on Oracle, where a SELECT needs a table', () => {
    expect(query(planOf(sessions, 'oracle'))).toContain(
      [
        '  FROM (',
        "    SELECT '120' AS expiry_grace_minutes, '14' AS session_age_days, '12' AS deleted_after_hours, 'no' AS orphan_sweep, SYS_EXTRACT_UTC(SYSTIMESTAMP) AS utc_now FROM DUAL",
        '  ) n',
        ') m',
      ].join('\n'),
    );
  });

  test('on SQL Server', () => {
    const sql = query(planOf(tokens, 'mssql'));
    expect(sql).toContain("DATEDIFF_BIG(MICROSECOND, '19700101', m.utc_now) AS utc_now");
    expect(sql).toContain('DATEADD(MINUTE, -CAST(n.safe_period_minutes AS BIGINT), DATEADD(HOUR, ');
    expect(sql).toContain(' AS cut_off_0');
  });
});
