import { afterEach, expect, test, vi } from 'vitest';
import { createOutput } from '../../../src/cli/output.js';
import { ConnectionError } from '../../../src/errors.js';

afterEach(() => vi.restoreAllMocks());

/** What is written to a stream while something is reported. */
function written(stream: 'stdout' | 'stderr', report: () => void): string {
  const texts: string[] = [];
  vi.spyOn(process[stream], 'write').mockImplementation((text) => {
    texts.push(String(text));
    return true;
  });
  report();
  return texts.join('');
}

test.each([true, false])('a user whose name is also the password is told as it is (JSON: %s)', (json) => {
  const output = createOutput({ json, env: { NO_COLOR: '1' } });
  output.hide('wso2carbon');
  const startedBy = 'wso2carbon@localhost';
  const text = written('stdout', () => output.report({ sections: [{ lines: [startedBy] }], json: { startedBy } }));
  expect(text).toContain(startedBy);
  expect(text).not.toContain('***');
});

test.each([true, false])('a URL in a report has no password (JSON: %s)', (json) => {
  const output = createOutput({ json, env: { NO_COLOR: '1' } });
  const url = 'postgresql://wso2:S3cret@db.example.org/identity?sslpassword=hidden';
  const text = written('stdout', () => output.report({ sections: [{ lines: [url] }], json: { url } }));
  expect(text).toContain('postgresql://wso2:***@db.example.org/identity?sslpassword=***');
});

test('SQL goes out to the byte', () => {
  const output = createOutput({ json: false, env: {} });
  output.hide('TOKEN_STATE');
  expect(written('stdout', () => output.raw("SELECT 'x' FROM t WHERE TOKEN_STATE = 1;\n"))).toBe(
    "SELECT 'x' FROM t WHERE TOKEN_STATE = 1;\n",
  );
});

test('what a driver says of a password is masked in errors and messages', () => {
  const output = createOutput({ json: false, env: { NO_COLOR: '1' } });
  output.hide('S3cret');
  const error = new ConnectionError('login failed for wso2 with S3cret', { next: 'Check S3cret.' });
  expect(written('stderr', () => output.fail(error))).not.toContain('S3cret');
  expect(written('stderr', () => output.note('S3cret was refused'))).toContain('*** was refused');
});

test.each([true, false])(
  'in errors too, the name of the user is told if it is also the password (JSON: %s)',
  (json) => {
    const output = createOutput({ json, env: { NO_COLOR: '1' } });
    output.hide('wso2carbon');
    output.show(['wso2carbon', 'db']);
    const error = new ConnectionError('refused (host db, user wso2carbon)', {
      next: 'See mysql://wso2carbon:wso2carbon@db/d.',
    });
    const text = written('stderr', () => output.fail(error));
    expect(text).toContain('user wso2carbon)');
    expect(text).toContain('mysql://wso2carbon:***@db/d');
  },
);
