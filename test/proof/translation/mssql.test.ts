import { afterAll, describe, test } from 'vitest';
import { policies } from '../../../src/policies/index.js';
import { findDotnet } from '../../support/dotnet.js';
import { missingEngineTitle } from '../../support/engines/missing-engine.js';
import { endParser, parserName } from './mssql/parser.js';
import { read } from './mssql/read.js';
import { shape } from './mssql/shape.js';
import { prove } from './proofs.js';

afterAll(endParser);

// Without its parser nothing is known of a file, so that one test stands for all of it.
if (findDotnet() === undefined) {
  describe.skip(missingEngineTitle(parserName), () => {
    test.each(policies)('$name', () => undefined);
  });
} else await prove('mssql', read, shape);
