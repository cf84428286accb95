import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askHealth } from '../../../src/operate/health.js';

const vector = (...values: string[]): string =>
  JSON.stringify({
    status: 'success',
    data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1764500000.1, value] })) },
  });
const answers: Readonly<Record<string, readonly [status: number, text: string]>> = {
  '/well': [200, 'all replicas follow'],
  '/unwell': [503, 'a replica lags'],
  '/plain': [200, '4.5\n'],
  '/scalar': [200, JSON.stringify({ data: { resultType: 'scalar', result: [1764500000.1, '4.5'] } })],
  '/vector': [200, vector('1', '4.5')],
  '/empty': [200, vector()],
  '/nan': [200, vector('1', 'NaN')],
  '/error': [200, JSON.stringify({ status: 'error', error: 'parse error' })],
};
let server: Server;
let base: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.headers.authorization === `Basic ${btoa('monitor:se@cret')}`) {
      response.writeHead(200).end('5');
      return;
    }
    const [status, text] = answers[request.url ?? ''] ?? [404, ''];
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test.each([
  ['/well', undefined, true],
  ['/unwell', undefined, false],
  ['/missing', undefined, false],
  ['/plain', 5, true],
  ['/plain', 4.5, false],
  ['/scalar', 5, true],
  ['/scalar', 4, false],
  ['/vector', 5, true],
  ['/vector', 4, false],
  ['/empty', 5, false],
  ['/nan', 5, false],
  ['/error', 5, false],
  ['/well', 5, false],
  ['/unwell', 5, false],
] as const)('the answer of %s, with %s as its bound, is good: %s', async (path, below, isGood) => {
  expect(await askHealth(`${base}${path}`, below)).toMatchObject({ isGood });
});

test('a user and a password in the URL are sent as a login', async () => {
  const url = `${base.replace('//', '//monitor:se%40cret@')}/metrics`;
  expect(await askHealth(url, 6)).toMatchObject({ isGood: true });
  expect(await askHealth(url.replace('se%40cret', 'other'), 6)).toMatchObject({ isGood: false });
});

test('no answer is a bad one, and is told in words', async () => {
  expect(await askHealth('http://127.0.0.1:1/')).toEqual({ isGood: false, words: 'it cannot be asked' });
});
