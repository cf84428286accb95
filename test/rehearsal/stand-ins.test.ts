import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { findDialect } from '../../src/dialects/registry.js';
import { planAll } from '../../src/plan/plan-all.js';
import { policies } from '../../src/policies/index.js';
import { spread } from '../../src/rehearsal/live/spread.js';
import { type StandIns, standIns } from '../../src/rehearsal/live/stand-ins.js';
import { findColumn, findTable } from '../../src/schema/find.js';
import type { Column, Schema } from '../../src/schema/types.js';
import { completeSchema } from '../support/data/later-tables.js';

const dialect = findDialect('mysql');
const schema = completeSchema('mysql');
const choices = { prefix: 'cleanup_', backup: 'deleted-rows' } as const;
const choicesOfAll = policies.map((policy) => ({ policy, choices, settings: {} }));
const standInsOf = (one: Schema): StandIns =>
  standIns(
    planAll(choicesOfAll, one, dialect).planned.map(({ plan }) => plan),
    one,
    randomBytes(32),
  );
const made = standInsOf(schema);

/** What a column's value becomes. */
function become(tableName: string, columnName: string, value: unknown): unknown {
  return becomeIn(schema, made, tableName, columnName, value);
}

function becomeIn(of: Schema, made: StandIns, tableName: string, columnName: string, value: unknown): unknown {
  const table = findTable(of, tableName);
  const column = table && findColumn(table, columnName);
  if (table === undefined || column === undefined) throw new Error(`no ${tableName}.${columnName}`);
  return made.of(table, column)?.(value) ?? value;
}

const token = 'eyJ4NXQiOiJNell4TW1Ga09HWXdNV0kwWldObU5EY3hOR1l3WW1NNFpUQTNNV0kyTkRB';

describe('a stand-in', () => {
  test.each([
    ['IDN_OAUTH2_ACCESS_TOKEN', 'ACCESS_TOKEN'],
    ['IDN_OAUTH2_ACCESS_TOKEN', 'REFRESH_TOKEN'],
    ['IDN_OAUTH2_ACCESS_TOKEN', 'ACCESS_TOKEN_HASH'],
    ['IDN_OAUTH2_AUTHORIZATION_CODE', 'AUTHORIZATION_CODE'],
    ['IDN_OAUTH2_AUTHORIZATION_CODE', 'AUTHORIZATION_CODE_HASH'],
    ['IDN_OAUTH2_AUTHORIZATION_CODE', 'PKCE_CODE_CHALLENGE'],
    ['IDN_OAUTH_CONSUMER_APPS', 'CONSUMER_SECRET'],
    ['IDN_OIDC_JTI', 'JWT_ID'],
    ['IDN_RECOVERY_DATA', 'CODE'],
    ['IDN_AUTH_SESSION_STORE', 'SESSION_ID'],
  ])('of %s.%s is another text of the same length', (table, column) => {
    const standIn = become(table, column, token);
    expect(standIn).not.toBe(token);
    expect(String(standIn)).toHaveLength(token.length);
    expect(become(table, column, token)).toBe(standIn);
    expect(become(table, column, `${token.slice(0, -1)}a`)).not.toBe(standIn);
    expect(become(table, column, null)).toBeNull();
  });

  test('is as long as its column allows, and no shorter than what no other value has', () => {
    expect(String(become('IDN_OAUTH2_DEVICE_FLOW', 'USER_CODE', 'aB3xK9'))).toHaveLength(24);
    expect(String(become('IDN_OAUTH2_DEVICE_FLOW', 'USER_CODE', token))).toHaveLength(25);
  });

  test('of an object is as many other bytes', () => {
    const object = Buffer.from('a serialized session');
    const standIn = become('IDN_AUTH_SESSION_STORE', 'SESSION_OBJECT', object) as Buffer;
    expect(standIn.equals(object)).toBe(false);
    expect(standIn).toHaveLength(object.length);
  });

  test('of a session is the same in all tables that hold its id', () => {
    const tables = ['IDN_AUTH_SESSION_STORE', 'IDN_AUTH_TEMP_SESSION_STORE', 'IDN_AUTH_USER_SESSION_MAPPING'];
    const all = tables.map((table) => become(table, 'SESSION_ID', token));
    expect(new Set(all).size).toBe(1);
  });

  test('fits the shortest of the columns that hold the same', () => {
    const narrow: Schema = {
      ...schema,
      tables: schema.tables.map((table) =>
        table.name.toUpperCase() !== 'IDN_AUTH_USER_SESSION_MAPPING'
          ? table
          : {
              ...table,
              columns: table.columns.map((column) =>
                column.name.toUpperCase() === 'SESSION_ID' ? { ...column, type: 'varchar(20)' } : column,
              ),
            },
      ),
    };
    const other = standInsOf(narrow);
    const [inStore, inMapping] = ['IDN_AUTH_SESSION_STORE', 'IDN_AUTH_USER_SESSION_MAPPING'].map((table) =>
      becomeIn(narrow, other, table, 'SESSION_ID', 'a-session'),
    );
    expect(inMapping).toBe(inStore);
    expect(String(inMapping)).toHaveLength(20);
  });

  test('of a name in the registry is the same where a rule compares the two', () => {
    expect(become('REG_RESOURCE', 'REG_NAME', token)).not.toBe(token);
    expect(become('REG_RESOURCE_PROPERTY', 'REG_RESOURCE_NAME', token)).toBe(become('REG_RESOURCE', 'REG_NAME', token));
  });

  test('leaves what a rule reads: words, numbers of a time, the folder of a path, a part of a name', () => {
    expect(become('REG_PROPERTY', 'REG_NAME', 'expireTime')).toBe('expireTime');
    expect(become('REG_PROPERTY', 'REG_NAME', 'password')).not.toBe('password');
    expect(become('REG_PROPERTY', 'REG_VALUE', '1791000000000')).toBe('1791000000000');
    expect(String(become('REG_PROPERTY', 'REG_VALUE', 'a code'))).toMatch(/^x[0-9a-f]+$/);
    const folder = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data';
    expect(become('REG_PATH', 'REG_PATH_VALUE', folder)).toBe(folder);
    expect(String(become('REG_PATH', 'REG_PATH_VALUE', `${folder}/a-code`))).toMatch(
      new RegExp(`^${folder}/x[0-9a-f]+$`),
    );
    expect(String(become('IDP_METADATA', 'NAME', 'Recovery.ExpiryTime'))).toContain('ExpiryTime');
  });

  test('is none for states, kinds and numbers of rows', () => {
    expect(become('IDN_OAUTH2_ACCESS_TOKEN', 'TOKEN_STATE', 'ACTIVE')).toBe('ACTIVE');
    expect(become('IDN_OAUTH2_ACCESS_TOKEN', 'TOKEN_ID', token)).toBe(token);
  });
});

describe('places in a table', () => {
  const text: Column = { name: 'ID', type: 'varchar(255)', family: 'text', nullable: false };

  test('of random ids are spread over them', () => {
    const some = ['00ab3f', '01c9de', '0245', '0678', 'ffee'];
    const places = spread(text, { least: '0000aa', greatest: 'ffff99', some, places: 17 });
    expect(new Set(places.map(([first]) => first)).size).toBeGreaterThan(10);
  });

  test('lie behind what all ids begin with', () => {
    const places = spread(text, { least: 'app-0001', greatest: 'app-9971', some: ['app-0345', 'app-9678'], places: 5 });
    expect(places).toHaveLength(4);
    for (const place of places) expect(place).toMatch(/^app-[0-9]{4}$/);
  });

  test('of numbers lie evenly between the least and the greatest', () => {
    const number: Column = { ...text, type: 'bigint', family: 'integer' };
    expect(spread(number, { least: '0', greatest: '100', some: [], places: 4 })).toEqual(['25', '50', '75']);
  });

  test('of one value are none', () => {
    expect(spread(text, { least: 'a', greatest: 'a', some: [], places: 4 })).toEqual([]);
  });
});
