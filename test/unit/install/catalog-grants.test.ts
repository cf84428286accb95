import { expect, test } from 'vitest';
import { holds, parseGrant } from '../../../src/dialects/mysql/catalog-grants.js';

const grants = (...lines: string[]) => lines.flatMap(parseGrant);

test('a grant on everything, on a database, on a table', () => {
  expect(holds(grants('GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION'), 'CREATE', 'wso2')).toBe(
    true,
  );
  const own = grants('GRANT SELECT, CREATE ROUTINE ON `wso2`.* TO `u`@`%`');
  expect(holds(own, 'CREATE ROUTINE', 'wso2')).toBe(true);
  expect(holds(own, 'CREATE', 'wso2')).toBe(false);
  expect(holds(own, 'SELECT', 'other')).toBe(false);
  expect(holds(own, 'SELECT', 'wso2', 'T')).toBe(true);
  const table = grants('GRANT DELETE ON `wso2`.`T` TO `u`@`%`');
  expect(holds(table, 'DELETE', 'wso2', 'T')).toBe(true);
  expect(holds(table, 'DELETE', 'wso2')).toBe(false);
  expect(holds(table, 'DELETE', 'wso2', 'S')).toBe(false);
});

test.each([
  ['wso2\\_%', 'wso2_identity', true],
  ['wso2\\_%', 'wso2xidentity', false],
  ['wso2_%', 'wso2xidentity', true],
  ['%', 'anything', true],
  ['a.b', 'axb', false],
  ['we``ird', 'we`ird', true],
])('the pattern %s for the database %s', (pattern, database, expected) => {
  expect(holds(grants(`GRANT SELECT ON \`${pattern}\`.* TO \`u\`@\`%\``), 'SELECT', database)).toBe(expected);
});

test('a privilege on single columns does not suffice, and neither does one on a routine', () => {
  const some = grants(
    'GRANT SELECT (`a`, `b,c`), INSERT (`a`), DELETE ON `d`.`T` TO `u`@`%`',
    'GRANT EXECUTE ON PROCEDURE `d`.`p` TO `u`@`%`',
    'GRANT `role`@`%` TO `u`@`%`',
    'GRANT PROXY ON ``@`` TO `root`@`localhost` WITH GRANT OPTION',
  );
  expect(some).toHaveLength(1);
  expect(['SELECT', 'INSERT', 'DELETE'].map((one) => holds(some, one, 'd', 'T'))).toEqual([false, false, true]);
});

test('what was revoked in part is not held', () => {
  const partial = grants('GRANT SELECT, DELETE ON *.* TO `u`@`%`', 'REVOKE DELETE ON `wso2`.* FROM `u`@`%`');
  expect(holds(partial, 'DELETE', 'wso2')).toBe(false);
  expect(holds(partial, 'DELETE', 'other')).toBe(true);
  expect(holds(partial, 'SELECT', 'wso2')).toBe(true);
});
