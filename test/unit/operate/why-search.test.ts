import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { dialects, findDialect } from '../../../src/dialects/registry.js';
import { waysToRows } from '../../../src/operate/why/naming.js';
import { isJwt, type Search, searchFor, searchForSecret, writtenHashes } from '../../../src/operate/why/search.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { policies } from '../../../src/policies/index.js';
import { completeSchema } from '../../support/data/later-tables.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('what a row is looked for by', () => {
  test('an identifier is itself, and a hash if it has the digits of one', () => {
    expect(searchFor('2f1c9a10-6b7e')).toEqual({ values: ['2f1c9a10-6b7e'], hashes: [], isSecret: false });
    const hash = sha256('x');
    expect(searchFor(hash.toUpperCase()).hashes).toEqual([hash]);
    expect(searchFor(hash.slice(1)).hashes).toEqual([]);
  });

  test('a secret is looked for by its own hash', () => {
    expect(searchForSecret('token')).toEqual({ values: ['token'], hashes: [sha256('token')], isSecret: true });
  });

  test('of a JWT the product keeps the id', () => {
    const jwt = `${part({ alg: 'RS256' })}.${part({ jti: 'the-id' })}.c2lnbmF0dXJl`;
    expect(isJwt(jwt)).toBe(true);
    expect(searchForSecret(jwt).values).toEqual([jwt, 'the-id']);
    expect(searchForSecret(jwt).hashes).toContain(sha256('the-id'));
  });

  test.each([
    ['without an id', `${part({ alg: 'x' })}.${part({ sub: 'me' })}.s`],
    ['whose second part is no JSON', `${part({ alg: 'x' })}.bm8ganNvbg.s`],
  ])('a JWT %s is looked for as it is', (_, jwt) => {
    expect(searchForSecret(jwt).values).toEqual([jwt]);
  });

  test('the product writes a hash alone, or in JSON with the name of its algorithm', () => {
    const hash = sha256('x');
    expect(writtenHashes(hash)).toEqual([
      hash,
      `{"hash":"${hash}","algorithm":"SHA-256"}`,
      `{"algorithm":"SHA-256","hash":"${hash}"}`,
    ]);
  });
});

const stepsOf = (dialectName: string) => {
  const dialect = findDialect(dialectName);
  const schema = completeSchema(dialect.templates as 'mysql');
  return policies.flatMap((policy) => {
    const { plan } = makePlan(policy, schema, dialect, { prefix: 'cleanup_', backup: 'deleted-rows' });
    return (plan?.steps ?? []).map((step) => ({ step, where: { dialect, schema } }));
  });
};

/** `TABLE.COLUMN` of every way to rows that a search has. */
const waysOf = (dialect: string, search: Search): readonly string[] =>
  stepsOf(dialect).flatMap(({ step, where }) =>
    waysToRows(step, search, where).map(({ column }) => `${step.table.name}.${column}`.toUpperCase()),
  );

describe.each(dialects.map(({ name }) => name))('on %s', (dialect) => {
  test('an id leads to tokens, codes, sessions and all that is named by it', () => {
    expect(waysOf(dialect, searchFor('an-id'))).toEqual(
      expect.arrayContaining([
        'IDN_OAUTH2_ACCESS_TOKEN.TOKEN_ID',
        'IDN_OAUTH2_AUTHORIZATION_CODE.CODE_ID',
        'IDN_OAUTH2_AUTHORIZATION_CODE.TOKEN_ID',
        'IDN_AUTH_SESSION_STORE.SESSION_ID',
        'IDN_AUTH_TEMP_SESSION_STORE.SESSION_ID',
        'IDN_AUTH_USER_SESSION_MAPPING.SESSION_ID',
        'IDN_OAUTH2_DEVICE_FLOW.DEVICE_CODE',
        'IDN_OIDC_JTI.JWT_ID',
      ]),
    );
  });

  test('no id leads to a hash, to a path or to a number', () => {
    expect(waysOf(dialect, searchFor('an-id')).filter((way) => /HASH|REG_PATH|REG_LOG/.test(way))).toEqual([]);
  });

  test('a path leads to log entries, resources and what belongs to them', () => {
    expect(waysOf(dialect, searchFor('/a/b')).filter((way) => /PATH/.test(way))).toEqual([
      ...['REG_RESOURCE', 'REG_RESOURCE'].map((table) => `${table}.REG_PATH_VALUE`),
      ...['REG_LOG', 'REG_LOG'].map((table) => `${table}.REG_PATH`),
      ...['REG_RESOURCE_PROPERTY', 'REG_RESOURCE_PROPERTY'].map((table) => `${table}.REG_PATH_VALUE`),
      ...['REG_RESOURCE_TAG', 'REG_RESOURCE_TAG'].map((table) => `${table}.REG_PATH_VALUE`),
    ]);
  });

  test('a secret leads to columns of hashes, and to a number never', () => {
    const ways = waysOf(dialect, searchForSecret('1234'));
    expect(ways).toEqual(
      expect.arrayContaining([
        'IDN_OAUTH2_ACCESS_TOKEN.ACCESS_TOKEN_HASH',
        'IDN_OAUTH2_ACCESS_TOKEN.REFRESH_TOKEN_HASH',
        'IDN_OAUTH2_AUTHORIZATION_CODE.AUTHORIZATION_CODE_HASH',
      ]),
    );
    expect(ways.filter((way) => way === 'REG_LOG.REG_LOG_ID')).toEqual([]);
    expect(waysOf(dialect, searchFor('1234'))).toContain('REG_LOG.REG_LOG_ID');
  });

  test('what is looked for is handed over beside the statement, and stands in none', () => {
    for (const search of [
      searchFor("o'hara"),
      searchFor('/o/hara'),
      searchForSecret('ohara'),
      searchFor(sha256('hara')),
    ]) {
      for (const { step, where } of stepsOf(dialect)) {
        for (const { naming } of waysToRows(step, search, where)) {
          const sql = naming.condition('t');
          expect(sql).not.toMatch(/hara/);
          expect(sql).not.toContain(sha256('hara'));
          expect(naming.parameters.length).toBeGreaterThan(0);
        }
      }
    }
  });
});

test('a schema that keeps no hash of a token is looked at by the token itself, if that is a secret that nobody sees', () => {
  const dialect = findDialect('mysql');
  const schema = completeSchema('mysql');
  const tables = schema.tables.map((table) => ({
    ...table,
    columns: table.columns.filter(({ name }) => name !== 'ACCESS_TOKEN_HASH'),
  }));
  const { plan } = makePlan(policies[0] as never, { ...schema, tables }, dialect, {
    prefix: 'cleanup_',
    backup: 'deleted-rows',
  });
  const [step] = plan?.steps ?? [];
  const ways = (search: Search) =>
    step === undefined ? [] : waysToRows(step, search, { dialect, schema }).map(({ column }) => column);
  expect(ways(searchForSecret('token'))).toContain('ACCESS_TOKEN');
  expect(ways(searchFor('token'))).not.toContain('ACCESS_TOKEN');
});
