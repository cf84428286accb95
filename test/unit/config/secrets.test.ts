import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redact, redactUrl, resolvePassword } from '../../../src/config/secrets.js';
import { UsageError } from '../../../src/errors.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deepclean-secrets-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the password', () => {
  const env = { DEEPCLEAN_PASSWORD: 'from env', PGPASSWORD: 'from pg', MYSQL_PWD: 'from mysql' };
  const { DEEPCLEAN_PASSWORD: _, ...vendor } = env;

  test('is taken from the file before the variable before the URL before the variable of the vendor', () => {
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, ' from file \n');
    const url = 'postgresql://u:from%20url@h/d';
    expect(resolvePassword({ url, passwordFile, env })).toBe(' from file ');
    expect(resolvePassword({ url, env })).toBe('from env');
    expect(resolvePassword({ url, env: vendor })).toBe('from url');
    expect(resolvePassword({ url: 'postgres://u@h/d', env: vendor })).toBe('from pg');
    expect(resolvePassword({ url: 'mysql://u:@h/d', env: vendor })).toBe('from mysql');
    expect(resolvePassword({ url: 'mariadb://u@h/d', env: vendor })).toBe('from mysql');
    expect(resolvePassword({ url: 'mariadb://u@h/d', env: {} })).toBeUndefined();
  });

  test('in a URL may contain colons, an @ and a lone %', () => {
    expect(resolvePassword({ url: 'mysql://u:a:b@c%@h/d', env: {} })).toBe('a:b@c%');
  });

  test('may be an option of the URL', () => {
    expect(resolvePassword({ url: 'postgresql:///d?user=u&password=a%26b', env: {} })).toBe('a&b');
  });

  test.each(['missing', 'empty'])('file that is %s is refused', (name) => {
    writeFileSync(join(folder, 'empty'), '\n');
    expect(() => resolvePassword({ url: 'mysql://h/d', passwordFile: join(folder, name), env: {} })).toThrow(
      UsageError,
    );
  });
});

describe('a redacted URL', () => {
  test.each([
    ['mysql://u:secret@h:3306/d', 'mysql://u:***@h:3306/d'],
    ['mysql://u@h:3306/d', 'mysql://u@h:3306/d'],
    ['mysql://h:3306/d?ssl-mode=REQUIRED', 'mysql://h:3306/d?ssl-mode=REQUIRED'],
    ['mysql://u:se@cr/e?t#x@h/d', 'mysql://u:***@h/d'],
    ['u:secret@h/d', 'u:***@h/d'],
    ['mysql:/u:secret@h/d', 'mysql:***@h/d'],
    [
      'postgresql://u:s%2Fx@h/d?sslpassword=a&application_name=b',
      'postgresql://u:***@h/d?sslpassword=***&application_name=b',
    ],
    ['postgresql:///d?user=u&PassWord=se;cret', 'postgresql:///d?user=u&PassWord=***'],
    ['postgresql:///d?pass%77ord=secret', 'postgresql:///d?pass%77ord=***'],
    ["host=h password='se cret' user=u", 'host=h password=*** user=u'],
    ['jdbc:mysql://u:secret@h:3306/d?useSSL=false', 'jdbc:mysql://u:***@h:3306/d?useSSL=false'],
    ['jdbc:mysql://h/d?user=u&password=secret&useSSL=false', 'jdbc:mysql://h/d?user=u&password=***&useSSL=false'],
    [
      'jdbc:sqlserver://h:1433;user=u;password={se;cr et};encrypt=true',
      'jdbc:sqlserver://h:1433;user=u;password=***;encrypt=true',
    ],
    ['jdbc:oracle:thin:u/se@cret@//h:1521/s', 'jdbc:oracle:thin:u/***@//h:1521/s'],
    ['jdbc:oracle:thin:@//h:1521/s', 'jdbc:oracle:thin:@//h:1521/s'],
    ['jdbc:sqlserver://h:1433;user=u;password=se@cret', 'jdbc:sqlserver://***'],
    ['jdbc:mysql://h:3306/d?user=u&password=se@cret', 'jdbc:mysql://***'],
    ['', ''],
  ])('%s shows as %s', (url, shown) => expect(redactUrl(url)).toBe(shown));
});

describe('a redacted text', () => {
  test('holds a secret in no spelling', () => {
    const password = "p@ss w/rd'ü";
    const spellings = [
      password,
      encodeURIComponent(password),
      'p%40ss%20w%2frd%27%c3%bc',
      'p@ss%20w/rd%27%C3%bc',
      'p%40ss+w%2Frd%27%C3%BC',
    ];
    for (const spelling of spellings) expect(redact(`<${spelling}>`, [password])).toBe('<***>');
    expect(redact(JSON.stringify({ a: 'x"y\\z\n' }), ['x"y\\z\n'])).toBe('{"a":"***"}');
    expect(redact('<p@ss w>', ['p%40ss%20w'])).toBe('<***>');
  });

  test('holds no password of any URL in it', () => {
    expect(redact('{"url":"mysql://u:secret@h/d","to":"a@b"}', [])).toBe('{"url":"mysql://u:***@h/d","to":"a@b"}');
  });

  test('holds no password of a JDBC URL in it', () => {
    expect(redact('at jdbc:oracle:thin:u/secret@h:1:s now', [])).toBe('at jdbc:oracle:thin:u/***@h:1:s now');
    expect(redact('jdbc:sqlserver://h;password={a secret};x=1 now', [])).toBe(
      'jdbc:sqlserver://h;password=***;x=1 now',
    );
  });

  test('is the text itself where there is no secret', () => {
    expect(redact('a.b', ['', undefined])).toBe('a.b');
    expect(redact('axb a.b', ['a.b', '*'])).toBe('axb ***');
  });

  test('hides a very short secret only where it stands alone, so that no other word tells it', () => {
    expect(redact('the port of p, p%2F', ['p'])).toBe('the port of ***, ***%2F');
    expect(redact("password 'ab1', tab1", ['ab1'])).toBe("password '***', tab1");
  });

  test('never holds a random secret of some length, raw or encoded', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, maxLength: 30, unit: 'grapheme' }), (secret) => {
        fc.pre(!'<>***'.includes(secret));
        const text = `<${secret}> <${encodeURIComponent(secret)}> mysql://u:${encodeURIComponent(secret)}@h/d`;
        const shown = redact(text, [secret]);
        expect(shown).not.toContain(secret);
        expect(shown).not.toContain(encodeURIComponent(secret));
      }),
    );
  });
});
