import { afterAll, describe, test } from 'vitest';
import { policies } from '../../../src/policies/index.js';
import { findDotnet } from '../../support/dotnet.js';
import { missingEngineTitle } from '../../support/engines/missing-engine.js';
import { faults } from './mssql/faults/index.js';
import { printers } from './mssql/faults/printers.js';
import { refused } from './mssql/faults/refused.js';
import { endParser, parserName } from './mssql/parser.js';
import { read } from './mssql/read.js';
import { shape } from './mssql/shape.js';
import { plant } from './plant.js';
import { prove } from './proofs.js';

afterAll(endParser);

// Without its parser nothing is known of a file, so that one test stands for all of it.
if (findDotnet() === undefined) {
  describe.skip(missingEngineTitle(parserName), () => {
    test.each(policies)('$name', () => undefined);
    test.each([...faults, ...refused])('$what', () => undefined);
  });
} else {
  await prove('mssql', read, shape);
  plant('mssql', read, shape, { faults, printers, refused });
}
