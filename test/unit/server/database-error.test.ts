import { expect, test } from 'vitest';
import { dialects, findDialect } from '../../../src/dialects/registry.js';
import { ConnectionError } from '../../../src/errors.js';
import { DatabaseError, databaseError } from '../../../src/server/database-error.js';

test('a lost connection is told from a refusal', () => {
  const lost = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  expect(databaseError(lost, findDialect('mysql'))).toBeInstanceOf(ConnectionError);
  expect(databaseError(new Error('Connection terminated unexpectedly'), findDialect('postgresql'))).toBeInstanceOf(
    ConnectionError,
  );
  // As oracledb says it of a session that was closed before it was used again.
  const closed = Object.assign(new Error('NJS-003: invalid or closed connection'), { code: 'NJS-003' });
  expect(databaseError(closed, findDialect('oracle'))).toBeInstanceOf(ConnectionError);
  const refused = databaseError(
    Object.assign(new Error('permission denied'), { code: '42501', hint: 'Ask.' }),
    findDialect('postgresql'),
  );
  expect(refused).toBeInstanceOf(DatabaseError);
  expect(refused.next).toBe('Ask.');
});

test.each(dialects)('an error without a code of its own is a refusal: $name', (dialect) => {
  expect(databaseError(new Error('something is wrong'), dialect)).toBeInstanceOf(DatabaseError);
});
