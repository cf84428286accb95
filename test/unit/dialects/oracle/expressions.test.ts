import { describe, expect, test } from 'vitest';
import { expressions } from '../../../../src/dialects/oracle/expressions.js';
import type { Column } from '../../../../src/schema/types.js';

const column = (type: string): Column => ({ name: 'C', type, family: expressions.family(type), nullable: true });

describe('names and words', () => {
  test.each([
    ['IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_ACCESS_TOKEN'],
    ['cleanup_tokens', 'cleanup_tokens'],
    ['COMMENT', '"COMMENT"'],
    ['size', '"SIZE"'],
    ['2FA', '"2FA"'],
  ])('%s is written %s', (name, written) => {
    expect(expressions.identifier(name)).toBe(written);
  });

  test('a quote in text is doubled, a backslash is none', () => {
    expect(expressions.literal("it's a \\")).toBe("'it''s a \\'");
  });
});

describe('types', () => {
  test.each([
    ['VARCHAR2(255)', 'text'],
    ['VARCHAR2(255 CHAR)', 'text'],
    ['CHAR(1)', 'text'],
    ['NUMBER(19)', 'integer'],
    ['NUMBER', 'integer'],
    ['INTEGER', 'integer'],
    ['NUMBER(10,2)', 'other'],
    ['TIMESTAMP(6)', 'timestamp'],
    ['DATE', 'timestamp'],
    ['TIMESTAMP(6) WITH TIME ZONE', 'other'],
    ['TIMESTAMP(6) WITH LOCAL TIME ZONE', 'timestamp'],
    ['BLOB', 'binary'],
    ['CLOB', 'other'],
    ['LONG', 'other'],
  ])('%s is %s', (type, family) => {
    expect(expressions.family(type)).toBe(family);
  });

  test('a length without a word is one in bytes, whatever the session prefers', () => {
    expect(expressions.columnType(column('VARCHAR2(255)'))).toBe('VARCHAR2(255 BYTE)');
    expect(expressions.columnType(column('VARCHAR2(255 CHAR)'))).toBe('VARCHAR2(255 CHAR)');
    expect(expressions.columnType(column('NUMBER(19)'))).toBe('NUMBER(19)');
  });
});

describe('rules', () => {
  test('a period is compared with an age, cut at both ends to what an interval can hold', () => {
    expect(expressions.periodOver('t.S', column('TIMESTAMP(6)'), 't.P', 'milliseconds', 'v_c')).toBe(
      "v_c - t.S > NUMTODSINTERVAL(LEAST(GREATEST(t.P, 0), 999999999999999) / 1000, 'SECOND')",
    );
    expect(expressions.periodOver('t.S', column('TIMESTAMP(6)'), 't.P', 'seconds', 'v_c')).toBe(
      "v_c - t.S > NUMTODSINTERVAL(LEAST(GREATEST(t.P, 0), 999999999999), 'SECOND')",
    );
  });

  test('a DATE is compared as a TIMESTAMP', () => {
    expect(expressions.timestampBefore('t.D', column('DATE'), 'v_c')).toBe('CAST(t.D AS TIMESTAMP) < v_c');
    expect(expressions.timestampBefore('t.T', column('TIMESTAMP(6)'), 'v_c')).toBe('t.T < v_c');
  });

  test('a timestamp that is shown in the zone of the session is read in UTC', () => {
    expect(expressions.timestampBefore('t.L', column('TIMESTAMP(6) WITH LOCAL TIME ZONE'), 'v_c')).toBe(
      'SYS_EXTRACT_UTC(CAST(t.L AS TIMESTAMP WITH TIME ZONE)) < v_c',
    );
  });

  test('a condition that is unknown is not true', () => {
    expect(expressions.notTrue('t.A = 1')).toBe('CASE WHEN t.A = 1 THEN 0 ELSE 1 END = 1');
  });

  test('two NULLs are the same, and large objects are compared as such', () => {
    expect(expressions.same('t.C', 'b.C', column('VARCHAR2(10)'))).toBe('DECODE(t.C, b.C, 1, 0) = 1');
    expect(expressions.same('t.C', 'b.C', { ...column('VARCHAR2(10)'), nullable: false })).toBe('t.C = b.C');
    expect(expressions.same('t.C', 'b.C', { ...column('CLOB'), nullable: false })).toContain('DBMS_LOB.COMPARE');
    expect(expressions.same('t.C', 'b.C', column('BLOB'))).toContain('DBMS_LOB.COMPARE(t.C, b.C) = 0');
  });
});
