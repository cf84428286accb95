import { expect, test } from 'vitest';
import type { Connection } from '../../../src/dialects/dialect.js';
import { findDialect } from '../../../src/dialects/registry.js';
import { replicaHealth } from '../../../src/operate/replica-health.js';

/** A connection over which no answer comes, or this one. */
function connection(rows?: readonly Record<string, unknown>[]): {
  readonly ended: () => boolean;
  readonly it: Connection;
} {
  let isEnded = false;
  const query = () => (rows === undefined ? new Promise<never>(() => undefined) : Promise.resolve(rows));
  const destroy = () => {
    isEnded = true;
  };
  return { ended: () => isEnded, it: { query, destroy } as unknown as Connection };
}

const dialect = findDialect('postgresql');

test('a replica that does not answer is not well, and its connection is given up', { timeout: 15_000 }, async () => {
  const silent = connection();
  const ask = replicaHealth({ dialect, connect: async () => silent.it }, 10);
  expect(await ask()).toEqual({ isGood: false, words: 'it cannot be asked: it does not answer in time' });
  expect(silent.ended()).toBe(true);
});

test('one that is asked again after that is connected to again', async () => {
  const connections = [undefined, connection([{ seconds: '3.2' }]).it];
  const connect = async () => {
    const next = connections.shift();
    if (next === undefined) throw new Error('connection refused');
    return next;
  };
  const ask = replicaHealth({ dialect, connect }, 10);
  expect(await ask()).toEqual({ isGood: false, words: 'it cannot be asked: connection refused' });
  expect(await ask()).toEqual({ isGood: true, words: 'it is 3 s behind, and 10 is the bound' });
});

test.each([
  ['that is as far behind as the bound', [{ seconds: '10' }]],
  ['that has stopped to copy', [{ seconds: null }]],
  ['that copies no other server', []],
])('one %s is not well', async (_, rows) => {
  const ask = replicaHealth({ dialect, connect: async () => connection(rows).it }, 10);
  expect(await ask()).toMatchObject({ isGood: false });
});
