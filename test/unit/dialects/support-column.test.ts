import { expect, test } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { supportColumn } from '../../../src/dialects/support-column.js';

test('a column of a support table is spelled as the table was made, for databases that tell upper from lower case', () => {
  const spelled = ['postgresql', 'mysql', 'mssql', 'oracle'].map((name) =>
    supportColumn(findDialect(name), 'object_name'),
  );
  expect(spelled).toEqual(['object_name', 'OBJECT_NAME', 'OBJECT_NAME', 'OBJECT_NAME']);
});
